import type { IDataObject } from 'n8n-workflow';

import { sharedSandbox } from './servers.cts';
import { locator, numbered, result, run, stopText } from './support.cts';

const sandbox = sharedSandbox();

const json = (body: IDataObject | string) => ({ specifyBody: 'json', body });

describe('an input that cannot be sent is told by field and item, before any request', () => {
	it.each([
		['Organization', { organization: locator('..') }],
		['Organization', { organization: locator('.') }],
		['Organization', { organization: locator('a/b') }],
		['Organization', { organization: locator('%2e%2e') }],
		['Organization', { organization: locator('={{ $json.missing }}') }],
		['Organization', { organization: locator('   ') }],
		['Organization', { organization: locator('not an address', 'url') }],
		['Organization', { organization: locator('https://sentry.io/settings/account/', 'url') }],
		['Project', { project: locator('={{ "" }}') }],
		['Project', { project: locator('={{ null }}') }],
		['Project', { project: locator('={{ ["web-app"] }}') }],
		['Project', { project: locator('https://acme.sentry.io/issues/', 'url') }],
		['Name', { name: 'x'.repeat(65) }],
		['Name', { name: '={{ ["x"] }}' }],
		['Rate Limit > Window (Seconds)', { rateLimit: { limit: { count: 10 } } }],
		['Rate Limit > Count', { rateLimit: { limit: { window: 60 } } }],
		['Rate Limit > Count', { rateLimit: { limit: { count: -1, window: 60 } } }],
		['Rate Limit > Count', { rateLimit: { limit: { count: 1.5, window: 60 } } }],
		['Rate Limit > Count', { rateLimit: { limit: { count: 'many', window: 60 } } }],
		['Rate Limit > Window (Seconds)', { rateLimit: { limit: { count: 1, window: 86401 } } }],
		['Body', json('{"name": "x"')],
		['Body', json('[]')],
		['Body', json('"text"')],
		['Body', json('={{ [1] }}')],
		['Body > name', json({ name: 5 })],
		['Body > name', json({ name: 'x'.repeat(65) })],
		['Body > rateLimit', json({ rateLimit: 5 })],
		['Body > rateLimit.window', json({ rateLimit: { count: 5 } })],
		['Body > rateLimit.window', json({ rateLimit: { count: 5, window: null } })],
		['Body > rateLimit.count', json({ rateLimit: { count: 2147483648, window: 60 } })],
		['Body', json('={{ $json.missing }}')],
		['Body', json('={{ "" }}')],
		['Options > Idempotency Key', { options: { idempotencyKey: '={{ Number($json.missing) }}' } }],
		['Options > Safe Retry', { options: { safeRetry: '={{ "maybe" }}' } }],
		['Result Format', { resultFormat: 'yaml' }],
		['Operation', { operation: '__CUSTOM_API_CALL__' }],
		['Options > Timeout', { options: { timeout: 0 } }],
		['Options > Max Retries', { options: { maxRetries: -1 } }],
		['Options > Max Concurrent Requests', { options: { maxConcurrentRequests: 101 } }],
	] satisfies Array<[string, IDataObject]>)('%s %j', async (field, parameters: IDataObject) => {
		const { message, description } = stopText(await run(sandbox, parameters));
		expect(message.startsWith(`'${field}' `)).toBe(true);
		expect(message).toMatch(/ \[item 0\]$/);
		expect(description).not.toBe('');
		expect(sandbox.requests).toEqual([]);
	});

	it('an empty field is told by n8n itself, before the node starts', async () => {
		await expect(run(sandbox, { organization: locator('') })).rejects.toThrow(
			'Parameter "Organization" is required',
		);
		expect(sandbox.requests).toEqual([]);
	});

	it('also when only the last of several items is wrong', async () => {
		const { message } = stopText(
			await run(
				sandbox,
				{ name: '={{ $json.n === 2 ? "x".repeat(65) : "fine" }}' },
				{ items: numbered(3) },
			),
		);
		expect(message).toBe("'Name' is too long: 65 characters [item 2]");
		expect(sandbox.requests).toEqual([]);
	});

	it('and the other items go on where the node is set to continue', async () => {
		const done = await run(
			sandbox,
			{ name: '={{ $json.n === 1 ? "x".repeat(65) : "fine" }}' },
			{ items: numbered(3), node: { onError: 'continueRegularOutput' } },
		);
		expect(result(done)).toMatchObject(
			[{ name: 'fine' }, { error: /./ }, { name: 'fine' }].map((row) =>
				'error' in row ? { details: { code: 'invalid_input', itemIndex: 1 } } : row,
			),
		);
	});

	it.each([
		['empty', ''],
		['with a line break', 'to\nken'],
	])('names the token when it is %s, and never shows it', async (_, token) => {
		const { message, description } = stopText(await run(sandbox, {}, { token }));
		expect(message).toMatch(/^'Auth Token' /);
		expect(message + description).not.toContain('ken\n');
		expect(sandbox.requests).toEqual([]);
	});
});

it.each([
	['spaces', 'no such org'],
	['unicode', 'größe-✓'],
	['a Node error code', 'eaccessories'],
])('an organization slug with %s is sent encoded, and named in the refusal', async (_, slug) => {
	const { message, description } = stopText(await run(sandbox, { organization: locator(slug) }));
	expect(sandbox.requests.at(-1)?.path).toContain(`/${encodeURIComponent(slug)}/`);
	expect(message).toContain('does not exist (404) [item 0]');
	expect(description).toContain(`"${slug}"`);
});

it('a name of 64 characters is fine, each emoji one of them', async () => {
	const name = '🔑'.repeat(64);
	expect(result(await run(sandbox, { name }))).toMatchObject([{ name }]);
});

it('no items in, nothing out', async () => {
	const done = await run(sandbox, {}, { items: [] });
	expect(done.status).toBe('success');
	expect(sandbox.requests).toEqual([]);
});

it('a way to specify the body that is none is refused before any request', async () => {
	const { message } = stopText(await run(sandbox, { specifyBody: '={{ "JSON" }}' }));
	expect(message).toMatch(/^'Specify Body' is not one of the choices/);
	expect(sandbox.requests).toEqual([]);
});
