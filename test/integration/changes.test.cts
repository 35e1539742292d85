import type { IDataObject } from 'n8n-workflow';

import { sharedSandbox } from './servers.cts';
import {
	addKeys,
	configuration,
	createdIn,
	hints,
	locator,
	methods,
	numbered,
	result,
	run,
	serversThat,
	stopText,
} from './support.cts';

const sandbox = sharedSandbox();
let keyId: string;
const serverThat = serversThat();

beforeEach(() => {
	[keyId = ''] = addKeys(sandbox, 1, { rateLimitCount: 5, rateLimitWindow: 60 });
});

/** The ID of the project web-app, which a DSN holds. */
const projectId = (): number => createdIn(sandbox)[0]?.projectId ?? 0;

const onKey = (operation: string, more: IDataObject = {}): IDataObject => ({
	operation,
	clientKey: locator(keyId),
	...more,
});
const change = async (updateFields: IDataObject, server = sandbox) =>
	await run(server, onKey('update', { updateFields }), { token: server.tokens.write });

describe('one key', () => {
	it.each([
		['its ID', () => locator(keyId)],
		['an entry of the list', () => locator(keyId, 'list')],
		['its DSN', () => locator(`https://${keyId}@o1.ingest.us.sentry.io/${projectId()}`, 'dsn')],
		[
			'an old DSN',
			() => locator(`https://${keyId}:${'5'.repeat(32)}@sentry.io/${projectId()}`, 'dsn'),
		],
		['its DSN in place of the ID', () => locator(`http://${keyId}@relay:3000/in/${projectId()}`)],
		['a line of a file', () => locator(`SENTRY_DSN="http://${keyId}@relay/${projectId()}"`, 'dsn')],
		['its loader script', () => locator(`https://js.sentry-cdn.com/${keyId}.min.js`, 'dsn')],
		['capitals', () => locator(keyId.toUpperCase())],
		['plain text', () => keyId],
	])('is found by %s', async (_, clientKey) => {
		const done = await run(sandbox, { operation: 'get', clientKey: clientKey() });
		expect(result(done)).toMatchObject([{ id: keyId, name: 'key 0' }]);
		expect(methods(sandbox)).toEqual(['GET']);
	});

	it.each([
		[locator('={{ "" }}', 'dsn'), /^'Client Key' is empty/],
		[locator('={{ "" }}'), /^'Client Key' is empty/],
		[locator('https://sentry.io/organizations/acme/', 'dsn'), /^'Client Key' is not a DSN/],
		[locator('not a DSN', 'dsn'), /^'Client Key' is not a DSN/],
		[locator('my-app'), /^'Client Key' is no key ID: "my-app" looks like a name/],
		[locator('../keys'), /^'Client Key' is not an ID or slug/],
		[locator('={{ $json.nothing }}'), /^'Client Key' has no value/],
	])('is not asked for by %j', async (clientKey, message) => {
		const text = stopText(await run(sandbox, { operation: 'get', clientKey }));
		expect(text.message).toMatch(message);
		expect(sandbox.requests).toEqual([]);
	});

	it('a broken DSN is not quoted, because it may hold a secret', async () => {
		const clientKey = locator('https://abc:5ecre7@sentry.io/', 'dsn');
		const { message, description } = stopText(await run(sandbox, { operation: 'get', clientKey }));
		expect(message + description).not.toContain('5ecre7');
	});

	describe.each(['delete', 'get', 'rotate', 'update'])('chosen for %s by a DSN', (operation) => {
		const byDsn = async (project: unknown, dsn: string) => {
			const parameters = { operation, project: locator(project), updateFields: { name: 'x' } };
			const done = await run(
				sandbox,
				{ ...parameters, clientKey: locator(dsn, 'dsn') },
				{ token: sandbox.tokens.admin },
			);
			expect(methods(sandbox).filter((method) => method !== 'GET')).toEqual([]);
			return stopText(done).message;
		};

		it('of another project is refused before anything is sent, where both are IDs', async () => {
			const dsn = `https://${keyId}:5ecre7@o1.ingest.sentry.io/42`;
			const message = await byDsn(String(projectId()), dsn);
			expect(message).toMatch(/^'Client Key' is the DSN of another project than the one/);
			expect(message).not.toContain('5ecre7');
			expect(sandbox.requests).toEqual([]);
		});

		it('of another project is refused before anything is written, where one is a slug', async () => {
			const dsn = `https://${keyId}@o1.ingest.sentry.io/42`;
			expect(await byDsn('web-app', dsn)).toMatch(/^'Client Key' is the DSN of another project/);
		});
	});

	it('of another project is not found', async () => {
		const { message, description } = stopText(
			await run(sandbox, { ...onKey('get'), project: locator('backend') }),
		);
		expect(message).toMatch(/^Sentry did not return the client key: .* does not exist \(404\)/);
		expect(description).toContain(keyId);
	});
});

describe('an update', () => {
	it('changes what is named and nothing else', async () => {
		const [before] = createdIn(sandbox);
		const untouched = structuredClone(before);
		const done = await change({ name: 'renamed' });
		expect(result(done)).toMatchObject([{ id: keyId, name: 'renamed' }]);
		expect(createdIn(sandbox)).toEqual([{ ...untouched, label: 'renamed' }]);
	});

	it.each([
		[{ isActive: false }, { isActive: false }],
		[{ isActive: '={{ "false" }}' }, { isActive: false }],
		[{ rateLimit: { limit: { count: 9, window: 90 } } }, { rateLimit: { count: 9, window: 90 } }],
		[
			{ rateLimit: { limit: { count: '7', window: '70' } } },
			{ rateLimit: { count: 7, window: 70 } },
		],
		[{ rateLimit: { limit: { count: 0, window: 0 } } }, { rateLimit: null }],
		[{ removeRateLimit: true }, { rateLimit: null }],
		[{ removeRateLimit: false, name: 'x' }, { rateLimit: { count: 5, window: 60 } }],
		[{ browserSdkVersion: locator('8.x', 'list') }, { browserSdkVersion: '8.x' }],
		[{ browserSdkVersion: 'latest' }, { browserSdkVersion: 'latest' }],
		[{ hasReplay: false }, { dynamicSdkLoaderOptions: { hasReplay: false, hasPerformance: true } }],
		[
			{ hasDebug: true, hasFeedback: true, hasLogsAndMetrics: true, hasPerformance: false },
			{
				dynamicSdkLoaderOptions: {
					hasDebug: true,
					hasFeedback: true,
					hasLogsAndMetrics: true,
					hasPerformance: false,
					hasReplay: true,
				},
			},
		],
	])('can set %j', async (fields, expected) => {
		expect(result(await change(fields))).toMatchObject([expected]);
		expect(methods(sandbox)).toEqual(['GET', 'PUT']);
	});

	it('keeps the SDK version on a server that resets it', async () => {
		const server = await serverThat({ resetsSdkVersion: true });
		[keyId = ''] = addKeys(server, 1);
		await change({ browserSdkVersion: '7.x' }, server);
		expect(result(await change({ name: 'x', hasDebug: true }, server))).toMatchObject([
			{ name: 'x', browserSdkVersion: '7.x', dynamicSdkLoaderOptions: { hasDebug: true } },
		]);
	});

	it('says what else a server changed, and writes nothing back', async () => {
		const server = await serverThat({ resetsSettings: true });
		const limit = { rateLimitCount: 5, rateLimitWindow: 60 };
		[keyId = ''] = addKeys(server, 1, { isActive: false, ...limit, browserSdkVersion: '7.x' });
		Object.assign(createdIn(server)[0]?.loaderOptions ?? {}, { hasDebug: true, hasReplay: false });
		const done = await change({ name: 'renamed' }, server);
		expect(methods(server)).toEqual(['GET', 'PUT']);
		expect(createdIn(server)).toMatchObject([{ label: 'renamed', browserSdkVersion: '7.x' }]);
		const told = 'rateLimit, hasReplay, hasDebug';
		expect(result(done)).toMatchObject([
			{
				name: 'renamed',
				warnings: [
					{ code: 'changed_meanwhile', message: expect.stringContaining(told) as string },
					{ code: 'key_inactive' },
				],
			},
		]);
		expect(hints(done)).toContain(told);
	});

	it('does not switch a key on again that another item just switched off', async () => {
		const slow = await serverThat({ latencyMs: [1, 20] });
		[keyId = ''] = addKeys(slow, 1);
		const updateFields = {
			isActive: '={{ $json.n === 0 ? false : undefined }}',
			name: '={{ $json.n === 1 ? "x" : undefined }}',
		};
		const done = await run(slow, onKey('update', { updateFields }), { items: numbered(2) });
		expect(done.status).toBe('success');
		expect(createdIn(slow)).toMatchObject([{ isActive: false, label: 'x' }]);
	});

	it('sends nothing that did not change', async () => {
		const same = { name: 'key 0', isActive: true, rateLimit: { limit: { count: 5, window: 60 } } };
		const done = await run(
			sandbox,
			onKey('update', { updateFields: same, resultFormat: 'rawResponse' }),
		);
		expect(methods(sandbox)).toEqual(['GET']);
		expect(result(done)).toMatchObject([{ status: 200, body: { id: keyId } }]);
	});

	it('that is repeated after a lost response changes the key once', async () => {
		sandbox.faults.add({ kind: 'loseResponse', method: 'PUT', times: 1 });
		expect(result(await change({ name: 'x' }))).toMatchObject([{ name: 'x' }]);
	});

	it.each([
		[{}, /^'Update Fields' is empty/],
		[{ name: 'x'.repeat(65) }, /^'Update Fields > Name' is too long: 65/],
		[{ isActive: '={{ "maybe" }}' }, /^'Update Fields > Active' is neither true nor false/],
		[{ hasDebug: '={{ 5 }}' }, /^'Update Fields > Loader: Debug Bundles' is neither/],
		[{ browserSdkVersion: '={{ 5 }}' }, /^'Update Fields > Browser SDK Version' is not text/],
		[
			{ rateLimit: { limit: { count: 5, window: '' } } },
			/^'Update Fields > Rate Limit > Window \(Seconds\)' is missing/,
		],
		[
			{ rateLimit: { limit: { count: 5, window: 60 } }, removeRateLimit: true },
			/^'Update Fields > Remove Rate Limit' contradicts/,
		],
	])('is refused before any request with %j', async (updateFields, message) => {
		const done = await run(sandbox, onKey('update', { updateFields }));
		expect(stopText(done).message).toMatch(message);
		expect(sandbox.requests).toEqual([]);
	});

	it('to a version that the key does not offer changes nothing and names the choices', async () => {
		const { message, description } = stopText(await change({ browserSdkVersion: '99.x' }));
		expect(message).toBe("'Browser SDK Version' is not one of those that this key offers [item 0]");
		expect(description).toContain('10.x, 9.x, 8.x, 7.x, latest');
		expect(methods(sandbox)).toEqual(['GET']);
	});

	it('tells a hint when the plan has no rate limits', async () => {
		const server = await serverThat({ rateLimitFeature: false });
		[keyId = ''] = addKeys(server, 1);
		const done = await change({ rateLimit: { limit: { count: 5, window: 60 } } }, server);
		expect(hints(done)).toContain('stored no rate limit');
	});
});

describe('a deletion', () => {
	const remove = async (more: IDataObject = {}, token = sandbox.tokens.admin) =>
		await run(sandbox, onKey('delete', more), { token });

	it.each(['structuredTable', 'dsn'])(
		'gives exactly deleted: true and the ID (%s)',
		async (resultFormat) => {
			const done = await remove({ resultFormat });
			expect(result(done)).toEqual([{ deleted: true, id: keyId }]);
			expect(configuration(done)).toHaveLength(1);
			expect(createdIn(sandbox)).toEqual([]);
		},
	);

	it('is 204 without a body in the raw format', async () => {
		expect(result(await remove({ resultFormat: 'rawResponse' }))).toEqual([
			{ body: null, status: 204 },
		]);
	});

	it('whose response was lost is not a failure when it is repeated', async () => {
		sandbox.faults.add({ kind: 'loseResponse', method: 'DELETE', times: 1 });
		const done = await remove();
		expect(result(done)).toEqual([{ deleted: true, id: keyId }]);
		expect(hints(done)).toBe('');
	});

	it('whose repetition meets the page of a proxy is no success', async () => {
		sandbox.faults.add({ kind: 'error503', method: 'DELETE', times: 1 });
		sandbox.faults.add({ kind: 'proxy404', method: 'DELETE' });
		const { message } = stopText(await remove());
		expect(message).toContain('Sentry did not delete the client key');
		expect(createdIn(sandbox)).toHaveLength(1);
	});

	it('of this execution stays one when Retry On Fail runs the node again', async () => {
		const ids = [keyId, ...addKeys(sandbox, 1)];
		sandbox.faults.add({ kind: 'error503', path: ids[1] ?? '', times: 1 });
		const done = await run(
			sandbox,
			{
				operation: 'delete',
				clientKey: locator(`={{ ${JSON.stringify(ids)}[$json.n] }}`),
				options: { maxConcurrentRequests: 1, maxRetries: 0 },
			},
			{
				items: numbered(2),
				token: sandbox.tokens.admin,
				node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
			},
		);
		expect(result(done)).toEqual(ids.map((id) => ({ deleted: true, id })));
	});

	it('of a key that is gone is refused', async () => {
		await remove();
		const { message, description } = stopText(await remove());
		expect(message).toContain('Sentry did not delete the client key');
		expect(message).toContain('does not exist (404)');
		expect(description).toContain(keyId);
	});

	it('of a key that is gone is none, with a hint, if that is to be ignored', async () => {
		await remove();
		const done = await remove({ options: { ifNotFound: 'ignore' } });
		expect(result(done)).toMatchObject([
			{ deleted: false, id: keyId, warnings: [{ code: 'key_not_found' }] },
		]);
		expect(hints(done)).toContain(`no such client key, so nothing was deleted (item 0: ${keyId})`);
	});

	it('in a project that does not exist is none', async () => {
		const { message, description } = stopText(await remove({ project: locator('nope') }));
		expect(message).toContain('the project or the organization does not exist (404)');
		expect(description).toContain('"nope"');
	});

	it('needs project:admin, and says so', async () => {
		const { message, description } = stopText(await remove({}, sandbox.tokens.write));
		expect(message).toBe(
			'Sentry did not delete the client key: the token lacks a scope (403) [item 0]',
		);
		expect(description).toContain('The token needs project:admin.');
		expect(description).toContain('(Project: Admin)');
		expect(createdIn(sandbox)).toHaveLength(1);
	});

	it('that failed in between names what was deleted', async () => {
		const ids = [keyId, ...addKeys(sandbox, 2)];
		sandbox.faults.add({ kind: 'error503', path: ids[2] ?? '' });
		const done = await run(
			sandbox,
			{
				operation: 'delete',
				clientKey: locator(`={{ ${JSON.stringify(ids)}[$json.n] }}`),
				options: { maxConcurrentRequests: 1, maxRetries: 0 },
			},
			{ items: numbered(3), token: sandbox.tokens.admin },
		);
		const { message, description } = stopText(done);
		expect(message).toContain('[item 2]');
		expect(description).toContain(`item 0: deleted client key ${ids[0]} in acme/web-app`);
	});
});

it('a renamed project is named, and nothing is changed there', async () => {
	const renamed = { organization: locator('globex'), project: locator('old-shop') };
	for (const [operation, more] of [
		['get', {}],
		['getAll', {}],
		['update', { updateFields: { name: 'x' } }],
		['delete', {}],
		['rotate', {}],
		['upsert', { name: 'x' }],
	] as const) {
		const done = await run(
			sandbox,
			{ ...onKey(operation), ...more, ...renamed },
			{ token: sandbox.tokens.admin },
		);
		const { message, description } = stopText(done);
		expect(message).toContain('the project was renamed (302)');
		expect(description).toContain('"shop"');
	}
	expect(sandbox.keys.ofProject('globex', 'shop')).toHaveLength(1);
});

it('Never Error returns a refusal of any operation as body and status', async () => {
	for (const [operation, more] of [
		['get', {}],
		['update', { updateFields: { name: 'x' } }],
		['delete', {}],
		['rotate', {}],
		['upsert', { name: 'x' }],
		['getAll', {}],
	] as const) {
		const done = await run(
			sandbox,
			{
				...onKey(operation),
				...more,
				project: locator('nope'),
				resultFormat: 'rawResponse',
				options: { neverError: true },
			},
			{ token: sandbox.tokens.admin },
		);
		expect(result(done)).toMatchObject([
			{ status: 404, body: { detail: expect.any(String) as string } },
		]);
	}
});
