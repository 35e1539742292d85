import { Turns } from '../../../nodes/SentryClientKeys/execution/turns.ts';
import { mapInOrder } from '../../../nodes/SentryClientKeys/sentry/pool.ts';
import { Slots } from '../../../nodes/SentryClientKeys/sentry/slots.ts';
import { VirtualClock } from '../support/virtualTime.cts';

describe('slots', () => {
	it('let so many tasks run at a time, in the order they came', async () => {
		const clock = new VirtualClock(0);
		const slots = new Slots(2);
		const begun: Array<[number, number]> = [];
		const tasks = [30, 10, 20].map(async (length, index) => {
			await slots.use(async () => {
				begun.push([index, clock.now()]);
				await clock.sleep(length);
			});
		});
		await clock.run(Promise.all(tasks));
		expect(begun).toEqual([
			[0, 0],
			[1, 0],
			[2, 10],
		]);
	});

	it('are given back by tasks that fail', async () => {
		const slots = new Slots(1);
		await expect(slots.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
		expect(await slots.use(() => Promise.resolve('next'))).toBe('next');
	});
});

describe('turns', () => {
	it('are taken one after the other for the same thing, at once for different ones', async () => {
		const clock = new VirtualClock(0);
		const turns = new Turns();
		const done: string[] = [];
		const task = (what: string, length: number) =>
			turns.take(what, async () => {
				await clock.sleep(length);
				done.push(`${what} at ${clock.now()}`);
			});
		await clock.run(Promise.all([task('a', 20), task('b', 5), task('a', 5), task('b', 5)]));
		expect(done).toEqual(['b at 5', 'b at 10', 'a at 20', 'a at 25']);
	});

	it('go on after a failure, which only its own task learns of', async () => {
		const turns = new Turns();
		const failing = turns.take('a', () => Promise.reject(new Error('no')));
		const next = turns.take('a', () => Promise.resolve('next'));
		await expect(failing).rejects.toThrow('no');
		expect(await next).toBe('next');
	});
});

describe('a task for each value', () => {
	it('gives the results in the order of the values', async () => {
		const clock = new VirtualClock(0);
		const results = await clock.run(
			mapInOrder([30, 10, 20], 3, async (length) => {
				await clock.sleep(length);
				return length;
			}),
		);
		expect(results).toEqual([30, 10, 20]);
	});

	it('starts nothing after a failure, and tells the lowest one', async () => {
		const clock = new VirtualClock(0);
		const begun: number[] = [];
		const work = mapInOrder([0, 1, 2, 3, 4], 2, async (value) => {
			begun.push(value);
			await clock.sleep(value === 0 ? 20 : 10);
			if (value < 2) throw new Error(`no ${value}`);
		});
		await expect(clock.run(work)).rejects.toThrow('no 0');
		expect(begun).toEqual([0, 1]);
	});
});
