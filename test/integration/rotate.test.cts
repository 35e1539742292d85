import type { IDataObject } from 'n8n-workflow';

import type { Fault, Sandbox } from '../../sandbox/index.cts';
import { sharedSandbox } from './servers.cts';
import {
	addKeys,
	createdIn,
	hints,
	locator,
	methods,
	numbered,
	posts,
	result,
	run,
	serversThat,
	stopText,
} from './support.cts';

const sandbox = sharedSandbox();
let oldId: string;
const serverThat = serversThat();

beforeEach(() => {
	oldId = prepare(sandbox);
});

/** A key with a setting of every kind. */
function prepare(server: Sandbox): string {
	const [id = ''] = addKeys(server, 1, {
		label: 'app',
		rateLimitCount: 5,
		rateLimitWindow: 60,
		browserSdkVersion: '8.x',
		loaderOptions: {
			hasReplay: false,
			hasPerformance: true,
			hasDebug: true,
			hasFeedback: false,
			hasLogsAndMetrics: false,
		},
	});
	return id;
}

type PreviousKey = 'keep' | 'disable' | 'delete';

const rotate = (previousKey: PreviousKey, more: IDataObject = {}): IDataObject => ({
	operation: 'rotate',
	clientKey: locator(oldId),
	previousKey,
	...more,
});
interface RunOptions {
	executionId?: string;
	server?: Sandbox;
	options?: IDataObject;
}

const rotated = async (
	previousKey: PreviousKey,
	{ executionId = '1', server = sandbox, options = {} }: RunOptions = {},
) =>
	await run(server, rotate(previousKey, { options }), {
		executionId,
		token: server.tokens.admin,
	});

describe.each(['keep', 'disable', 'delete'] as const)('a rotation that is to %s', (previousKey) => {
	it('gives a new key with everything of the old one', async () => {
		const old = structuredClone(createdIn(sandbox)[0]);
		const [row] = result(await rotated(previousKey));
		expect(row?.previousKeyId).toBe(oldId);
		expect(row?.id).not.toBe(oldId);
		const made = createdIn(sandbox).find(({ public: id }) => id === row?.id);
		const { label, isActive, rateLimitCount, rateLimitWindow, browserSdkVersion, loaderOptions } =
			made ?? {};
		expect({ label, rateLimitCount, rateLimitWindow, browserSdkVersion, loaderOptions }).toEqual({
			label: old?.label,
			rateLimitCount: 5,
			rateLimitWindow: 60,
			browserSdkVersion: '8.x',
			loaderOptions: old?.loaderOptions,
		});
		expect(isActive).toBe(true);
		expect(made?.secret).not.toBe(old?.secret);
		const status = createdIn(sandbox).find(({ public: id }) => id === oldId)?.isActive;
		expect(status).toBe({ keep: true, disable: false, delete: undefined }[previousKey]);
	});

	it('touches the old key last, after the new one was read back', async () => {
		await rotated(previousKey);
		const sent = methods(sandbox);
		const last = { keep: ['GET'], disable: ['GET', 'PUT'], delete: ['GET', 'DELETE'] };
		expect(sent.slice(-last[previousKey].length)).toEqual(last[previousKey]);
	});

	it('ends in one new key, however often it is repeated', async () => {
		const first = result(await rotated(previousKey));
		const again = await rotated(previousKey, { executionId: '2' });
		expect(result(again).map(({ id }) => id)).toEqual(first.map(({ id }) => id));
		expect(result(again)).toMatchObject([{ isActive: true, previousKeyId: oldId }]);
		expect(createdIn(sandbox)).toHaveLength(previousKey === 'delete' ? 1 : 2);
		expect(hints(again)).toContain('rotated before');
	});

	/** Rotates while from some request on everything fails; then without a fault. */
	async function withFaultFrom(request: number, kind: Fault['kind']) {
		sandbox.faults.add({ kind, skip: request });
		const failed = await rotated(previousKey, { options: { maxRetries: 0, timeout: 500 } });
		const active = createdIn(sandbox).filter(({ isActive }) => isActive);
		sandbox.faults.clear();
		return { failed, active };
	}

	it.each(['error503', 'loseResponse', 'error500AfterCommit', 'truncatedJson', 'reset'] as const)(
		'leaves a working key and says which, wherever the server fails (%s)',
		async (kind) => {
			let request = 0;
			for (; request < 20; request++) {
				sandbox.reset();
				oldId = prepare(sandbox);
				const { failed, active } = await withFaultFrom(request, kind);
				expect(active.length).toBeGreaterThan(0);
				if (failed.status === 'success') break;
				const { description } = stopText(failed);
				const told = active.filter(({ public: id }) => description.includes(id));
				expect(told.length).toBeGreaterThan(0);

				const repeated = await rotated(previousKey, { executionId: '2' });
				expect(repeated.status).toBe('success');
				const [row] = result(repeated);
				expect(row).toMatchObject({ isActive: true, browserSdkVersion: '8.x' });
				expect(createdIn(sandbox)).toHaveLength(previousKey === 'delete' ? 1 : 2);
			}
			// As many requests as a rotation takes; one that deletes first asks for the token's rights, and the
			// empty response to a DELETE can't be cut off.
			const isCut = `${previousKey} ${kind}` === 'delete truncatedJson';
			expect(request).toBe({ keep: 6, disable: 7, delete: isCut ? 7 : 8 }[previousKey]);
		},
	);
});

it('a successor that was deleted does not come back to life', async () => {
	const [first] = result(await rotated('keep'));
	await run(
		sandbox,
		{ operation: 'delete', clientKey: locator(first?.id) },
		{ token: sandbox.tokens.admin },
	);
	const [second] = result(await rotated('keep', { executionId: '2' }));
	expect(second?.id).not.toBe(first?.id);
});

it('a day later it makes another key', async () => {
	const [first] = result(await rotated('keep'));
	for (const key of createdIn(sandbox)) key.dateCreated = new Date(Date.now() - 25 * 3600_000);
	const [second] = result(await rotated('keep', { executionId: '2' }));
	expect(second?.id).not.toBe(first?.id);
	expect(createdIn(sandbox)).toHaveLength(3);
});

it('an old key that was disabled does not take the new one with it', async () => {
	const [first] = result(await rotated('disable'));
	const [second] = result(await rotated('delete', { executionId: '2' }));
	expect(second).toMatchObject({ id: first?.id, isActive: true });
	expect(createdIn(sandbox).map(({ public: id }) => id)).toEqual([first?.id]);
});

it('an inactive key gets an inactive successor, and is kept', async () => {
	Object.assign(createdIn(sandbox)[0] ?? {}, { isActive: false });
	const done = await rotated('delete');
	expect(result(done)).toMatchObject([{ isActive: false }]);
	expect(createdIn(sandbox)).toHaveLength(2);
	expect(hints(done)).toContain(`the old one was kept (item 0: ${oldId})`);
});

it('of a key that never was says so', async () => {
	oldId = 'f'.repeat(32);
	const { message, description } = stopText(await rotated('delete'));
	expect(message).toContain('Sentry did not return the client key');
	expect(description).toContain(oldId);
	expect(posts(sandbox)).toEqual([]);
});

it('twice in one run makes one new key', async () => {
	const done = await run(sandbox, rotate('keep'), { items: numbered(3) });
	expect(new Set(result(done).map(({ id }) => id)).size).toBe(1);
	expect(createdIn(sandbox)).toHaveLength(2);
});

it('raced for by two executions makes one new key', async () => {
	for (let round = 0; round < 3; round++) {
		const server = await serverThat({ latencyMs: [1, 40] });
		oldId = prepare(server);
		const runs = await Promise.all(
			['1', '2', '3'].map(async (executionId) => await rotated('keep', { executionId, server })),
		);
		expect(runs.map(({ status }) => status)).toEqual(Array(3).fill('success'));
		expect(createdIn(server)).toHaveLength(2);
		expect(new Set(runs.flatMap(result).map(({ id }) => id)).size).toBe(1);
	}
});

it('without the right to delete makes nothing, and says so', async () => {
	const done = await run(sandbox, rotate('delete'));
	const { message, description } = stopText(done);
	expect(message).toContain('The token may not delete client keys');
	expect(description).toContain('Nothing was changed.');
	expect(createdIn(sandbox).map(({ public: id }) => id)).toEqual([oldId]);
});

it('without that right, where the server does not tell it before, keeps both and says that both work', async () => {
	sandbox.faults.add({ kind: 'notFound', path: /\/api\/0\/$/ });
	const done = await run(sandbox, rotate('delete'));
	const { message, description } = stopText(done);
	expect(message).toContain('Sentry did not delete the client key: the token lacks a scope (403)');
	const [made] = createdIn(sandbox);
	expect(description).toContain(`The new client key ${made?.public} works.`);
	expect(createdIn(sandbox)).toHaveLength(2);
});

it.each(['ignored', 'refused'] as const)(
	'works where public IDs are %s, within one execution also after a failure',
	async (publicKeys) => {
		const server = await serverThat({ publicKeys });
		oldId = prepare(server);
		server.faults.add({ kind: 'error503', method: 'PUT', times: 1 });
		const done = await run(server, rotate('keep', { options: { maxRetries: 0 } }), {
			node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});
		expect(done.status).toBe('success');
		expect(createdIn(server)).toHaveLength(2);
	},
);

it('where public IDs are ignored a failure says that a repeat would make one more', async () => {
	const server = await serverThat({ publicKeys: 'ignored' });
	oldId = prepare(server);
	server.faults.add({ kind: 'error503', method: 'PUT' });
	const done = await rotated('keep', { server, options: { maxRetries: 0 } });
	const { description } = stopText(done);
	expect(description).toContain(`The old client key ${oldId} still works.`);
	expect(description).toContain('another execution would make one more');
});

it('keeps every setting on a server that forgets what a PUT leaves out', async () => {
	const server = await serverThat({ resetsSettings: true });
	oldId = prepare(server);
	const old = structuredClone(createdIn(server)[0]);
	await rotated('disable', { server });
	const [made, disabled] = createdIn(server);
	expect(made?.loaderOptions).toEqual(old?.loaderOptions);
	expect(made).toMatchObject({ rateLimitCount: 5, browserSdkVersion: '8.x', isActive: true });
	expect(disabled?.isActive).toBe(false);
});

it('a successor that was switched off stays off and as it is: another key is made', async () => {
	const [first] = result(await rotated('keep'));
	const successor = createdIn(sandbox).find(({ public: id }) => id === first?.id);
	Object.assign(successor ?? {}, { isActive: false, label: 'leaked' });
	const [second] = result(await rotated('keep', { executionId: '2' }));
	expect(second).toMatchObject({ isActive: true, name: 'app' });
	expect(second?.id).not.toBe(first?.id);
	expect(successor).toMatchObject({ isActive: false, label: 'leaked' });
});

it('of a deleted key gives the newest successor that works', async () => {
	const [first] = result(await rotated('keep'));
	for (const key of createdIn(sandbox)) key.dateCreated = new Date(Date.now() - 25 * 3600_000);
	const successor = createdIn(sandbox).find(({ public: id }) => id === first?.id);
	Object.assign(successor ?? {}, { isActive: false });
	const [second] = result(await rotated('delete', { executionId: '2' }));
	const [repeated] = result(await rotated('delete', { executionId: '3' }));
	expect(repeated).toMatchObject({ id: second?.id, isActive: true });
});

it('keeps an SDK version that is not offered any more', async () => {
	Object.assign(createdIn(sandbox)[0] ?? {}, { browserSdkVersion: '5.x' });
	expect(result(await rotated('keep'))).toMatchObject([{ browserSdkVersion: '5.x' }]);
});

it('another way with the previous key is refused before any request', async () => {
	const done = await run(sandbox, rotate('={{ "burn" }}' as PreviousKey));
	expect(stopText(done).message).toMatch(/^'Previous Key' is not one of the choices/);
	expect(sandbox.requests).toEqual([]);
});

it('days after the old key was disabled a repeat returns the new key, and it still works', async () => {
	const [first] = result(await rotated('disable'));
	for (const key of createdIn(sandbox)) key.dateCreated = new Date(Date.now() - 72 * 3600_000);
	const [again] = result(await rotated('disable', { executionId: '2' }));
	expect(again).toMatchObject({ id: first?.id, isActive: true });
	expect(createdIn(sandbox)).toHaveLength(2);
});

it('a new key that was configured since is left as it is', async () => {
	const [first] = result(await rotated('keep'));
	const successor = createdIn(sandbox).find(({ public: id }) => id === first?.id);
	Object.assign(successor ?? {}, { label: 'mine', rateLimitCount: 7 });
	Object.assign(successor?.loaderOptions ?? {}, { hasReplay: true });
	const before = structuredClone(successor);
	await rotated('keep', { executionId: '2' });
	expect(successor).toEqual(before);
});

it('another token goes on with the same new key', async () => {
	sandbox.faults.add({ kind: 'notFound', path: /\/api\/0\/$/ });
	await run(sandbox, rotate('delete'));
	sandbox.faults.clear();
	const [made] = createdIn(sandbox);
	const [row] = result(await rotated('delete', { executionId: '2' }));
	expect(row?.id).toBe(made?.public);
	expect(createdIn(sandbox)).toHaveLength(1);
});
