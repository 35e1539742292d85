import {
	listAllOrganizations,
	listAllProjects,
	listOrganizations,
	listProjects,
} from '../../../nodes/SentryClientKeys/sentry/listOrganizationsAndProjects.ts';
import type { Attempt } from '../../../nodes/SentryClientKeys/sentry/types.ts';
import { responsesByPath, page } from '../support/responsesByPath.cts';
import { jsonResponse, scriptedClient } from '../support/scriptedSend.cts';

const ORGANIZATIONS = '/api/0/organizations/';
const PROJECTS = '/api/0/organizations/acme/projects/';
const OWN_PROJECTS = '/api/0/projects/';
const PAGE = 'per_page=100';

const acme = { id: '1', slug: 'acme', name: 'Acme Inc.' };
const other = { id: '2', slug: 'other', name: 'Other' };
const project = (slug: string, organization = acme) => ({ slug, name: slug, organization });
const NOT_THERE = jsonResponse(404, { detail: 'Not Found' });
const slugs = ({ entries }: { entries: Array<{ slug: string }> }) =>
	entries.map(({ slug }) => slug);

const FORBIDDEN = jsonResponse(403, {
	detail: 'You do not have permission to perform this action.',
});

describe('the organizations', () => {
	it('are those that Sentry lists, a page at a time', async () => {
		const { client, sent } = responsesByPath({
			[ORGANIZATIONS]: page([acme], '100:1:0'),
			[`${ORGANIZATIONS} 100:1:0`]: page([other]),
		});
		const first = await listOrganizations(client, '');
		expect(first).toEqual({ entries: [acme], next: '100:1:0' });
		expect(await listOrganizations(client, '', first.next)).toEqual({ entries: [other] });
		expect(sent()).toEqual([
			`GET ${ORGANIZATIONS}?${PAGE}`,
			`GET ${ORGANIZATIONS}?${PAGE}&cursor=100%3A1%3A0`,
		]);
	});

	it('are searched by Sentry', async () => {
		const { client, sent } = responsesByPath({ [ORGANIZATIONS]: page([acme]) });
		await listOrganizations(client, 'ac me');
		expect(sent()).toEqual([`GET ${ORGANIZATIONS}?${PAGE}&query=ac+me`]);
	});

	it.each<[string, Attempt]>([
		['lists none, as for an integration', page([])],
		['refuses, as without org:read', FORBIDDEN],
	])('are those of the projects where Sentry %s', async (_, response) => {
		const { client } = responsesByPath({
			[ORGANIZATIONS]: response,
			[OWN_PROJECTS]: page([project('web-app'), project('backend')], 'c2'),
			[`${OWN_PROJECTS} c2`]: page([project('else', other)]),
		});
		const { entries, next } = await listOrganizations(client, '');
		expect(entries).toEqual([acme, other]);
		expect(next).toBeUndefined();
	});

	it.each([
		['OTHER', ['other']],
		['inc', ['acme']],
		['e', ['acme', 'other']],
		['nobody', []],
	])('of the projects that match %p are %j', async (search, expected) => {
		const { client, sent } = responsesByPath({
			[ORGANIZATIONS]: FORBIDDEN,
			[OWN_PROJECTS]: page([project('web-app'), project('else', other)]),
		});
		expect(slugs(await listOrganizations(client, search))).toEqual(expected);
		// A search for a project by the organization's name would find nothing.
		expect(sent()[1]).toBe(`GET ${OWN_PROJECTS}?${PAGE}`);
	});

	it('of the projects are read from ten pages at most', async () => {
		let pages = 0;
		const { client } = scriptedClient(({ url }) => {
			if (!url.endsWith(OWN_PROJECTS)) return FORBIDDEN;
			pages += 1;
			return page([project('web-app')], `c${pages}`);
		});
		expect(slugs(await listOrganizations(client, ''))).toEqual(['acme']);
		expect(pages).toBe(10);
	});

	it('an empty last page is the end, not a reason to look elsewhere', async () => {
		const { client, sent } = responsesByPath({ [`${ORGANIZATIONS} 100:1:0`]: page([]) });
		expect(await listOrganizations(client, '', '100:1:0')).toEqual({ entries: [] });
		expect(sent()).toHaveLength(1);
	});

	it('a wrong token is told', async () => {
		const { client } = responsesByPath({
			[ORGANIZATIONS]: jsonResponse(401, { detail: 'Invalid token' }),
		});
		await expect(listOrganizations(client, '')).rejects.toMatchObject({
			details: { code: 'invalid_token' },
		});
	});
});

describe('the projects of an organization', () => {
	it('are those that Sentry lists, a page at a time', async () => {
		const { client, sent } = responsesByPath({
			[PROJECTS]: page([project('web-app')], '100:1:0'),
			[`${PROJECTS} 100:1:0`]: page([project('backend')]),
		});
		const first = await listProjects(client, 'acme', 'a');
		expect(slugs(first)).toEqual(['web-app']);
		expect(slugs(await listProjects(client, 'acme', 'a', first.next))).toEqual(['backend']);
		expect(sent()).toEqual([
			`GET ${PROJECTS}?${PAGE}&query=a`,
			`GET ${PROJECTS}?${PAGE}&query=a&cursor=100%3A1%3A0`,
		]);
	});

	it('may be none', async () => {
		const { client, sent } = responsesByPath({ [PROJECTS]: page([]) });
		expect(await listProjects(client, 'acme', '')).toMatchObject({ entries: [] });
		expect(sent()).toHaveLength(1);
	});

	it.each(['acme', '1'])('are taken from all projects without org:read, for %p', async (name) => {
		const { client, sent } = responsesByPath({
			[`/api/0/organizations/${name}/projects/`]: FORBIDDEN,
			[OWN_PROJECTS]: page([project('else', other), project('web-app')]),
		});
		expect(slugs(await listProjects(client, name, 'web'))).toEqual(['web-app']);
		expect(sent()[1]).toBe(`GET ${OWN_PROJECTS}?${PAGE}&query=web`);
	});

	it('go on with the list they began with', async () => {
		const { client, sent } = responsesByPath({
			[PROJECTS]: FORBIDDEN,
			[OWN_PROJECTS]: page([project('web-app')], 'c2'),
			[`${OWN_PROJECTS} c2`]: page([project('backend')]),
		});
		const first = await listProjects(client, 'acme', '');
		expect(first.next).toBeDefined();
		const second = await listProjects(client, 'acme', '', first.next);
		expect(slugs(second)).toEqual(['backend']);
		expect(second.next).toBeUndefined();
		expect(sent().filter((request) => request.includes(PROJECTS))).toHaveLength(1);
	});

	it('are looked for behind pages of other organizations', async () => {
		const { client } = responsesByPath({
			[PROJECTS]: FORBIDDEN,
			[OWN_PROJECTS]: page([project('one', other)], 'c2'),
			[`${OWN_PROJECTS} c2`]: page([project('two', other)], 'c3'),
			[`${OWN_PROJECTS} c3`]: page([project('web-app')], 'c4'),
		});
		const found = await listProjects(client, 'acme', '');
		expect(slugs(found)).toEqual(['web-app']);
		expect(found.next).toContain('c4');
	});

	it('of an unknown organization say so', async () => {
		const { client } = responsesByPath({
			[PROJECTS]: jsonResponse(404, { detail: 'The requested resource does not exist' }),
		});
		await expect(listProjects(client, 'acme', '')).rejects.toMatchObject({
			remedy: expect.stringContaining('organization "acme"') as string,
			details: { code: 'not_found' },
		});
	});

	it('are not asked for under a name that leads elsewhere', async () => {
		const { client, sent } = responsesByPath({});
		await expect(listProjects(client, '..', '')).rejects.toThrow(/^'Organization' /);
		expect(sent()).toEqual([]);
	});
});

it.each([
	[null],
	['acme'],
	[{ slug: 5, name: 'Acme' }],
	[{ slug: 'acme' }],
	[{ ...acme, organization: null }],
])('a list that holds %j is not what Sentry sends', async (entry) => {
	const { client } = responsesByPath({ [ORGANIZATIONS]: jsonResponse(200, [acme, entry]) });
	await expect(listOrganizations(client, '')).rejects.toMatchObject({
		details: { code: 'unexpected_response' },
	});
});

describe('where the server does not search', () => {
	const some = ['web-app', 'web-shop', 'backend'].map((slug) => project(slug));

	it('a drop-down is searched nevertheless', async () => {
		const { client } = responsesByPath({
			[PROJECTS]: page(some),
			[ORGANIZATIONS]: page([acme, other]),
		});
		expect(slugs(await listProjects(client, 'acme', ' WEB'))).toEqual(['web-app', 'web-shop']);
		expect(slugs(await listOrganizations(client, 'inc'))).toEqual(['acme']);
		expect(await listOrganizations(client, 'zzz')).toEqual({ entries: [] });
	});

	it('it is searched page by page, and goes on where it stopped', async () => {
		const { client } = responsesByPath({
			[PROJECTS]: page([project('backend')], 'c2'),
			[`${PROJECTS} c2`]: page([project('web-app')], 'c3'),
		});
		expect(await listProjects(client, 'acme', 'web')).toMatchObject({
			entries: [{ slug: 'web-app' }],
			next: 'c3',
		});
	});

	it('so is a whole list', async () => {
		const { client } = responsesByPath({
			[PROJECTS]: page(some),
			[ORGANIZATIONS]: page([acme, other]),
		});
		const { found, isCut } = await listAllProjects(client, 'acme', { search: 'web', limit: 1 });
		expect([found.map(({ slug }) => slug), isCut]).toEqual([['web-app', 'web-shop'], true]);
		expect((await listAllOrganizations(client, { search: 'oth' })).found).toEqual([other]);
	});

	it.each(['team:core', 'slug:backend', '"web app"'])(
		'what %p means is left to Sentry',
		async (search) => {
			const { client } = responsesByPath({ [PROJECTS]: page(some) });
			expect((await listAllProjects(client, 'acme', { search })).found).toEqual(some);
		},
	);
});

describe('all projects', () => {
	it.each([
		[2, 'c2', true, 1],
		[2, undefined, false, 1],
		[3, 'c2', true, 2],
		[9, 'c2', false, 2],
	])(
		'up to %d of those before %p: cut is %p, known by %d requests',
		async (limit, next, isCut, requests) => {
			const { client, sent } = responsesByPath({
				[PROJECTS]: page([project('a'), project('b')], next),
				[`${PROJECTS} c2`]: page([project('c'), project('d')]),
			});
			expect((await listAllProjects(client, 'acme', { limit })).isCut).toBe(isCut);
			expect(sent()).toHaveLength(requests);
		},
	);

	it('of an organization without any need it to exist', async () => {
		const path = '/api/0/organizations/acme/';
		const { client } = responsesByPath({ [PROJECTS]: page([]), [path]: jsonResponse(200, acme) });
		expect(await listAllProjects(client, 'acme')).toMatchObject({ found: [], isCut: false });
		const without = responsesByPath({ [PROJECTS]: page([]), [path]: NOT_THERE });
		for (const search of ['', 'web']) {
			await expect(listAllProjects(without.client, 'acme', { search })).rejects.toMatchObject({
				message: 'Sentry did not return the organization: the organization does not exist (404)',
			});
		}
	});

	it.each(['', 'web'])(
		'without org:read need some to be seen, also in search of %p',
		async (search) => {
			const { client } = scriptedClient(({ url, query }) =>
				!url.endsWith(OWN_PROJECTS)
					? FORBIDDEN
					: page(query.query === undefined ? [project('backend')] : []),
			);
			await expect(listAllProjects(client, 'nope', { search })).rejects.toMatchObject({
				details: { status: 403 },
			});
			if (search !== '')
				expect((await listAllProjects(client, 'acme', { search })).found).toEqual([]);
		},
	);
});

describe('all organizations', () => {
	it('of an integration are those of its projects, all pages of them', async () => {
		const { client } = responsesByPath({
			[ORGANIZATIONS]: page([]),
			[OWN_PROJECTS]: page([project('a'), project('b')], 'c2'),
			[`${OWN_PROJECTS} c2`]: page([project('c', other)]),
		});
		expect(await listAllOrganizations(client)).toMatchObject({
			found: [acme, other],
			isCut: false,
		});
		expect(await listAllOrganizations(client, { limit: 1 })).toMatchObject({ isCut: true });
	});

	it('are refused where the token sees no project either', async () => {
		const { client } = responsesByPath({ [ORGANIZATIONS]: FORBIDDEN, [OWN_PROJECTS]: page([]) });
		await expect(listAllOrganizations(client)).rejects.toMatchObject({ details: { status: 403 } });
	});

	it('may be none', async () => {
		const { client } = responsesByPath({ [ORGANIZATIONS]: page([]), [OWN_PROJECTS]: page([]) });
		expect((await listAllOrganizations(client)).found).toEqual([]);
	});
});
