import { sharedSandbox } from './servers.cts';
import {
	createdIn,
	NAMED,
	NODE,
	numbered,
	posts,
	result,
	run,
	serversThat,
	stopText,
} from './support.cts';

const sandbox = sharedSandbox();
const serverThat = serversThat();

describe('an idempotency key', () => {
	const job = (idempotencyKey: string) => ({ name: 'job', options: { idempotencyKey } });

	it('makes two executions one key, and another value another one', async () => {
		const first = await run(sandbox, job('delivery-1'), { executionId: '1' });
		const second = await run(sandbox, job('delivery-1'), { executionId: '2' });
		await run(sandbox, job('delivery-2'), { executionId: '3' });
		expect(result(second)).toEqual(result(first));
		expect(createdIn(sandbox)).toHaveLength(2);
	});

	it('is the same for another token, and for the project by its slug and its ID', async () => {
		const project = sandbox.keys.ofProject('acme', 'web-app')[0]?.projectId;
		await run(sandbox, job('delivery-1'));
		await run(
			sandbox,
			{ ...job('delivery-1'), project: { __rl: true, mode: 'id', value: String(project) } },
			{ executionId: '2', token: sandbox.tokens.admin },
		);
		expect(createdIn(sandbox)).toHaveLength(1);
	});

	it('that stands for another key is refused', async () => {
		await run(sandbox, job('delivery-1'));
		const other = { ...job('delivery-1'), name: 'another job' };
		const { message, description } = stopText(await run(sandbox, other, { executionId: '2' }));
		expect(message).toContain("'Options > Idempotency Key' was used before");
		expect(description).toContain(createdIn(sandbox)[0]?.public);
		expect(createdIn(sandbox)).toHaveLength(1);
	});

	it('that an expression does not find is refused before any request', async () => {
		const { message } = stopText(await run(sandbox, job('={{ $json.missing }}')));
		expect(message).toBe("'Options > Idempotency Key' is empty or no text [item 0]");
		expect(posts(sandbox)).toEqual([]);
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
	] as const)('has a lost response reported, not repeated (%s)', async (publicKeys, skip) => {
		const server = await serverThat({ publicKeys });
		server.faults.add({ kind: 'loseResponse', method: 'POST', times: 1, skip });
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

	it.each(['loseResponse', 'error503'] as const)('%s is reported, not repeated', async (kind) => {
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

it('an execution whose number was given before makes a key of its own', async () => {
	const first = result(await run(sandbox, { name: 'round 1' }, { executionId: '1' }));
	const second = result(await run(sandbox, { name: 'round 2' }, { executionId: '1' }));
	expect(second).toMatchObject([{ name: 'round 2' }]);
	expect(second[0]?.id).not.toBe(first[0]?.id);
});
