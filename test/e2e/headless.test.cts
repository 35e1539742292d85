import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox } from '../../sandbox/index.cts';
import { N8nInstance } from '../../tools/n8nInstance.cts';
import { chain, credentialsOf, items, output, sentry, trigger } from './workflows.cts';

let sandbox: Sandbox;
let n8n: N8nInstance;

const failing = { project: { __rl: true, mode: 'id', value: '={{ $json.project }}' } };

beforeAll(async () => {
	sandbox = await startSandbox();
	n8n = await N8nInstance.create();
	await n8n.importCredentials(credentialsOf(sandbox));
	await n8n.importWorkflows([
		chain(
			'formats',
			[
				trigger(),
				items({ team: 'web' }, { team: 'ops' }),
				sentry('Table', { rateLimit: { limit: { count: 1000, window: 7200 } } }),
				sentry('Raw', { resultFormat: 'rawResponse' }),
				sentry('Dsn', { resultFormat: 'dsn' }),
			],
			{ Table: 1, Raw: 1 },
		),
		chain('wrong-token', [trigger(), sentry('Create', {}, { token: 'expired' })]),
		chain('unknown-project', [
			trigger(),
			sentry('Create', { project: { __rl: true, mode: 'id', value: 'nope' } }),
		]),
		chain('error-output', [
			trigger(),
			items({ project: 'web-app' }, { project: 'nope' }, { project: 'backend' }),
			sentry('Create', failing, { onError: 'continueErrorOutput' }),
		]),
		chain('retry-on-fail', [
			trigger(),
			items({ n: 0 }, { n: 1 }, { n: 2 }),
			sentry(
				'Create',
				{ name: '=key {{ $json.n }}', options: { maxRetries: 0, maxConcurrentRequests: 1 } },
				{ retryOnFail: true, maxTries: 3, waitBetweenTries: 100 },
			),
		]),
		chain('lost-responses', [
			trigger(),
			items(...Array.from({ length: 50 }, (_, n) => ({ n }))),
			sentry('Create', { name: '=key {{ $json.n }}' }),
		]),
	]);
}, 600_000);

afterEach(() => sandbox.reset());

afterAll(async () => {
	await n8n.remove();
	await sandbox.close();
});

const created = () =>
	sandbox.keys.ofProject('acme', 'web-app').filter(({ label }) => label !== 'Default');

describe('the installed package in a real n8n', () => {
	it('creates keys in three formats, in a chain through the Configuration output', async () => {
		const done = await n8n.execute('formats');
		expect(done.exitCode).toBe(0);
		const table = output(done, 'Table');
		expect(table.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(Object.keys(table[0]?.json ?? {})).toHaveLength(14);
		expect(table[0]?.json.rateLimit).toEqual({ count: 1000, window: 7200 });
		const raw = output(done, 'Raw');
		expect(raw.map(({ json }) => Object.keys(json))).toEqual(Array(2).fill(['body', 'status']));
		expect(raw.map(({ json }) => json.status)).toEqual([201, 201]);
		expect(output(done, 'Dsn').map(({ json }) => json.dsn)).toEqual(
			Array(2).fill(expect.stringMatching(/^http:\/\/[a-f0-9]{32}@127\.0\.0\.1/)),
		);
		for (const node of ['Table', 'Raw', 'Dsn']) {
			expect(output(done, node, 1).map(({ json }) => json)).toEqual([
				{ team: 'web' },
				{ team: 'ops' },
			]);
		}
		expect(created()).toHaveLength(6);
	});

	it.each([
		['wrong-token', /does not accept the token \(401\) \[item 0\]/],
		['unknown-project', /the project or the organization does not exist \(404\) \[item 0\]/],
	])('stops with a readable reason: %s', async (workflow, message) => {
		const { exitCode, stdout, stderr } = await n8n.execute(workflow);
		expect(exitCode).toBe(1);
		expect(stdout + stderr).toMatch(message);
		expect(stdout + stderr).not.toContain(sandbox.tokens.expired);
		expect(created()).toHaveLength(0);
	});

	it('sends a refused item to the error output, with its input', async () => {
		const done = await n8n.execute('error-output');
		expect(output(done, 'Create', 0)).toHaveLength(2);
		expect(output(done, 'Create', 1)).toHaveLength(3);
		expect(output(done, 'Create', 2).map(({ json }) => json)).toEqual([
			{
				project: 'nope',
				error: expect.stringMatching(/\[item 1\]$/) as string,
				message: expect.stringContaining('"Project does not exist"') as string,
				details: expect.objectContaining({ code: 'not_found', itemIndex: 1 }) as object,
			},
		]);
	});

	it('makes no second key when Retry On Fail runs the node again', async () => {
		sandbox.faults.add({ kind: 'error500', method: 'POST', skip: 2, times: 1 });
		sandbox.faults.add({ kind: 'error500AfterCommit', method: 'POST', skip: 1, times: 1 });
		const done = await n8n.execute('retry-on-fail');
		expect(output(done, 'Create').map(({ json }) => json.name)).toEqual([
			'key 0',
			'key 1',
			'key 2',
		]);
		expect(created()).toHaveLength(3);
	});

	it('loses nothing when responses are lost', async () => {
		sandbox.faults.add({ kind: 'loseResponse', method: 'POST', probability: 0.3 });
		const done = await n8n.execute('lost-responses');
		expect(output(done, 'Create')).toHaveLength(50);
		expect(created()).toHaveLength(50);
	});
});
