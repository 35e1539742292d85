import {
	listOrganizations,
	listProjects,
} from '../../../nodes/SentryClientKeys/sentry/directory.ts';
import type { Attempt } from '../../../nodes/SentryClientKeys/sentry/types.ts';
import { jsonAnswer, scriptedClient } from '../support/scriptedSend.cts';

const ORGANIZATIONS = '/api/0/organizations/';
const PROJECTS = '/api/0/organizations/acme/projects/';
const OWN_PROJECTS = '/api/0/projects/';
const PAGE = 'per_page=100';

const acme = { id: '1', slug: 'acme', name: 'Acme Inc.' };
const other = { id: '2', slug: 'other', name: 'Other' };
const project = (slug: string, organization = acme) => ({ slug, name: slug, organization });
const slugs = ({ entries }: { entries: Array<{ slug: string }> }) =>
	entries.map(({ slug }) => slug);

const FORBIDDEN = jsonAnswer(403, { detail: 'You do not have permission to perform this action.' });

/** One page of a list; without `next` it is the last one. */
const page = (entries: object[], next?: string) =>
	jsonAnswer(200, entries, {
		link: `<https://x/?&cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", <https://x/?&cursor=${next ?? 'end'}>; rel="next"; results="${next !== undefined}"; cursor="${next ?? 'end'}"`,
	});

/** Answers by path, and by cursor where one was sent. */
const sentryWith = (answers: Record<string, Attempt>) =>
	scriptedClient(({ url, query }) => {
		const { pathname } = new URL(url);
		const key = query.cursor === undefined ? pathname : `${pathname} ${query.cursor}`;
		const attempt = answers[key];
		if (attempt === undefined) throw new Error(`Nobody expected ${key}`);
		return attempt;
	});

describe('the organizations', () => {
	it('are those that Sentry lists, a page at a time', async () => {
		const { client, sent } = sentryWith({
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
		const { client, sent } = sentryWith({ [ORGANIZATIONS]: page([acme]) });
		await listOrganizations(client, 'ac me');
		expect(sent()).toEqual([`GET ${ORGANIZATIONS}?${PAGE}&query=ac+me`]);
	});

	it.each<[string, Attempt]>([
		['lists none, as for an integration', page([])],
		['refuses, as without org:read', FORBIDDEN],
	])('are those of the projects where Sentry %s', async (_, answer) => {
		const { client } = sentryWith({
			[ORGANIZATIONS]: answer,
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
		const { client, sent } = sentryWith({
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
		const { client, sent } = sentryWith({ [`${ORGANIZATIONS} 100:1:0`]: page([]) });
		expect(await listOrganizations(client, '', '100:1:0')).toEqual({ entries: [] });
		expect(sent()).toHaveLength(1);
	});

	it('a wrong token is told', async () => {
		const { client } = sentryWith({
			[ORGANIZATIONS]: jsonAnswer(401, { detail: 'Invalid token' }),
		});
		await expect(listOrganizations(client, '')).rejects.toMatchObject({
			details: { code: 'invalid_token' },
		});
	});
});

describe('the projects of an organization', () => {
	it('are those that Sentry lists, a page at a time', async () => {
		const { client, sent } = sentryWith({
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
		const { client, sent } = sentryWith({ [PROJECTS]: page([]) });
		expect(await listProjects(client, 'acme', '')).toMatchObject({ entries: [] });
		expect(sent()).toHaveLength(1);
	});

	it.each(['acme', '1'])('are taken from all projects without org:read, for %p', async (name) => {
		const { client, sent } = sentryWith({
			[`/api/0/organizations/${name}/projects/`]: FORBIDDEN,
			[OWN_PROJECTS]: page([project('else', other), project('web-app')]),
		});
		expect(slugs(await listProjects(client, name, 'web'))).toEqual(['web-app']);
		expect(sent()[1]).toBe(`GET ${OWN_PROJECTS}?${PAGE}&query=web`);
	});

	it('go on with the list they began with', async () => {
		const { client, sent } = sentryWith({
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
		const { client } = sentryWith({
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
		const { client } = sentryWith({
			[PROJECTS]: jsonAnswer(404, { detail: 'The requested resource does not exist' }),
		});
		await expect(listProjects(client, 'acme', '')).rejects.toMatchObject({
			remedy: expect.stringContaining('organization "acme"') as string,
			details: { code: 'not_found' },
		});
	});

	it('are not asked for under a name that leads elsewhere', async () => {
		const { client, sent } = sentryWith({});
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
	const { client } = sentryWith({ [ORGANIZATIONS]: jsonAnswer(200, [acme, entry]) });
	await expect(listOrganizations(client, '')).rejects.toMatchObject({
		details: { code: 'unexpected_answer' },
	});
});
