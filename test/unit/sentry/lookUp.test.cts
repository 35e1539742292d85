import {
	handleOf,
	projectOfNumber,
	refusable,
	slugsOf,
} from '../../../nodes/SentryClientKeys/sentry/lookUp.ts';
import { CancelledError, SentryError } from '../../../nodes/SentryClientKeys/sentry/errors.ts';
import type { Attempt } from '../../../nodes/SentryClientKeys/sentry/types.ts';
import { jsonResponse, noResponse, scriptedClient } from '../support/scriptedSend.cts';

const acme = { id: '1', slug: 'acme', name: 'Acme' };
const globex = { id: '2', slug: 'globex', name: 'Globex' };
const webApp = { id: '42', slug: 'web-app', name: 'Web App' };
const oldApp = { id: '43', slug: '2015', name: 'Old App' };
const FORBIDDEN = jsonResponse(403, {
	detail: 'You do not have permission to perform this action.',
});

/** A server with some lists; it refuses the others. */
function lists(listed: Record<string, unknown>) {
	return scriptedClient(
		({ url }): Attempt => {
			const path = new URL(url).pathname.replace('/api/0', '');
			return path in listed ? jsonResponse(200, listed[path]) : FORBIDDEN;
		},
		{ maxRetries: 0 },
	);
}

describe('the project of a number', () => {
	it.each<[string, Record<string, unknown>]>([
		[
			"is found among the token's own projects",
			{ '/projects/': [{ ...webApp, organization: globex }] },
		],
		[
			'is found in the organizations, one after the other',
			{
				'/projects/': [],
				'/organizations/': [acme, globex],
				'/organizations/acme/projects/': [oldApp],
				'/organizations/globex/projects/': [webApp],
			},
		],
	])('%s', async (_, listed) => {
		const { client, clock } = lists(listed);
		expect(await clock.run(projectOfNumber(client, '42'))).toEqual({
			organization: 'globex',
			project: 'web-app',
		});
	});

	it('is its name where its slug is all digits', async () => {
		const { client, clock } = lists({ '/projects/': [{ ...oldApp, organization: acme }] });
		expect(await clock.run(projectOfNumber(client, '43'))).toEqual({
			organization: 'acme',
			project: '43',
		});
	});

	it('is not found where no list shows it', async () => {
		const { client, clock } = lists({});
		expect(await clock.run(projectOfNumber(client, '42'))).toBeUndefined();
	});
});

it('leaves names as they are that are no numbers', async () => {
	const { client, clock, sent } = lists({});
	const names = { organization: 'acme', project: 'web-app' };
	expect(await clock.run(slugsOf(client, names))).toEqual(names);
	expect(sent()).toEqual([]);
});

it('takes no project of another organization for the one of a number', async () => {
	const { client, clock } = lists({ '/projects/': [{ ...webApp, organization: globex }] });
	const names = { organization: 'acme', project: '42' };
	expect(await clock.run(slugsOf(client, names))).toEqual(names);
});

it.each([
	[
		'is away',
		jsonResponse(503, { detail: 'Downstream service unavailable' }),
		'sentry_unavailable',
	],
	['is busy', jsonResponse(429, { detail: 'Limit is 40 requests in 1 seconds' }), 'rate_limited'],
	['does not answer', noResponse('ECONNRESET'), 'unreachable'],
])('does not say that a number is unknown while the server %s', async (_, response, code) => {
	const { client, clock } = scriptedClient(() => response, { maxRetries: 0 });
	const details = { code };
	await expect(clock.run(projectOfNumber(client, '42'))).rejects.toMatchObject({ details });
	await expect(clock.run(slugsOf(client, { organization: '1' }))).rejects.toMatchObject({
		details,
	});
});

describe('a look-up that may fail', () => {
	const failing = async (reason: Error) => await refusable(Promise.reject(reason));

	it('gives nothing where the server refuses it', async () => {
		const refused = new SentryError('Not for you', 'Ask.', { code: 'forbidden' });
		expect(await failing(refused)).toBeUndefined();
	});

	it('ends with the execution, and with any mistake of our own', async () => {
		await expect(failing(new CancelledError())).rejects.toThrow('canceled');
		await expect(failing(new TypeError('a mistake'))).rejects.toThrow('a mistake');
	});
});

it.each([
	[{ id: '7', slug: 'web-app' }, 'web-app'],
	[{ id: '7', slug: '2024' }, '7'],
	[{ id: 7, slug: '2024' }, '7'],
	[{ id: null, slug: '2024' }, '2024'],
	[{ slug: '2024' }, '2024'],
])('what the API understands of %j is %p', (entry, handle) => {
	expect(handleOf(entry)).toBe(handle);
});

describe('the slug of an organization’s number', () => {
	it.each<[string, Record<string, unknown>]>([
		['is in the list of organizations', { '/organizations/': [globex, acme] }],
		[
			'is told by the projects of an integration, which sees no organization',
			{
				'/organizations/': [],
				'/projects/': [
					webApp,
					{ ...oldApp, organization: globex },
					{ ...webApp, organization: acme },
				],
			},
		],
	])('%s', async (_, listed) => {
		const { client, clock } = lists(listed);
		expect(await clock.run(slugsOf(client, { organization: '1' }))).toEqual({
			organization: 'acme',
		});
	});

	it('is not told by what only begins or ends with digits', async () => {
		const { client, clock, sent } = lists({});
		const names = { organization: '1st', project: 'app2' };
		expect(await clock.run(slugsOf(client, names))).toEqual(names);
		expect(await clock.run(slugsOf(client, { project: '42' }))).toEqual({ project: '42' });
		expect(sent()).toEqual([]);
	});

	it('stays a number where no list shows it', async () => {
		const { client, clock } = lists({ '/organizations/': [globex] });
		expect(await clock.run(slugsOf(client, { organization: '1' }))).toEqual({
			organization: '1',
		});
	});
});

it("the slug of a project's number is the one in that organization", async () => {
	const { client, clock } = lists({
		'/projects/': [
			{ ...webApp, slug: 'elsewhere', organization: globex },
			{ ...oldApp, organization: acme },
			{ ...webApp, organization: acme },
		],
	});
	expect(await clock.run(slugsOf(client, { organization: 'acme', project: '42' }))).toEqual({
		organization: 'acme',
		project: 'web-app',
	});
});

it('a list is asked for a hundred at a time, and all of its pages are read', async () => {
	const next = (more: boolean) => ({
		link: `<https://x/>; rel="next"; results="${more}"; cursor="1:1:0"`,
	});
	const { client, clock, sent } = scriptedClient(({ query }) =>
		query.cursor === undefined
			? jsonResponse(200, [globex], next(true))
			: jsonResponse(200, [acme], next(false)),
	);
	expect(await clock.run(slugsOf(client, { organization: '1' }))).toEqual({ organization: 'acme' });
	expect(sent()).toEqual([
		'GET /api/0/organizations/?per_page=100',
		'GET /api/0/organizations/?per_page=100&cursor=1%3A1%3A0',
	]);
});

it('a look-up that fails says what it was for', async () => {
	const { client, clock } = scriptedClient(() => jsonResponse(503, {}), { maxRetries: 0 });
	await expect(clock.run(slugsOf(client, { organization: '1' }))).rejects.toThrow(
		'Sentry did not list organizations and projects',
	);
});
