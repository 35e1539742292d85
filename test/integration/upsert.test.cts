import type { IDataObject } from 'n8n-workflow';

import { byAge } from '../../nodes/SentryClientKeys/sentry/keys/keyList.ts';
import type { Sandbox } from '../../sandbox/index.cts';
import { jsonOf, NODE_TYPE, runWorkflow } from '../../tools/engine.cts';
import { sharedSandbox } from './servers.cts';
import {
	addKeys,
	createdIn,
	hints,
	locator,
	methods,
	NODE,
	numbered,
	result,
	run,
	sentryNode,
	serversThat,
	stopText,
} from './support.cts';

const sandbox = sharedSandbox();
const serverThat = serversThat();

const upsert = (name: string, additionalFields: IDataObject = {}): IDataObject => ({
	operation: 'upsert',
	name,
	additionalFields,
});
const WANTED = {
	isActive: false,
	rateLimit: { limit: { count: 5, window: 60 } },
	hasDebug: true,
	browserSdkVersion: '9.x',
};
const STATE = {
	name: 'production',
	isActive: false,
	rateLimit: { count: 5, window: 60 },
	browserSdkVersion: '9.x',
};

describe('run twice', () => {
	it('it makes one key with all its settings, and writes nothing the second time', async () => {
		const first = await run(sandbox, upsert('production', WANTED));
		expect(result(first)).toMatchObject([{ ...STATE, outcome: 'created' }]);
		expect(result(first)[0]?.dynamicSdkLoaderOptions).toMatchObject({ hasDebug: true });
		sandbox.requests.length = 0;

		const second = await run(sandbox, upsert('production', WANTED), { executionId: '2' });
		expect(result(second)).toMatchObject([{ ...STATE, outcome: 'unchanged' }]);
		expect(methods(sandbox)).toEqual(['GET', 'GET']);
		expect(createdIn(sandbox)).toHaveLength(1);
	});

	it('it changes what is wanted differently, and only that', async () => {
		const first = result(await run(sandbox, upsert('production', WANTED)));
		const second = result(await run(sandbox, upsert('production', { isActive: true })));
		expect(second).toEqual([
			{ ...first[0], isActive: true, outcome: 'updated', warnings: undefined },
		]);
	});

	it('it finds a key beyond the first page', async () => {
		addKeys(sandbox, 1, { label: 'production' });
		addKeys(sandbox, 110);
		const rows = result(await run(sandbox, upsert('production')));
		expect(rows).toMatchObject([{ outcome: 'unchanged' }]);
		expect(methods(sandbox)).toEqual(['GET', 'GET', 'GET']);
	});

	it('a limit that the plan does not allow is no change each time', async () => {
		const server = await serverThat({ rateLimitFeature: false });
		const limited = upsert('production', { rateLimit: WANTED.rateLimit });
		await run(server, limited);
		const done = await run(server, limited, { executionId: '2' });
		expect(result(done)).toMatchObject([{ outcome: 'unchanged' }]);
		expect(hints(done)).toContain('stored no rate limit');
	});
});

it('names are compared exactly, but for blanks around them', async () => {
	addKeys(sandbox, 1, { label: 'Production' });
	await run(sandbox, upsert('  production '));
	await run(sandbox, upsert('production'), { executionId: '2' });
	expect(createdIn(sandbox).map(({ label }) => label)).toEqual(['production', 'Production']);
});

describe('several keys of the name', () => {
	it('are named, newest first, and nothing is changed', async () => {
		const ids = addKeys(sandbox, 3, { label: 'production' });
		const { message, description } = stopText(
			await run(sandbox, upsert('production', { isActive: false })),
		);
		expect(message).toBe('3 client keys of acme/web-app have the same name [item 0]');
		for (const id of ids) expect(description).toContain(id);
		expect(new Set(methods(sandbox))).toEqual(new Set(['GET']));
	});

	it('may stand back behind the oldest', async () => {
		const [oldest] = sandbox
			.addKeys('acme', 'web-app', 3, (n) => ({
				label: 'production',
				dateCreated: new Date(Date.UTC(2026, 0, 1 + n)),
			}))
			.map(({ public: id }) => id);
		const rows = result(
			await run(sandbox, {
				...upsert('production', { isActive: false }),
				ifSeveral: 'useOldest',
			}),
		);
		expect(rows).toMatchObject([{ id: oldest, outcome: 'updated', isActive: false }]);
		expect(createdIn(sandbox).filter(({ isActive }) => !isActive)).toHaveLength(1);
	});
});

describe('many items', () => {
	it('of five names make five keys', async () => {
		const done = await run(sandbox, upsert('=name {{ $json.n % 5 }}'), { items: numbered(50) });
		const rows = result(done);
		expect(createdIn(sandbox)).toHaveLength(5);
		expect(rows.map(({ name }) => name)).toEqual(
			Array.from({ length: 50 }, (_, n) => `name ${n % 5}`),
		);
		expect(new Set(rows.map(({ id }) => id)).size).toBe(5);
		expect(rows.filter(({ outcome }) => outcome === 'created')).toHaveLength(5);
		expect(rows.filter(({ outcome }) => outcome === 'unchanged')).toHaveLength(45);
	});

	it('that name the project by its slug and by its ID make one key', async () => {
		const slow = await serverThat({ latencyMs: 20 });
		const project = locator('={{ $json.n % 2 ? "web-app" : "4505281256090153" }}');
		const done = await run(
			slow,
			{ ...upsert('production'), project },
			{ items: numbered(6), token: slow.tokens.admin },
		);
		expect(createdIn(slow)).toHaveLength(1);
		expect(new Set(result(done).map(({ id }) => id)).size).toBe(1);
	});

	it('on a bad network make each key once', async () => {
		sandbox.faults.add({ kind: 'loseResponse', probability: 0.1, seed: 1 });
		sandbox.faults.add({ kind: 'error500AfterCommit', probability: 0.05, seed: 2 });
		sandbox.faults.add({ kind: 'error503', probability: 0.05, seed: 3 });
		// One in five requests fails, reads too: five repeats would not do for all of them.
		const options = { maxRetries: 8 };
		const done = await run(
			sandbox,
			{ ...upsert('=name {{ $json.n % 20 }}', WANTED), options },
			{ items: numbered(60) },
		);
		expect(done.data.resultData.error).toBeUndefined();
		expect(createdIn(sandbox)).toHaveLength(20);
		for (const key of createdIn(sandbox)) {
			expect(key).toMatchObject({ isActive: false, rateLimitCount: 5, browserSdkVersion: '9.x' });
		}
	});

	it('stay one key each when Retry On Fail runs the node again', async () => {
		sandbox.faults.add({ kind: 'error503', method: 'PUT', skip: 2, times: 1 });
		const done = await run(
			sandbox,
			{ ...upsert('=name {{ $json.n }}', { isActive: false }), options: { maxRetries: 0 } },
			{ items: numbered(5), node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } },
		);
		expect(done.status).toBe('success');
		expect(createdIn(sandbox)).toHaveLength(5);
		expect(createdIn(sandbox).filter(({ isActive }) => isActive)).toEqual([]);
	});
});

describe('executions that race for the same name', () => {
	const race = async (server: Sandbox, token: string, executions = ['1', '2', '3', '4']) =>
		await Promise.all(
			executions.map(
				async (executionId) => await run(server, upsert('production'), { executionId, token }),
			),
		);

	it('end with one key, and all return it', async () => {
		for (let round = 0; round < 5; round++) {
			const server = await serverThat({ latencyMs: [1, 60] });
			const runs = await race(server, server.tokens.admin);
			const [key, ...others] = createdIn(server);
			expect(others).toEqual([]);
			expect(runs.map((done) => done.status)).toEqual(Array(4).fill('success'));
			expect(runs.flatMap(result).map(({ id }) => id)).toEqual(Array(4).fill(key?.public));
			expect(
				runs.flatMap(result).filter(({ outcome }) => outcome === 'created').length,
			).toBeLessThanOrEqual(1);
		}
	});

	it('that may not delete all return the oldest, and name the superfluous ones', async () => {
		const server = await serverThat({ latencyMs: 30 });
		const runs = await race(server, server.tokens.write, ['1', '2']);
		const [oldest, ...others] = new Set(runs.flatMap(result).map(({ id }) => id));
		expect(others).toEqual([]);
		const told = runs.map(hints).join();
		const left = createdIn(server).filter(({ public: id }) => id !== oldest);
		for (const { public: id } of left) expect(told).toContain(id);
	});
});

it('a key whose settings could not be completed is named, and completed by the next run', async () => {
	sandbox.faults.add({ kind: 'error503', method: 'PUT' });
	const parameters = { ...upsert('production', WANTED), options: { maxRetries: 0 } };
	const { description } = stopText(await run(sandbox, parameters));
	const [key] = createdIn(sandbox);
	expect(description).toContain(`The client key ${key?.public} was created, but may lack`);
	sandbox.faults.clear();
	expect(result(await run(sandbox, parameters, { executionId: '2' }))).toMatchObject([
		{ ...STATE, id: key?.public, outcome: 'updated' },
	]);
	expect(createdIn(sandbox)).toHaveLength(1);
});

it('a lost response on a server without public IDs is found by the name', async () => {
	const server = await serverThat({ publicKeys: 'ignored' });
	server.faults.add({ kind: 'loseResponse', method: 'POST', times: 1 });
	const done = await run(server, upsert('production', { isActive: false }));
	expect(result(done)).toMatchObject([{ name: 'production', isActive: false }]);
	expect(createdIn(server)).toHaveLength(1);
});

it.each([
	[{ name: '' }, /^'Name' is empty/],
	[{ name: '={{ $json.nothing }}' }, /^'Name' is empty/],
	[{ name: 'x'.repeat(65) }, /^'Name' is too long/],
	[{ name: 'x', ifSeveral: '={{ "newest" }}' }, /^'If Several Match' is not one of the choices/],
	[
		{ name: 'x', additionalFields: { isActive: '={{ 3 }}' } },
		/^'Additional Fields > Active' is neither/,
	],
])('nothing is sent for %j', async (parameters, message) => {
	const name = parameters.name === '' ? '={{ "" }}' : parameters.name;
	const done = await run(sandbox, { operation: 'upsert', ...parameters, name });
	expect(stopText(done).message).toMatch(message);
	expect(sandbox.requests).toEqual([]);
});

it('raw responses are what was written, or the key as it is', async () => {
	const raw = { ...upsert('production', { isActive: false }), resultFormat: 'rawResponse' };
	const first = result(await run(sandbox, raw));
	expect(first.map(({ status }) => status)).toEqual([201, 200]);
	const second = result(await run(sandbox, raw, { executionId: '2' }));
	expect(second).toMatchObject([{ status: 200, body: { label: 'production' } }]);
});

it('a key for every project is two nodes', async () => {
	const projects = sentryNode({ resource: 'project', operation: 'getAll', returnAll: true });
	const keys = sentryNode({
		...upsert('production'),
		organization: locator('={{ $json.organization }}'),
		project: locator('={{ $json.project }}'),
	});
	const done = await runWorkflow(
		{
			nodes: [
				{ ...projects, id: 't', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' },
				{ ...projects, name: 'Projects', type: NODE_TYPE },
				{ ...keys, id: 'node-2' },
			],
			connections: {
				Trigger: { main: [[{ node: 'Projects', type: 'main', index: 0 }]] },
				Projects: { main: [[{ node: NODE, type: 'main', index: 0 }]] },
			},
			pinData: { Trigger: [{ json: {} }] },
		},
		{ credentials: { sentry: { authToken: sandbox.tokens.write, baseUrl: sandbox.url } } },
	);
	expect(jsonOf(done, NODE)).toHaveLength(30);
	expect(sandbox.keys.all().filter(({ label }) => label === 'production')).toHaveLength(30);
});

it('the key that took the place of another one is the one of its name', async () => {
	const [oldId] = addKeys(sandbox, 1, { label: 'production' });
	const [rotated] = result(await run(sandbox, { operation: 'rotate', clientKey: locator(oldId) }));
	const [row] = result(await run(sandbox, upsert('production'), { executionId: '2' }));
	expect(row).toMatchObject({ id: rotated?.id, outcome: 'unchanged' });
	expect(createdIn(sandbox)).toHaveLength(2);
});

it('superfluous keys of its own are named, and every later run takes the same one', async () => {
	const server = await serverThat({ latencyMs: [20, 60] });
	await Promise.all(
		['1', '2'].map(async (executionId) => await run(server, upsert('raced'), { executionId })),
	);
	const ids = [];
	for (const executionId of ['3', '4']) {
		const done = await run(server, upsert('raced'), { executionId });
		ids.push(result(done)[0]?.id);
	}
	// The sandbox dates keys by the millisecond; of the same one the IDs decide.
	const newestFirst = createdIn(server)
		.map(({ public: id, dateCreated }) => ({ id, dateCreated: dateCreated.toISOString() }))
		.sort(byAge);
	expect(new Set(ids)).toEqual(new Set([newestFirst.at(-1)?.id]));
});

it('items of one name make one key, also where each has its own options', async () => {
	const server = await serverThat({ latencyMs: 20 });
	const options = { timeout: '={{ 30000 + $json.n }}' };
	const done = await run(server, { ...upsert('app'), options }, { items: numbered(3) });
	expect(createdIn(server)).toHaveLength(1);
	const rows = result(done).map(({ outcome, warnings }) => [outcome, warnings]);
	expect(rows).toEqual([
		['created', undefined],
		['unchanged', undefined],
		['unchanged', undefined],
	]);
});

describe('many names of one project', () => {
	const manyNames = upsert('=key {{ $json.n }}');

	it('cost one request each where they are new, and the list', async () => {
		const done = await run(sandbox, manyNames, { items: numbered(300) });
		expect(result(done).map(({ outcome }) => outcome)).toEqual(Array(300).fill('created'));
		expect(createdIn(sandbox)).toHaveLength(300);
		expect(sandbox.requests.length).toBeLessThanOrEqual(300 * 1.05);
	});

	it('cost nothing but the list where they are there', async () => {
		addKeys(sandbox, 1000, {});
		const done = await run(sandbox, manyNames, { items: numbered(1000) });
		expect(new Set(result(done).map(({ outcome }) => outcome))).toEqual(new Set(['unchanged']));
		expect(sandbox.requests.length).toBeLessThanOrEqual(12);
	});

	it('stay one key each when two runs make them at the same time', async () => {
		const names = upsert('=key {{ $json.n }}');
		const runs = await Promise.all(
			['1', '2'].map(
				async (executionId) =>
					await run(sandbox, names, {
						items: numbered(40),
						executionId,
						token: sandbox.tokens.admin,
					}),
			),
		);
		const [one, other] = runs.map((done) => result(done).map(({ id }) => id));
		expect(one).toEqual(other);
		expect(createdIn(sandbox)).toHaveLength(40);
	});

	it('the same name twice is one key, with what the later item wants', async () => {
		const limit = { count: '={{ $json.n + 1 }}', window: 60 };
		const twice = upsert('twin', { rateLimit: { limit } });
		const rows = result(await run(sandbox, twice, { items: numbered(2) }));
		expect(rows.map(({ outcome }) => outcome)).toEqual(['created', 'updated']);
		expect(new Set(rows.map(({ id }) => id)).size).toBe(1);
		expect(createdIn(sandbox)).toMatchObject([{ label: 'twin', rateLimitCount: 2 }]);
	});
});
