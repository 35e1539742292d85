import type { IDataObject } from 'n8n-workflow';

import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox, SandboxOptions } from '../../sandbox/index.cts';
import { jsonOf, NODE_TYPE, runWorkflow } from '../../tools/engine.cts';
import { CREATE, NODE, numbered, result, run, sentryNode, stopText } from './support.cts';

let sandbox: Sandbox;
const others: Sandbox[] = [];

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterEach(async () => {
	sandbox.reset();
	await Promise.all(others.splice(0).map(async (other) => await other.close()));
});
afterAll(async () => await sandbox.close());

async function serverThat(options: SandboxOptions): Promise<Sandbox> {
	const other = await startSandbox(options);
	others.push(other);
	return other;
}

/** Without the one that the project came with. */
const createdIn = (server: Sandbox) =>
	server.keys.ofProject('acme', 'web-app').filter(({ label }) => label !== 'Default');
const posts = (server: Sandbox) => server.requests.filter(({ method }) => method === 'POST');

const NAMED: IDataObject = { name: '=key {{ $json.n }}' };
const QUICK: IDataObject = { maxRetries: 1 };

describe('one create whose answer is lost', () => {
	it.each(['loseAnswer', 'error500AfterCommit', 'truncatedJson', 'emptyBody'] as const)(
		'after the key was made (%s) finds the key',
		async (kind) => {
			sandbox.faults.add({ kind, method: 'POST', times: 1 });
			const done = await run(sandbox, { name: 'once' });
			expect(done.status).toBe('success');
			expect(result(done)).toMatchObject([{ id: createdIn(sandbox)[0]?.public, name: 'once' }]);
			expect(createdIn(sandbox)).toHaveLength(1);
			expect(posts(sandbox)).toHaveLength(1);
		},
	);

	it.each(['reset', 'error503', 'error502html'] as const)(
		'before the key was made (%s) makes it after all',
		async (kind) => {
			sandbox.faults.add({ kind, method: 'POST', times: 1 });
			const done = await run(sandbox, { name: 'once' });
			expect(result(done)).toMatchObject([{ name: 'once' }]);
			expect(createdIn(sandbox)).toHaveLength(1);
		},
	);

	it('and that hangs is given up after the time-out and found', async () => {
		sandbox.faults.add({ kind: 'hangAfterCommit', method: 'POST', times: 1 });
		const done = await run(sandbox, { name: 'once', options: { timeout: 300 } });
		expect(result(done)).toMatchObject([{ name: 'once' }]);
		expect(createdIn(sandbox)).toHaveLength(1);
	});

	it('says that nothing was created when Sentry stays down', async () => {
		sandbox.faults.add({ kind: 'error503', method: 'POST', path: '/keys/' });
		sandbox.faults.add({ kind: 'error503', method: 'POST' });
		const { message, description } = stopText(await run(sandbox, { options: { maxRetries: 0 } }));
		expect(message).toContain('may have been created');
		expect(description).toContain('Downstream service unavailable');
		expect(createdIn(sandbox)).toHaveLength(0);
	});

	it('that can not be looked up either is reported as unclear', async () => {
		sandbox.faults.add({ kind: 'loseAnswer', method: 'POST' });
		sandbox.faults.add({ kind: 'error503', method: 'GET' });
		const { message } = stopText(await run(sandbox, { options: QUICK }));
		expect(message).toBe('The client key may have been created, but its answer was lost [item 0]');
		expect(posts(sandbox)).toHaveLength(1);
	});
});

describe('300 creates', () => {
	it('on a bad network make exactly 300 keys and 300 results', async () => {
		sandbox.faults.add({ kind: 'loseAnswer', method: 'POST', probability: 0.2, seed: 1 });
		sandbox.faults.add({ kind: 'error500AfterCommit', method: 'POST', probability: 0.1, seed: 2 });
		sandbox.faults.add({ kind: 'error503', method: 'POST', probability: 0.1, seed: 3 });
		sandbox.faults.add({ kind: 'reset', method: 'POST', probability: 0.05, seed: 4 });
		const done = await run(sandbox, NAMED, { items: numbered(300) });
		expect(done.data.resultData.error).toBeUndefined();
		expect(result(done).map(({ name }) => name)).toEqual(
			Array.from({ length: 300 }, (_, n) => `key ${n}`),
		);
		expect(new Set(result(done).map(({ id }) => id)).size).toBe(300);
		expect(createdIn(sandbox)).toHaveLength(300);
	});

	it('stay 300 when Retry On Fail runs the node again', async () => {
		// Every try of the last item fails until the node runs for the second time.
		sandbox.faults.add({ kind: 'error503', method: 'POST', path: '/backend/', times: 2 });
		sandbox.faults.add({ kind: 'loseAnswer', method: 'POST', probability: 0.2, seed: 1 });
		const done = await run(
			sandbox,
			{
				...NAMED,
				project: {
					__rl: true,
					mode: 'id',
					value: '={{ $json.n === 299 ? "backend" : "web-app" }}',
				},
				options: { maxRetries: 5, maxConcurrentRequests: 50 },
			},
			{
				items: numbered(300),
				node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 },
			},
		);
		expect(done.status).toBe('success');
		expect(createdIn(sandbox)).toHaveLength(299);
	});
});

describe('running the node again', () => {
	const failing = (n: number) => ({
		specifyBody: 'json',
		body: `={{ { name: 'key ' + $json.n, useCase: $json.n === ${n} ? 'wrong' : 'user' } }}`,
		options: { maxConcurrentRequests: 1 },
	});

	it('by Retry On Fail makes no second key for an item that has one', async () => {
		const done = await run(sandbox, failing(2), {
			items: numbered(4),
			node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});
		expect(done.status).toBe('error');
		expect(createdIn(sandbox).map(({ label }) => label)).toEqual(['key 1', 'key 0']);
	});

	it.each(['ignored', 'refused'] as const)(
		'neither on a server where public IDs are %s',
		async (publicKeys) => {
			const server = await serverThat({ publicKeys });
			await run(server, failing(2), {
				items: numbered(4),
				node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			});
			expect(createdIn(server).map(({ label }) => label)).toEqual(['key 1', 'key 0']);
		},
	);

	it("by n8n's Retry of a failed execution makes no second key either", async () => {
		const parameters = { ...NAMED, options: { maxConcurrentRequests: 1, maxRetries: 0 } };
		sandbox.faults.add({ kind: 'error500', method: 'POST', skip: 2 });
		const failed = await run(sandbox, parameters, { items: numbered(4), executionId: 'first' });
		expect(failed.status).toBe('error');
		expect(createdIn(sandbox)).toHaveLength(2);
		const { contextData } = failed.data.executionData ?? {};
		expect(JSON.stringify(contextData)).not.toContain(createdIn(sandbox)[0]?.secret);

		sandbox.faults.clear();
		failed.data.resultData.runData = {};
		delete failed.data.resultData.error;
		const repeated = await run(sandbox, parameters, {
			items: numbered(4),
			executionId: 'second',
			runExecutionData: failed.data,
		});
		expect(repeated.status).toBe('success');
		expect(result(repeated)).toHaveLength(4);
		expect(createdIn(sandbox)).toHaveLength(4);
	});

	it('after an unclear outcome does not send the request again', async () => {
		const server = await serverThat({ publicKeys: 'ignored' });
		server.faults.add({ kind: 'loseAnswer', method: 'POST', times: 1 });
		const done = await run(
			server,
			{ name: 'once' },
			{ node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } },
		);
		expect(stopText(done).message).toContain('may have been created');
		expect(createdIn(server)).toHaveLength(1);
	});

	it('in a loop makes a key in each round', async () => {
		const branch = (name: string) => ({
			id: name,
			name,
			type: 'n8n-nodes-base.noOp',
			typeVersion: 1,
			position: [100, 0] as [number, number],
			parameters: {},
		});
		const toNode = { main: [[{ node: NODE, type: 'main' as const, index: 0 }]] };
		const done = await runWorkflow(
			{
				nodes: [
					{ ...branch('Trigger'), type: 'n8n-nodes-base.manualTrigger' },
					branch('A'),
					branch('B'),
					sentryNode({ name: 'round' }),
				],
				connections: {
					Trigger: {
						main: [
							[
								{ node: 'A', type: 'main', index: 0 },
								{ node: 'B', type: 'main', index: 0 },
							],
						],
					},
					A: toNode,
					B: toNode,
				},
			},
			{ credentials: { sentry: { authToken: sandbox.tokens.write, baseUrl: sandbox.url } } },
		);
		expect(done.data.resultData.runData[NODE]).toHaveLength(2);
		expect(createdIn(sandbox)).toHaveLength(2);
	});

	it('in another execution makes another key, with or without an execution ID', async () => {
		for (const executionId of ['1', '2', null, null]) await run(sandbox, {}, { executionId });
		expect(createdIn(sandbox)).toHaveLength(4);
	});

	it('leaves no trace in the execution once the node succeeded', async () => {
		const done = await run(sandbox, NAMED, { items: numbered(3) });
		expect(JSON.stringify(done.data.executionData?.contextData)).not.toMatch(/[a-f0-9]{32}/);
	});
});

describe('an idempotency key', () => {
	const job = (idempotencyKey: string) => ({ name: 'job', options: { idempotencyKey } });

	it('makes two executions one key, and another value another one', async () => {
		const first = await run(sandbox, job('delivery-1'), { executionId: '1' });
		const second = await run(sandbox, job('delivery-1'), { executionId: '2' });
		await run(sandbox, job('delivery-2'), { executionId: '3' });
		expect(result(second)).toEqual(result(first));
		expect(createdIn(sandbox)).toHaveLength(2);
	});

	it('stands for one key per project', async () => {
		await run(sandbox, job('delivery-1'));
		await run(sandbox, {
			...job('delivery-1'),
			project: { __rl: true, mode: 'id', value: 'backend' },
		});
		expect(createdIn(sandbox)).toHaveLength(1);
		expect(sandbox.keys.ofProject('acme', 'backend')).toHaveLength(2);
	});

	it('shared by several items of one run makes one key', async () => {
		const done = await run(sandbox, job('delivery-1'), { items: numbered(10) });
		expect(new Set(result(done).map(({ id }) => id)).size).toBe(1);
		expect(createdIn(sandbox)).toHaveLength(1);
	});

	it('without effect on a server is told by a hint', async () => {
		const server = await serverThat({ publicKeys: 'ignored' });
		const done = await run(server, job('delivery-1'));
		expect(JSON.stringify(done.data.resultData.runData[NODE]?.[0]?.hints)).toContain(
			'Idempotency Key',
		);
	});
});

describe('a server that does not take a public ID', () => {
	it.each(['ignored', 'refused'] as const)('still makes keys (%s)', async (publicKeys) => {
		const server = await serverThat({ publicKeys });
		const done = await run(server, NAMED, { items: numbered(30) });
		expect(result(done)).toHaveLength(30);
		expect(createdIn(server)).toHaveLength(30);
	});

	it.each([
		['ignored', 0],
		// The first item finds out: refused with the ID, made without it.
		['refused', 2],
	] as const)('has a lost answer reported, not repeated (%s)', async (publicKeys, skip) => {
		const server = await serverThat({ publicKeys });
		server.faults.add({ kind: 'loseAnswer', method: 'POST', times: 1, skip });
		const items = numbered(publicKeys === 'refused' ? 2 : 1);
		const done = await run(server, { ...NAMED, options: { maxConcurrentRequests: 1 } }, { items });
		const { message, description } = stopText(done);
		expect(message).toContain('may have been created');
		expect(description).toContain(createdIn(server)[0]?.public);
		expect(createdIn(server)).toHaveLength(items.length);
		expect(posts(server)).toHaveLength(skip + 1);
	});

	it('is recognized without a name to look for, too', async () => {
		const server = await serverThat({ publicKeys: 'ignored' });
		server.faults.add({ kind: 'error503', method: 'POST', times: 1 });
		const done = await run(server);
		expect(stopText(done).message).toContain('may have been created');
		expect(createdIn(server)).toHaveLength(0);
	});
});

describe('with Safe Retry switched off', () => {
	const options = { safeRetry: false };

	it('only the documented fields are sent', async () => {
		await run(sandbox, { name: 'plain', options });
		expect(JSON.parse(posts(sandbox)[0]?.body ?? '')).toEqual({ name: 'plain' });
	});

	it.each(['loseAnswer', 'error503'] as const)('%s is reported, not repeated', async (kind) => {
		sandbox.faults.add({ kind, method: 'POST', times: 1 });
		const { message } = stopText(await run(sandbox, { options }));
		expect(message).toContain('may have been created');
		expect(posts(sandbox)).toHaveLength(1);
	});
});

it('the public IDs of items, rounds and executions have nothing in common', async () => {
	await run(sandbox, NAMED, { items: numbered(3), executionId: '1' });
	await run(sandbox, NAMED, { items: numbered(3), executionId: '2' });
	const ids = posts(sandbox).map(({ body }) => (JSON.parse(body) as { public: string }).public);
	expect(new Set(ids).size).toBe(6);
	for (const id of ids) expect(id).toMatch(/^[a-f0-9]{32}$/);
});

it('a public ID of the user is kept', async () => {
	const id = 'a'.repeat(32);
	const done = await run(sandbox, { specifyBody: 'json', body: { public: id } });
	expect(result(done)).toMatchObject([{ id }]);
});

it('the chain of two nodes goes through the Configuration output', async () => {
	const second = { ...sentryNode({ name: 'second' }), id: 'node-2', name: 'Second' };
	const first = sentryNode({ name: 'first' });
	const done = await runWorkflow(
		{
			nodes: [
				{
					...first,
					id: 't',
					name: 'Trigger',
					type: 'n8n-nodes-base.manualTrigger',
					parameters: {},
				},
				first,
				second,
			],
			connections: {
				Trigger: { main: [[{ node: NODE, type: 'main', index: 0 }]] },
				[NODE]: { main: [[], [{ node: 'Second', type: 'main', index: 0 }]] },
			},
			pinData: { Trigger: [{ json: { team: 'web' } }] },
		},
		{ credentials: { sentry: { authToken: sandbox.tokens.write, baseUrl: sandbox.url } } },
	);
	expect(jsonOf(done, 'Second', 1)).toEqual([{ team: 'web' }]);
	expect(createdIn(sandbox).map(({ label }) => label)).toEqual(['second', 'first']);
	expect(first.type).toBe(NODE_TYPE);
	expect(first.parameters.resource).toBe(CREATE.resource);
});
