import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { IDataObject } from 'n8n-workflow';

import { startSandbox } from '../../sandbox/index.cts';
import { outputOf } from '../../tools/engine.cts';
import { sharedSandbox } from './servers.cts';
import { configuration, locator, NODE, numbered, result, run, stopText } from './support.cts';

const sandbox = sharedSandbox();

const keys = () => sandbox.keys.ofProject('acme', 'web-app');

describe('a refusal says what happened, quotes Sentry and says what to do', () => {
	it.each([
		[
			'a wrong token',
			{ token: 'sntryu_wrong' },
			{},
			/does not accept the token \(401\)/,
			/"Invalid token"/,
		],
		[
			'an expired token',
			{ token: 'expired' },
			{},
			/does not accept the token \(401\)/,
			/has expired/,
		],
		[
			'an organization token',
			{ token: 'organization' },
			{},
			/organization tokens can't/,
			/integration/,
		],
		['a missing scope', { token: 'readOnly' }, {}, /lacks a scope \(403\)/, /project:write/],
		['a role that may not', { token: 'memberRole' }, {}, /may not do this here \(403\)/, /role/],
		[
			'another organization',
			{ token: 'otherOrg' },
			{},
			/may not do this here \(403\)/,
			/permission/,
		],
		[
			'an unknown project',
			{},
			{ project: locator('nope') },
			/project or the organization does not exist \(404\)/,
			/"Project does not exist".*"nope"/,
		],
		[
			'an unknown organization',
			{},
			{ organization: locator('nope') },
			/does not exist \(404\)/,
			/organization "nope"/,
		],
		[
			'a renamed project',
			{},
			{ organization: locator('globex'), project: locator('old-shop') },
			/was renamed \(302\)/,
			/"shop"/,
		],
		[
			'a rejected field',
			{},
			{ specifyBody: 'json', body: { useCase: 'x' } },
			/rejected the request \(400\)/,
			/useCase: "x" is not a valid choice/,
		],
	] satisfies Array<[string, { token?: string }, IDataObject, RegExp, RegExp]>)(
		'%s',
		async (
			_,
			{ token = 'write' }: { token?: string },
			parameters: IDataObject,
			message,
			description,
		) => {
			const tokens: Record<string, string> = sandbox.tokens;
			const text = stopText(await run(sandbox, parameters, { token: tokens[token] ?? token }));
			expect(text.message).toMatch(message);
			expect(text.message).toMatch(/ \[item 0\]$/);
			expect(text.description).toMatch(description);
			expect(keys()).toHaveLength(1);
		},
	);

	it.each([
		['html', /a web page/],
		['listInstead', /a list/],
		['stringInstead', /a single value/],
	] as const)('a response that is none (%s) is never a success', async (kind, what) => {
		sandbox.faults.add({ kind });
		const { description, message } = stopText(await run(sandbox, {}, { baseUrl: sandbox.url }));
		expect(message + description).toMatch(what);
		expect(keys()).toHaveLength(1);
	});

	it('nobody listening', async () => {
		const { message, description } = stopText(
			await run(sandbox, { options: { maxRetries: 0 } }, { baseUrl: 'http://127.0.0.1:1' }),
		);
		expect(message).toBe(
			'Sentry did not create the client key: no response from http://127.0.0.1:1 [item 0]',
		);
		expect(description).toMatch(/ECONNREFUSED/);
	});
});

it.each([
	['create', {}],
	['get', {}],
	['update', { updateFields: { isActive: false } }],
	['upsert', { name: 'x' }],
])('an object that is no key is no success of %s', async (operation, more) => {
	const proxy = createServer((_request, response) => response.end('{"status":"ok"}')).listen(0);
	const { port } = proxy.address() as AddressInfo;
	const done = await run(
		sandbox,
		{ operation, clientKey: locator('a'.repeat(32)), ...more, options: { maxRetries: 0 } },
		{ baseUrl: `http://127.0.0.1:${port}` },
	);
	proxy.close();
	expect(done.status).toBe('error');
	expect(stopText(done).description).toContain('no log-in page, proxy or firewall');
});

it('a redirect is not followed, and the token reaches no other host', async () => {
	const reached: string[] = [];
	const elsewhere = createServer((request, response) => {
		reached.push(request.headers.authorization ?? '');
		response.end('[]');
	}).listen(0);
	const { port } = elsewhere.address() as AddressInfo;
	sandbox.faults.add({ kind: 'redirect', location: `http://127.0.0.1:${port}/?ticket=1` });
	const { message, description } = stopText(await run(sandbox));
	elsewhere.close();
	expect(reached).toEqual([]);
	expect(message).toContain('redirects elsewhere (302)');
	expect(description).toContain(`"http://127.0.0.1:${port}/"`);
	expect(description).not.toContain('ticket');
});

describe('where the workflow stops', () => {
	const useCase = (n: number) => ({
		specifyBody: 'json',
		body: `={{ { name: 'key ' + $json.n, useCase: $json.n === ${n} ? 'wrong' : 'user' } }}`,
	});

	it('nothing is started after the refusal, and what was done is named', async () => {
		const done = await run(
			sandbox,
			{ ...useCase(2), options: { maxConcurrentRequests: 1 } },
			{ items: numbered(6) },
		);
		const { message, description } = stopText(done);
		expect(message).toContain('[item 2]');
		expect(keys()).toHaveLength(3);
		for (const { public: id } of keys().slice(0, 2)) {
			expect(description).toContain(`created client key ${id} in acme/web-app`);
		}
		expect(outputOf(done, NODE, 1)).toEqual([]);
	});

	it('what is under way is awaited and named, and the lowest item is the one told', async () => {
		sandbox.faults.add({ kind: 'error503', path: '/backend/' });
		const done = await run(
			sandbox,
			{
				project: locator('={{ $json.n % 2 ? "nope" : "web-app" }}'),
				options: { maxConcurrentRequests: 6 },
			},
			{ items: numbered(6) },
		);
		const { message, description } = stopText(done);
		expect(message).toContain('[item 1]');
		for (const { public: id, label } of keys()) {
			if (label !== 'Default') expect(description).toContain(id);
		}
		expect(description).toContain('Also failed: item');
	});
});

describe.each(['continueRegularOutput', 'continueErrorOutput'] as const)('with %s', (onError) => {
	const errorOutput = onError === 'continueErrorOutput' ? 2 : 0;

	it('an item is error, message and details, and all configurations go on', async () => {
		const done = await run(
			sandbox,
			{ project: locator('={{ $json.n === 1 ? "nope" : "web-app" }}') },
			{ items: numbered(3), node: { onError } },
		);
		expect(done.status).toBe('success');
		expect(configuration(done)).toHaveLength(3);
		const errors = outputOf(done, NODE, errorOutput).filter(({ json }) => 'error' in json);
		expect(errors).toHaveLength(1);
		expect(errors[0]?.pairedItem).toEqual({ item: 1 });
		const { error, message, details, ...input } = errors[0]?.json ?? {};
		expect(error).toMatch(/does not exist \(404\) \[item 1\]$/);
		expect(message).toMatch(/"Project does not exist"/);
		expect(details).toMatchObject({ code: 'not_found', status: 404, itemIndex: 1 });
		expect(input).toEqual(onError === 'continueErrorOutput' ? { n: 1 } : {});
		expect(result(done).filter((row) => !('error' in row))).toHaveLength(2);
	});

	it('a wrong credential fails each item, not the node', async () => {
		const done = await run(sandbox, {}, { items: numbered(3), node: { onError }, token: '' });
		expect(outputOf(done, NODE, errorOutput)).toHaveLength(3);
	});
});

describe('Never Error', () => {
	const parameters = { resultFormat: 'rawResponse', options: { neverError: true } };

	it('returns a refusal as exactly body and status', async () => {
		const done = await run(sandbox, { ...parameters, project: locator('nope') });
		expect(result(done)).toEqual([{ body: { detail: 'Project does not exist' }, status: 404 }]);
	});

	it('does not hide that nobody answered', async () => {
		const done = await run(
			sandbox,
			{ ...parameters, options: { neverError: true, maxRetries: 0 } },
			{ baseUrl: 'http://127.0.0.1:1' },
		);
		expect(done.status).toBe('error');
	});
});

it('a cancelled execution starts nothing more', async () => {
	const slow = await startSandbox({ latencyMs: 100 });
	try {
		const done = await run(
			slow,
			{ options: { maxConcurrentRequests: 2 } },
			{ items: numbered(50), cancelAfter: 350 },
		);
		expect(done.status).toBe('canceled');
		const sent = slow.requests.length;
		expect(sent).toBeLessThan(15);
		await new Promise((resolve) => setTimeout(resolve, 500));
		expect(slow.requests).toHaveLength(sent);
	} finally {
		await slow.close();
	}
});

it('a cancelled execution names the key whose answer it did not wait for', async () => {
	sandbox.faults.add({ kind: 'hangAfterCommit', method: 'POST' });
	const done = await run(sandbox, {}, { cancelAfter: 300 });
	expect(done.status).toBe('canceled');
	const [made] = keys();
	const error = done.data.resultData.runData[NODE]?.[0]?.error;
	expect(JSON.stringify(error)).toContain(`with the ID ${made?.public} may have been made`);
});

it('no token and no secret shows anywhere but in the result', async () => {
	sandbox.faults.add({ kind: 'loseResponse', method: 'POST', probability: 0.3 });
	const runs = [
		await run(sandbox, { project: locator('nope') }),
		await run(
			sandbox,
			{},
			{ baseUrl: 'http://127.0.0.1:1', node: { onError: 'continueRegularOutput' } },
		),
		await run(
			sandbox,
			{ resultFormat: 'dsn', project: locator('={{ $json.n === 3 ? "nope" : "web-app" }}') },
			{ items: numbered(4), node: { onError: 'continueErrorOutput' } },
		),
		await run(
			sandbox,
			{ project: locator('={{ $json.n === 3 ? "nope" : "web-app" }}') },
			{ items: numbered(4) },
		),
	];
	const stored = JSON.stringify(runs);
	expect(stored).not.toContain(sandbox.tokens.write);
	for (const { secret } of keys()) expect(stored).not.toContain(secret);
});
