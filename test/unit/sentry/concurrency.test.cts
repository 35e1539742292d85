import {
	KeyedMutex,
	mapInOrder,
	Once,
	runInOrder,
	Semaphore,
} from '../../../nodes/SentryClientKeys/sentry/concurrency.ts';
import { VirtualClock } from '../support/virtualTime.cts';

/** Runs tasks of so many milliseconds each; tells when each began and what they came to. */
async function timeline(lengths: number[], concurrency: number, goOn: () => boolean = () => true) {
	const clock = new VirtualClock(0);
	const begun: Array<[index: number, at: number]> = [];
	const results = await clock.run(
		runInOrder(
			lengths.length,
			concurrency,
			async (index) => {
				begun.push([index, clock.now()]);
				await clock.sleep(lengths[index] ?? 0);
				return `result ${index}`;
			},
			goOn,
		),
	);
	return { begun, results, took: clock.now() };
}

it.each<[string, number, Array<[number, number]>, number]>([
	[
		'one after the other',
		1,
		[
			[0, 0],
			[1, 30],
			[2, 40],
			[3, 60],
		],
		70,
	],
	[
		'the next as soon as one is done',
		2,
		[
			[0, 0],
			[1, 0],
			[2, 10],
			[3, 30],
		],
		40,
	],
	[
		'all at once where there is room',
		100,
		[
			[0, 0],
			[1, 0],
			[2, 0],
			[3, 0],
		],
		30,
	],
])('items start %s', async (_, concurrency, expected, took) => {
	const done = await timeline([30, 10, 20, 10], concurrency);
	expect(done.begun).toEqual(expected);
	expect(done.took).toBe(took);
	expect(done.results).toEqual(['result 0', 'result 1', 'result 2', 'result 3']);
});

it('nothing starts if nothing may', async () => {
	const { begun, results } = await timeline([1, 1], 2, () => false);
	expect(begun).toEqual([]);
	expect(results).toStrictEqual([undefined, undefined]);
});

it('what is asked before each start is asked anew', async () => {
	let allowed = 3;
	const { results } = await timeline([10, 10, 10, 10, 10], 2, () => allowed-- > 0);
	expect(results).toEqual(['result 0', 'result 1', 'result 2', undefined, undefined]);
});

it('no items give no results', async () => {
	expect((await timeline([], 5)).results).toEqual([]);
});

describe('a task for each value', () => {
	it('gives the results in the order of the values', async () => {
		const clock = new VirtualClock(0);
		const results = await clock.run(
			mapInOrder([30, 10, 20], 2, async (length) => {
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

describe('a semaphore', () => {
	it('lets so many tasks run at once, in the order they came', async () => {
		const clock = new VirtualClock(0);
		const semaphore = new Semaphore(2);
		const begun: Array<[number, number]> = [];
		const tasks = [30, 10, 20].map(async (length, index) => {
			await semaphore.use(async () => {
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

	it('frees the place of a task that fails', async () => {
		const semaphore = new Semaphore(1);
		await expect(semaphore.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
		expect(await semaphore.use(() => Promise.resolve('next'))).toBe('next');
	});
});

describe('a keyed mutex', () => {
	it('runs tasks with the same key one at a time, others at once', async () => {
		const clock = new VirtualClock(0);
		const mutex = new KeyedMutex();
		const done: string[] = [];
		const task = (what: string, length: number) =>
			mutex.use(what, async () => {
				await clock.sleep(length);
				done.push(`${what} at ${clock.now()}`);
			});
		await clock.run(Promise.all([task('a', 20), task('b', 5), task('a', 5), task('b', 5)]));
		expect(done).toEqual(['b at 5', 'b at 10', 'a at 20', 'a at 25']);
	});

	it('goes on after a failure, which only its own task learns of', async () => {
		const mutex = new KeyedMutex();
		const failing = mutex.use('a', () => Promise.reject(new Error('no')));
		const next = mutex.use('a', () => Promise.resolve('next'));
		await expect(failing).rejects.toThrow('no');
		expect(await next).toBe('next');
	});
});

describe('what is asked for once', () => {
	it('is asked for by the first only', async () => {
		const once = new Once<number>();
		let asked = 0;
		const ask = async () => await Promise.resolve(++asked);
		expect(await Promise.all([once.of('a', ask), once.of('a', ask)])).toEqual([1, 1]);
		expect(await once.of('b', ask)).toBe(2);
		expect(await once.known('a')).toBe(1);
		expect(once.known('c')).toBeUndefined();
	});

	it('is asked for again after a failure', async () => {
		const once = new Once<string>();
		const failing = async () => await Promise.reject(new Error('no'));
		await expect(once.of('a', failing)).rejects.toThrow('no');
		expect(once.known('a')).toBeUndefined();
		expect(await once.of('a', async () => await Promise.resolve('yes'))).toBe('yes');
	});
});
