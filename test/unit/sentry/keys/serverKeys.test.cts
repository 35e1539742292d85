import { ServerKeys } from '../../../../nodes/SentryClientKeys/sentry/keys/serverKeys.ts';
import type { Attempt } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { jsonResponse, noResponse, scriptedClient } from '../../support/scriptedSend.cts';

const acme = { id: '1', slug: 'acme', name: 'Acme' };
const webApp = { id: '42', slug: 'web-app', name: 'Web App', organization: acme };
const UNAVAILABLE = jsonResponse(503, { detail: 'Downstream service unavailable' });

/** A server whose first responses are others. */
function serverKeys(regular: Attempt, first: Attempt[] = []) {
	const { client, clock, sent } = scriptedClient((_, at) => first[at] ?? regular, {
		maxRetries: 0,
	});
	return { keys: new ServerKeys(client, 'secret'), clock, sent };
}

describe.each<[string, Attempt, (keys: ServerKeys) => Promise<unknown>, unknown]>([
	[
		'a project',
		jsonResponse(200, webApp),
		async (keys) => await keys.project({ organization: 'acme', project: 'web-app' }),
		webApp,
	],
	[
		'the project of a number',
		jsonResponse(200, [webApp]),
		async (keys) => await keys.projectOfNumber('42'),
		{ organization: 'acme', project: 'web-app' },
	],
])('%s', (_, found, ask, expected) => {
	it('is asked for once, by whoever wants it', async () => {
		const { keys, clock, sent } = serverKeys(found);
		const both = [ask(keys), ask(keys)];
		expect(await clock.run(Promise.all(both))).toEqual([expected, expected]);
		expect(await clock.run(ask(keys))).toEqual(expected);
		expect(sent()).toHaveLength(1);
	});

	it.each([
		['is away', UNAVAILABLE],
		['does not answer', noResponse('ECONNRESET')],
	])('is asked for again after the server %s for the moment', async (_state, failure) => {
		const { keys, clock } = serverKeys(found, [failure]);
		await expect(clock.run(ask(keys))).rejects.toThrow('Sentry did not');
		expect(await clock.run(ask(keys))).toEqual(expected);
	});
});

it.each([
	[['project:write', 'project:admin'], true],
	[['project:write'], false],
	[undefined, undefined],
])('reads out of the scopes %j whether the token may delete: %j', async (scopes, may) => {
	const { keys, clock, sent } = serverKeys(jsonResponse(200, { auth: scopes && { scopes } }));
	expect(await clock.run(keys.mayDelete())).toBe(may);
	expect(await clock.run(keys.mayDelete())).toBe(may);
	expect(sent()).toHaveLength(1);
});

it('does not know what the token may do where the server does not tell its scopes', async () => {
	const { keys, clock } = serverKeys(jsonResponse(404, { detail: 'Not found' }));
	expect(await clock.run(keys.mayDelete())).toBeUndefined();
});

it('keeps one list for each project, however it was named', () => {
	const { keys } = serverKeys(jsonResponse(200, []));
	const bySlug = keys.keysOf({ organization: 'acme', project: 'web-app' }, '42');
	expect(keys.keysOf({ organization: '1', project: '42' }, '42')).toBe(bySlug);
	expect(keys.keysOf({ organization: 'acme', project: 'api' }, '43')).not.toBe(bySlug);
});
