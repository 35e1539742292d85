import { runWorkflow } from '../../tools/engine.cts';
import { sharedSandbox } from './servers.cts';
import {
	createdIn,
	NAMED,
	NODE,
	numbered,
	posts,
	result,
	run,
	sentryNode,
	serversThat,
	stopText,
} from './support.cts';

const sandbox = sharedSandbox();
const serverThat = serversThat();

describe('one create whose response is lost', () => {
	it.each(['loseResponse', 'error500AfterCommit', 'truncatedJson', 'emptyBody'] as const)(
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

	it('is called unclear while nothing is known of the server', async () => {
		sandbox.faults.add({ kind: 'error503', method: 'POST' });
		const { message, description } = stopText(await run(sandbox, { options: { maxRetries: 0 } }));
		expect(message).toContain('may have been created');
		expect(description).toContain('Downstream service unavailable');
		expect(createdIn(sandbox)).toHaveLength(0);
	});

	it('is known to have made nothing once the server has shown that it honours public IDs', async () => {
		sandbox.faults.add({ kind: 'error503', method: 'POST', skip: 1 });
		const { message } = stopText(
			await run(
				sandbox,
				{ options: { maxRetries: 0, maxConcurrentRequests: 1 } },
				{ items: numbered(2) },
			),
		);
		expect(message).toBe(
			'Sentry did not create the client key: it is not able to answer right now (503) [item 1]',
		);
		expect(createdIn(sandbox)).toHaveLength(1);
	});

	it('that cannot be looked up either is reported as unclear', async () => {
		sandbox.faults.add({ kind: 'loseResponse', method: 'POST' });
		sandbox.faults.add({ kind: 'error503', method: 'GET' });
		const { message } = stopText(await run(sandbox, { options: { maxRetries: 1 } }));
		expect(message).toBe(
			'The client key may have been created, but its response was lost [item 0]',
		);
		expect(posts(sandbox)).toHaveLength(1);
	});
});

describe('300 creates', () => {
	it('on a bad network make exactly 300 keys and 300 results', async () => {
		sandbox.faults.add({ kind: 'loseResponse', method: 'POST', probability: 0.2, seed: 1 });
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
		sandbox.faults.add({ kind: 'loseResponse', method: 'POST', probability: 0.2, seed: 1 });
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

	it.each(['honoured', 'ignored'] as const)(
		'makes no second key where an expression gives another name each time (IDs %s)',
		async (publicKeys) => {
			const server = await serverThat({ publicKeys });
			server.faults.add({ kind: 'forbidden', method: 'POST', skip: 1, times: 1 });
			const done = await run(
				server,
				{ name: '=key {{ Math.random() }}', options: { maxConcurrentRequests: 1 } },
				{ items: numbered(2), node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } },
			);
			expect(result(done)).toHaveLength(2);
			expect(createdIn(server)).toHaveLength(2);
		},
	);

	it("by n8n's Retry two days later knows the key whose response was lost", async () => {
		const parameters = { name: 'once', options: { maxRetries: 0 } };
		sandbox.faults.add({ kind: 'loseResponse', method: 'POST', times: 1 });
		sandbox.faults.add({ kind: 'error503', method: 'GET', times: 1 });
		const failed = await run(sandbox, parameters, { executionId: 'first' });
		expect(stopText(failed).message).toContain('may have been created');
		for (const key of createdIn(sandbox)) key.dateCreated = new Date(Date.now() - 2 * 86_400_000);

		failed.data.resultData.runData = {};
		delete failed.data.resultData.error;
		const repeated = await run(sandbox, parameters, {
			executionId: 'second',
			runExecutionData: failed.data,
		});
		expect(result(repeated)).toMatchObject([{ id: createdIn(sandbox)[0]?.public }]);
		expect(createdIn(sandbox)).toHaveLength(1);
	});

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
		server.faults.add({ kind: 'loseResponse', method: 'POST', times: 1 });
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
