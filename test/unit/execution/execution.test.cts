import { CreationMemory } from '../../../nodes/SentryClientKeys/execution/CreationMemory.ts';
import { itemList } from '../../../nodes/SentryClientKeys/execution/notices.ts';
import { runInOrder } from '../../../nodes/SentryClientKeys/execution/pool.ts';
import { readNoAnswer } from '../../../nodes/SentryClientKeys/execution/transport.ts';

describe('running items', () => {
	const settle = async () => await new Promise((resolve) => setImmediate(resolve));

	it('gives results in the order of the items, whichever is done first', async () => {
		const results = await runInOrder(
			3,
			3,
			async (index) => {
				for (let n = index; n < 3; n++) await settle();
				return index;
			},
			() => true,
		);
		expect(results).toEqual([0, 1, 2]);
	});

	it('has no more under way than allowed, and as many as there are places', async () => {
		let underWay = 0;
		let most = 0;
		await runInOrder(
			20,
			4,
			async () => {
				most = Math.max(most, ++underWay);
				await settle();
				underWay -= 1;
			},
			() => true,
		);
		expect(most).toBe(4);
	});

	it('awaits what is under way and starts nothing after a no', async () => {
		let goOn = true;
		const results = await runInOrder(
			6,
			2,
			async (index) => {
				if (index === 1) goOn = false;
				await settle();
				return index;
			},
			() => goOn,
		);
		expect(results).toEqual([0, 1, undefined, undefined, undefined, undefined]);
	});

	it('of none gives none', async () => {
		expect(
			await runInOrder(
				0,
				5,
				async () => await Promise.resolve(1),
				() => true,
			),
		).toEqual([]);
	});
});

describe('the memory of created keys', () => {
	const id = 'a'.repeat(32);
	const creation = { project: 'web-app', body: { name: 'x' } };

	it('knows an item again by its place, its target and its body', () => {
		const memory = new CreationMemory({}, 0);
		const fingerprint = memory.fingerprint('token', 3, creation);
		memory.remember(fingerprint, { isSettled: true, publicId: id });
		expect(memory.recall(fingerprint)).toEqual({ isSettled: true, publicId: id });
		for (const other of [
			memory.fingerprint('token', 4, creation),
			memory.fingerprint('other', 3, creation),
			memory.fingerprint('token', 3, { ...creation, body: { name: 'y' } }),
		]) {
			expect(memory.recall(other)).toBeUndefined();
		}
	});

	it('keeps rounds of a loop apart and can forget one', () => {
		const context = {};
		const [first, second] = [new CreationMemory(context, 0), new CreationMemory(context, 1)];
		const fingerprint = first.fingerprint('token', 0, creation);
		first.remember(fingerprint, { isSettled: true, publicId: id });
		expect(second.recall(fingerprint)).toBeUndefined();
		second.remember(fingerprint, { isSettled: false, publicId: undefined });
		first.forgetRun();
		expect(first.recall(fingerprint)).toBeUndefined();
		expect(second.recall(fingerprint)).toEqual({ isSettled: false, publicId: undefined });
		second.forgetRun();
		expect(context).toEqual({});
	});
});

it.each([
	[[3], 'item 3'],
	[[2, 0, 1], 'items 0, 1, 2'],
	[Array.from({ length: 12 }, (_, n) => n), 'items 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more'],
])('%j is read as %p', (items, text) => {
	expect(itemList(items)).toBe(text);
});

it('takes code and words out of a failed connection, and nothing of its request', () => {
	const root = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
		code: 'ECONNREFUSED',
		config: { headers: { Authorization: 'Bearer s3cret' } },
	});
	const wrapped = Object.assign(new Error('The service refused the connection'), { cause: root });
	expect(readNoAnswer(wrapped)).toEqual({
		code: 'ECONNREFUSED',
		reason: 'connect ECONNREFUSED 127.0.0.1:1',
	});
	expect(readNoAnswer(undefined)).toEqual({ code: '', reason: 'no answer' });
});
