import fc from 'fast-check';

import { OrganizationsAndProjects } from '../../../../nodes/SentryClientKeys/sentry/organizationsAndProjects.ts';
import {
	ageOf,
	byAge,
	createdAt,
	keyName,
	listKeyPage,
	listKeys,
	listKeysSince,
	listOrganizationKeys,
	listSdkVersions,
} from '../../../../nodes/SentryClientKeys/sentry/keys/keyList.ts';
import type { Attempt } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { jsonResponse, scriptedClient, textResponse } from '../../support/scriptedSend.cts';

const WEB_APP = { organization: 'acme', project: 'web-app' };
const KEYS = '/api/0/projects/acme/web-app/keys/';
const PROJECT = '/api/0/projects/acme/web-app/';

/** Pages of entries, as Sentry sends them. */
function pageOf(entries: object[], query: Record<string, string>): Attempt {
	const size = Number(query.per_page);
	const start = Number(query.cursor ?? 0);
	const next = start + size;
	return jsonResponse(200, entries.slice(start, next), {
		link: `<https://x/>; rel="next"; results="${next < entries.length}"; cursor="${next}"`,
	});
}

type Answers = Record<string, Attempt | object[]>;

/** Answers by path: with a response, or with the pages of a list. */
const sentryWith = (responses: Answers) =>
	scriptedClient(({ url, query }) => {
		const { pathname } = new URL(url);
		const response = responses[pathname];
		if (response === undefined) throw new Error(`Nobody expected ${pathname}`);
		return Array.isArray(response) ? pageOf(response, query) : response;
	});

const key = (n: number, fields: object = {}) => ({
	id: `k${n}`,
	name: `key ${n}`,
	isActive: true,
	...fields,
});
const keys = (count: number) => Array.from({ length: count }, (_, n) => key(n));
const ids = ({ keys: found }: { keys: Array<{ id: string }> }) => found.map(({ id }) => id);

describe('a list that is cut', () => {
	it.each([
		[5, 5, false, 1],
		[6, 5, true, 1],
		[100, 100, false, 1],
		[101, 100, true, 1],
		[150, 120, true, 2],
		[250, undefined, false, 3],
	])(
		'of %d keys at %p is known to be so: %p, by %d requests',
		async (count, limit, isCut, requests) => {
			const { client, sent } = sentryWith({ [KEYS]: keys(count) });
			const list = await listKeys(client, WEB_APP, { ...(limit !== undefined && { limit }) });
			expect(ids(list)).toEqual(keys(Math.min(count, limit ?? count)).map(({ id }) => id));
			expect(list.isCut).toBe(isCut);
			expect(sent()).toHaveLength(requests);
		},
	);

	it.each([
		[[3, 150], true, 2],
		[[3, 4], true, 1],
		[[3], false, 2],
	])('by name, of the matches %j, is known by reading on', async (matches, isCut, requests) => {
		const { client, sent } = sentryWith({
			[KEYS]: keys(180).map((one, n) => (matches.includes(n) ? { ...one, name: 'Wanted' } : one)),
		});
		const list = await listKeys(client, WEB_APP, { name: 'want', limit: 1 });
		expect([ids(list), list.isCut]).toEqual([['k3'], isCut]);
		expect(sent()).toHaveLength(requests);
	});
});

describe('an empty list', () => {
	it('is believed of a project that exists', async () => {
		const { client, sent } = sentryWith({ [KEYS]: [], [PROJECT]: jsonResponse(200, { id: '1' }) });
		expect(ids(await listKeys(client, WEB_APP, {}))).toEqual([]);
		expect(sent()).toEqual([`GET ${KEYS}?per_page=100`, `GET ${PROJECT}`]);
		expect(await listKeyPage(client, WEB_APP, '')).toEqual({ entries: [] });
	});

	it('is not believed of one that does not', async () => {
		const { client } = sentryWith({
			[KEYS]: [],
			[PROJECT]: jsonResponse(404, { detail: 'Not Found' }),
		});
		const refusal = { details: { code: 'not_found', status: 404 } };
		await expect(listKeys(client, WEB_APP, {})).rejects.toMatchObject(refusal);
		await expect(listKeys(client, WEB_APP, { status: 'active' })).rejects.toMatchObject(refusal);
		await expect(listKeyPage(client, WEB_APP, '')).rejects.toMatchObject(refusal);
	});

	it('of a number that the server does not take is asked for by the slug', async () => {
		const { client, sent } = scriptedClient(({ url }) => {
			const { pathname } = new URL(url);
			if (pathname === KEYS) return jsonResponse(200, keys(2));
			if (pathname === PROJECT) return jsonResponse(200, { id: '7', slug: 'web-app' });
			if (pathname.endsWith('/keys/')) return jsonResponse(200, []);
			return pathname === '/api/0/organizations/acme/projects/'
				? jsonResponse(200, [{ id: '7', slug: 'web-app', name: 'Web' }])
				: jsonResponse(404, { detail: 'Not Found' });
		});
		const byNumber = { organization: 'acme', project: '7' };
		expect(ids(await listKeys(client, byNumber, {}))).toEqual(['k0', 'k1']);
		expect(sent().at(-1)).toBe(`GET ${KEYS}?per_page=100`);
	});

	it('of a list that holds other keys needs no second look', async () => {
		const { client, sent } = sentryWith({ [KEYS]: keys(3) });
		expect(ids(await listKeys(client, WEB_APP, { name: 'other' }))).toEqual([]);
		expect(await listKeyPage(client, WEB_APP, 'other')).toEqual({ entries: [] });
		expect(sent()).toHaveLength(2);
	});
});

describe('a server that does not tell which keys are active', () => {
	const untold = keys(3).map(({ id, name }) => ({ id, name }));

	it.each(['active', 'inactive'] as const)('refuses the filter %s', async (status) => {
		const { client } = sentryWith({
			[KEYS]: untold,
			'/api/0/organizations/acme/project-keys/': textResponse(404, '<!doctype html>'),
			'/api/0/organizations/acme/projects/': [{ id: '1', slug: 'web-app', name: 'Web' }],
		});
		const refusal = {
			message: "'Filters > Status' can't be applied",
			remedy: expect.stringContaining('isActive') as string,
			details: { code: 'invalid_input' },
		};
		await expect(listKeys(client, WEB_APP, { status })).rejects.toMatchObject(refusal);
		await expect(
			listOrganizationKeys(new OrganizationsAndProjects(client), 'acme', { status }),
		).rejects.toMatchObject(refusal);
	});

	it('lists them all without a filter', async () => {
		const { client } = sentryWith({ [KEYS]: untold });
		expect(ids(await listKeys(client, WEB_APP, {}))).toEqual(['k0', 'k1', 'k2']);
	});
});

it.each([[5], [null], [{}], [['x']], [true]])(
	'a name that is %j is no reason to stumble',
	async (name) => {
		const { client } = sentryWith({ [KEYS]: [key(0, { name }), key(1)] });
		expect(ids(await listKeys(client, WEB_APP, { name: 'KEY' }))).toEqual(['k1']);
		expect((await listKeyPage(client, WEB_APP, 'key 1')).entries).toHaveLength(1);
		expect((await listKeyPage(client, WEB_APP, '')).entries).toHaveLength(2);
	},
);

it.each([[5], ['10.x'], [{ choices: 5 }], [{ choices: [null, 5, [], [7, 'x']] }], [null]])(
	'a browserSdk of %j offers no version',
	async (browserSdk) => {
		const { client } = sentryWith({ [KEYS]: [key(0, { browserSdk })] });
		expect(await listSdkVersions(client, WEB_APP)).toEqual([]);
	},
);

it('a key is found by its ID with and without dashes', async () => {
	const id = '0123456789ab-cdef-0123';
	const { client } = sentryWith({ [KEYS]: [key(0, { id }), key(1)] });
	for (const search of ['789abcdef', '789AB-cdef']) {
		expect((await listKeyPage(client, WEB_APP, search)).entries).toMatchObject([{ id }]);
	}
});

describe("an organization's keys", () => {
	const WHOLE = '/api/0/organizations/acme/project-keys/';
	const PROJECTS = '/api/0/organizations/acme/projects/';
	const MISSING = textResponse(404, '');
	const web = { id: '7', slug: 'web-app', name: 'Web' };

	it('are asked for in all projects that may be read, one more than wanted', async () => {
		const { client, sent } = sentryWith({ [WHOLE]: keys(3) });
		const organizationsAndProjects = new OrganizationsAndProjects(client);
		await listOrganizationKeys(organizationsAndProjects, 'acme', { status: 'active' }, 'core');
		await listOrganizationKeys(organizationsAndProjects, 'acme', { limit: 5 });
		expect(sent()).toEqual([
			`GET ${WHOLE}?project=-1&per_page=100&status=active&team=core`,
			`GET ${WHOLE}?project=-1&per_page=6`,
		]);
	});

	it('of an unknown team are refused, and not looked for elsewhere', async () => {
		const { client, sent } = sentryWith({
			[WHOLE]: jsonResponse(404, { detail: 'Team not found' }),
		});
		await expect(
			listOrganizationKeys(new OrganizationsAndProjects(client), 'acme', {}, 'cor'),
		).rejects.toMatchObject({
			message: 'Sentry did not list the client keys: the team does not exist (404)',
			remedy: expect.stringContaining('team "cor"') as string,
			details: { code: 'not_found' },
		});
		expect(sent()).toHaveLength(1);
	});

	it.each<[string, Answers]>([
		['refuses', { '/api/0/teams/acme/cor/projects/': jsonResponse(404, { detail: 'Not Found' }) }],
		[
			'lists nothing',
			{
				'/api/0/teams/acme/cor/projects/': [],
				'/api/0/teams/acme/cor/': jsonResponse(404, { detail: 'Not Found' }),
			},
		],
	])('of an unknown team are refused where an older server %s', async (_, responses) => {
		const { client } = sentryWith({ [WHOLE]: MISSING, ...responses });
		await expect(
			listOrganizationKeys(new OrganizationsAndProjects(client), 'acme', {}, 'cor'),
		).rejects.toMatchObject({
			message: expect.stringContaining('the team or the organization does not exist') as string,
			details: { code: 'not_found' },
		});
	});

	it('of a team without projects are none', async () => {
		const { client } = sentryWith({
			[WHOLE]: MISSING,
			'/api/0/teams/acme/core/projects/': [],
			'/api/0/teams/acme/core/': jsonResponse(200, { id: '1', slug: 'core' }),
		});
		const list = await listOrganizationKeys(
			new OrganizationsAndProjects(client),
			'acme',
			{},
			'core',
		);
		expect(list).toMatchObject({ keys: [], isCut: false, leftOut: [] });
	});

	it('are not looked for twice in a list that the server does not have', async () => {
		const { client, sent } = sentryWith({ [WHOLE]: MISSING, [PROJECTS]: [web], [KEYS]: keys(2) });
		const organizationsAndProjects = new OrganizationsAndProjects(client);
		for (let n = 0; n < 3; n++) {
			expect(ids(await listOrganizationKeys(organizationsAndProjects, 'acme', {}))).toEqual([
				'k0',
				'k1',
			]);
		}
		expect(sent().filter((request) => request.includes(WHOLE))).toHaveLength(1);
		expect(sent().filter((request) => request.includes(PROJECTS))).toHaveLength(1);
		expect(sent()).toHaveLength(5);
	});

	it('of a project whose slug is all digits are asked for by its ID', async () => {
		const { client, sent } = sentryWith({
			[WHOLE]: MISSING,
			[PROJECTS]: [{ id: '7', slug: '2024', name: '2024' }],
			'/api/0/projects/acme/7/keys/': keys(1),
		});
		const { keys: found, projects } = await listOrganizationKeys(
			new OrganizationsAndProjects(client),
			'acme',
			{},
		);
		expect(sent().at(-1)).toBe('GET /api/0/projects/acme/7/keys/?per_page=100');
		expect(found.map((one) => projects?.get(one))).toEqual(['7']);
	});

	it('of an organization that does not exist are not an empty list', async () => {
		const { client } = sentryWith({
			[WHOLE]: textResponse(404, '<!doctype html>'),
			[PROJECTS]: [],
			'/api/0/organizations/acme/': jsonResponse(404, { detail: 'Not Found' }),
		});
		await expect(
			listOrganizationKeys(new OrganizationsAndProjects(client), 'acme', {}),
		).rejects.toMatchObject({
			details: { code: 'not_found' },
		});
	});

	it('are the same, in the same order, in one list and project by project', async () => {
		const instants = [
			'2026-01-01T00:00:00.000000Z',
			'2026-01-01T00:00:00.000500Z',
			'2026-01-02T00:00:00Z',
		];
		const made = fc.array(
			fc.record({ project: fc.constantFrom('a', 'b', 'c'), at: fc.constantFrom(...instants) }),
			{ minLength: 1, maxLength: 12 },
		);
		await fc.assert(
			fc.asyncProperty(
				made,
				fc.integer({ min: 1, max: 13 }),
				fc.infiniteStream(fc.nat()),
				async (some, limit, numbers) => {
					// The newest first; keys of one moment in any order, which is that of the rows.
					const all = some
						.map(({ project, at }, row) => ({
							...key(row),
							id: `${numbers.next().value}-${row}`,
							dateCreated: at,
							project,
						}))
						.sort((a, b) => Date.parse(b.dateCreated) - Date.parse(a.dateCreated));
					const projects = ['a', 'b', 'c'].map((slug, n) => ({ id: String(n), slug, name: slug }));
					const ofProject = Object.fromEntries(
						projects.map(({ slug }) => [
							`/api/0/projects/acme/${slug}/keys/`,
							all.filter(({ project }) => project === slug),
						]),
					);
					const responses: Answers = { [PROJECTS]: projects, ...ofProject };
					const ways = [
						{ ...responses, [WHOLE]: all },
						{ ...responses, [WHOLE]: MISSING },
					];
					for (const way of ways) {
						const { client } = sentryWith(way);
						const list = await listOrganizationKeys(new OrganizationsAndProjects(client), 'acme', {
							limit,
						});
						expect(ids(list)).toEqual(
							[...all]
								.sort(byAge)
								.slice(0, limit)
								.map(({ id }) => id),
						);
						expect(list.isCut).toBe(all.length > limit);
					}
				},
			),
			{ numRuns: 300 },
		);
	});
});

describe('the keys since one that is known', () => {
	const page = (more: boolean) => ({
		link: `<https://x/>; rel="next"; results="${more}"; cursor="${more ? 'next' : ''}"`,
	});
	const since = async (keyId: string | undefined) => {
		const { client, clock, sent } = scriptedClient(({ query }) =>
			query.cursor === undefined
				? jsonResponse(200, [key(3), key(2)], page(true))
				: jsonResponse(200, [key(2), key(1)], page(false)),
		);
		const list = await clock.run(listKeysSince(client, WEB_APP, keyId));
		return { found: ids(list), pages: list.responses.length, requests: sent().length };
	};

	it.each<[string, string | undefined, string[], number]>([
		['end with the page that has it', 'k2', ['k3', 'k2'], 1],
		['are all, each once, where no page has it', 'gone', ['k3', 'k2', 'k1'], 2],
		['are all, where none is known', undefined, ['k3', 'k2', 'k1'], 2],
	])('%s', async (_, keyId, found, pages) => {
		expect(await since(keyId)).toEqual({ found, pages, requests: pages });
	});
});

describe('the age of a key', () => {
	const clock = { now: () => 1_000_000, sleep: async () => {}, random: () => 0 };
	const listed = (headers: Record<string, string>) => ({
		keys: [],
		responses: [
			{ status: 200, body: [], headers: {} },
			{ status: 200, body: [], headers },
		],
	});
	const made = key(1, { dateCreated: new Date(900_000).toISOString() });

	it('is told by the last response’s clock, or by our own', () => {
		expect(ageOf(made, listed({ date: new Date(960_000).toUTCString() }), clock)).toBe(60_000);
		expect(ageOf(made, listed({}), clock)).toBe(100_000);
		expect(ageOf(made, { keys: [], responses: [] }, clock)).toBe(100_000);
	});

	it('is none without a date', () => {
		expect(ageOf(key(1), listed({}), clock)).toBe(0);
		expect(createdAt(key(1, { dateCreated: 'some day' }) as never)).toBe(0);
	});
});

it.each<[unknown, string]>([
	['app', 'app'],
	[5, '5'],
	[null, ''],
	[undefined, ''],
	[{}, ''],
])('the name %j reads %j', (name, text) => {
	expect(keyName({ name })).toBe(text);
});

it.each([
	['2026-11-25T12:00:00.123456Z', '2026-11-25T12:00:00.123455Z'],
	['2026-11-25T12:00:00.1234Z', '2026-11-25T12:00:00.12339Z'],
	['2026-11-25T12:00:00.1231Z', '2026-11-25T12:00:00.123Z'],
	['2026-11-25T12:00:00.124Z', '2026-11-25T12:00:00.123999Z'],
	['2026-11-25T12:00:00Z', null],
])('%s is newer than %s', (newer, older) => {
	const [a, b] = [
		{ id: 'a', dateCreated: newer },
		{ id: 'b', dateCreated: older },
	];
	expect([b, a].sort(byAge)).toEqual([a, b]);
	expect([a, b].sort(byAge)).toEqual([a, b]);
});

describe('the SDK versions of a project', () => {
	it('are those of any of its keys, and the latest', async () => {
		const browserSdk = { choices: [['10.x', '10.x']] };
		const { client, sent } = sentryWith({ [KEYS]: [key(1, { browserSdk }), key(2)] });
		expect(await listSdkVersions(client, WEB_APP)).toEqual(['10.x', 'latest']);
		expect(sent()).toEqual([`GET ${KEYS}?per_page=1`]);
	});

	it.each([
		['no key', []],
		['a key that tells none', [key(1)]],
	])('are none where there is %s', async (_, list) => {
		const { client } = sentryWith({ [KEYS]: list, [PROJECT]: jsonResponse(200, { id: '42' }) });
		expect(await listSdkVersions(client, WEB_APP)).toEqual([]);
	});
});

it.each([
	['active', ['k1']],
	['inactive', ['k2']],
] as const)('the %s ones are chosen on this side, too', async (status, found) => {
	const { client } = sentryWith({ [KEYS]: [key(1), key(2, { isActive: false })] });
	expect(ids(await listKeys(client, WEB_APP, { status }))).toEqual(found);
});

it('projects whose keys the token may not read are named', async () => {
	const forbidden = jsonResponse(403, { detail: 'You do not have permission' });
	const responses: Answers = {
		'/api/0/organizations/acme/project-keys/': jsonResponse(404, { detail: 'Not found' }),
		'/api/0/organizations/acme/projects/': [
			{ id: '1', slug: 'web-app', name: 'Web' },
			{ id: '2', slug: 'hidden', name: 'Hidden' },
		],
		[KEYS]: [key(1)],
		'/api/0/projects/acme/hidden/keys/': forbidden,
	};
	const { client } = sentryWith(responses);
	const list = await listOrganizationKeys(new OrganizationsAndProjects(client), 'acme', {});
	expect(ids(list)).toEqual(['k1']);
	expect(list.leftOut).toEqual(['hidden']);
	expect([...(list.projects ?? [])].map(([one, project]) => [one.id, project])).toEqual([
		['k1', 'web-app'],
	]);
	const none = sentryWith({ ...responses, [KEYS]: forbidden });
	await expect(
		listOrganizationKeys(new OrganizationsAndProjects(none.client), 'acme', {}),
	).rejects.toMatchObject({ details: { status: 403 } });
});
