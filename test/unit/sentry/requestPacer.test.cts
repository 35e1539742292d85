import { RequestPacer } from '../../../nodes/SentryClientKeys/sentry/requestPacer.ts';
import type { Attempt } from '../../../nodes/SentryClientKeys/sentry/types.ts';
import { LimitedServer, VirtualClock } from '../support/virtualTime.cts';

const COUNT = 300;

/** Sends so many requests, twenty workers at a time, each repeated until it is let in. */
async function send(
	clock: VirtualClock,
	servers: Array<{ pacer: RequestPacer; server: LimitedServer }>,
	count: number,
	workers = 20,
): Promise<number> {
	let next = 0;
	let served = 0;
	const worker = async ({ pacer, server }: (typeof servers)[number]) => {
		while (next < count) {
			next += 1;
			for (;;) {
				const attempt = await pacer.run(async () => await server.handle());
				if ('response' in attempt && attempt.response.status !== 429) break;
				await clock.sleep(50);
			}
			served += 1;
		}
	};
	await clock.run(
		Promise.all(
			servers.flatMap((one) => Array.from({ length: workers }, async () => await worker(one))),
		),
	);
	return served;
}

describe("at Sentry's limit of 40 per second and 25 at once", () => {
	it.each([
		['5 ms', 5, 0],
		['200 ms', 200, 0],
		['5 ms, our clock 400 ms ahead', 5, 400],
		['5 ms, our clock 400 ms behind', 5, -400],
	])('300 requests of %s each use it up and are hardly ever refused', async (_, latency, ahead) => {
		const clock = new VirtualClock(1_700_000_000_300);
		const server = new LimitedServer(clock, { latency, ahead });
		const start = clock.now();
		const served = await send(clock, [{ pacer: new RequestPacer(clock), server }], COUNT);
		expect(served).toBe(COUNT);
		expect(server.accepted).toBe(COUNT);
		expect(server.refused).toBeLessThanOrEqual(ahead === 0 ? 0 : 0.02 * COUNT);
		expect(COUNT / ((clock.now() - start) / 1000)).toBeGreaterThanOrEqual(0.9 * 40);
	});

	it('never more than its share at once, however many are waiting', async () => {
		const clock = new VirtualClock(1_700_000_000_000);
		const server = new LimitedServer(clock, { latency: 300, ahead: 0 });
		await send(clock, [{ pacer: new RequestPacer(clock), server }], 200, 100);
		expect(server.mostAtOnce).toBeLessThanOrEqual(25);
		expect(server.mostAtOnce).toBeGreaterThan(15);
	});
});

/** A program that knows nothing of the limit, and sends evenly until our runs are over. */
class OtherProgram {
	sent = 0;
	refused = 0;
	private isOver = false;

	constructor(
		private readonly clock: VirtualClock,
		private readonly server: LimitedServer,
		private readonly perSecond: number,
	) {}

	async start(): Promise<void> {
		while (!this.isOver) {
			await this.clock.sleep(1000 / this.perSecond);
			this.sent += 1;
			const attempt = await this.server.handle();
			if ('response' in attempt && attempt.response.status === 429) this.refused += 1;
		}
	}

	stop(): void {
		this.isOver = true;
	}
}

describe('runs that share a limit', () => {
	it.each([
		{ runs: 2, limit: 40, atOnce: 25, foreign: 0, apart: 0 },
		{ runs: 2, limit: 40, atOnce: 25, foreign: 0, apart: 0, latency: 150, begin: 0 },
		{ runs: 2, limit: 40, atOnce: 25, foreign: 2, apart: 0 },
		{ runs: 2, limit: 40, atOnce: 25, foreign: 10, apart: 730 },
		{ runs: 3, limit: 40, atOnce: 25, foreign: 5, apart: 7 },
		{ runs: 5, limit: 40, atOnce: 25, foreign: 0, apart: 730 },
		{ runs: 2, limit: 8, atOnce: 4, foreign: 0, apart: 0 },
		{ runs: 2, limit: 8, atOnce: 4, foreign: 1, apart: 7 },
		{ runs: 2, limit: 8, atOnce: 4, foreign: 2, apart: 730 },
	])(
		'$runs of $limit per second and $atOnce at once, $apart ms apart, and $foreign of another program',
		async ({ runs, limit, atOnce, foreign, apart, latency = 60, begin = 300 }) => {
			const clock = new VirtualClock(1_700_000_000_000 + begin);
			const server = new LimitedServer(clock, { latency, ahead: 0, limit, atOnce });
			const other = new OtherProgram(clock, server, foreign);
			const program = foreign > 0 ? other.start() : Promise.resolve();
			const each = 400;
			const start = clock.now();
			const seconds: number[] = [];
			await Promise.all(
				Array.from({ length: runs }, async (_, run) => {
					await clock.run(clock.sleep(run * apart));
					await send(clock, [{ pacer: new RequestPacer(clock), server }], each);
					seconds.push((clock.now() - start) / 1000);
				}),
			);
			other.stop();
			await clock.run(program);

			expect(server.accepted).toBe(runs * each + other.sent - other.refused);
			expect(server.refused - other.refused).toBeLessThan(0.01 * runs * each);
			expect(other.refused).toBeLessThanOrEqual(0.1 * other.sent);
			// Nobody starves: each has a fair part of what the limit allows, and together they use it.
			expect(Math.max(...seconds)).toBeLessThanOrEqual((runs * each) / (0.85 * (limit - foreign)));
			expect(Math.min(...seconds)).toBeGreaterThanOrEqual((1.5 * each) / limit);
		},
	);
});

it('a server that tells of a limit is tried out step by step', async () => {
	const clock = new VirtualClock(1_700_000_000_000);
	const server = new LimitedServer(clock, { latency: 10, ahead: 0 });
	const pacer = new RequestPacer(clock);
	const startedAt = new Map<number, number>();
	await clock.run(
		Promise.all(
			Array.from({ length: 22 }, async () => {
				await pacer.run(async () => {
					startedAt.set(clock.now(), (startedAt.get(clock.now()) ?? 0) + 1);
					return await server.handle();
				});
			}),
		),
	);
	expect([...startedAt.values()]).toEqual([1, 3, 6, 12]);
});

it.each([1, 2, 5])('a limit of %d per second is kept, too', async (limit) => {
	const clock = new VirtualClock(1_700_000_000_300);
	const server = new LimitedServer(clock, { latency: 5, ahead: 0, limit });
	const start = clock.now();
	await send(clock, [{ pacer: new RequestPacer(clock), server }], 20);
	expect(server.accepted).toBe(20);
	expect(server.refused).toBe(0);
	expect(clock.now() - start).toBeLessThanOrEqual((20 / limit + 1) * 1000);
});

it('a 429 that names no limit, as a gateway sends it, holds the next ones up', async () => {
	const clock = new VirtualClock(1_700_000_000_000);
	const pacer = new RequestPacer(clock);
	const busy: Attempt = { response: { status: 429, headers: {}, text: '' } };
	const fine: Attempt = { response: { status: 200, headers: {}, text: '' } };
	const refusedAt = await clock.run(
		pacer.run(async () => await Promise.resolve(busy)).then(() => clock.now()),
	);
	const sentAt = await clock.run(
		Promise.all(
			[1, 2, 3].map(async () => {
				await pacer.run(async () => await Promise.resolve(fine));
				return clock.now();
			}),
		),
	);
	for (const at of sentAt) {
		expect(at - refusedAt).toBeGreaterThanOrEqual(100);
		expect(at - refusedAt).toBeLessThanOrEqual(2000);
	}
});

it('a request that fails makes room for the next one', async () => {
	const clock = new VirtualClock(1_700_000_000_000);
	const pacer = new RequestPacer(clock);
	const tries = Array.from({ length: 20 }, async () => {
		await pacer.run(async () => {
			await clock.sleep(10);
			return { noResponse: { code: 'ECONNRESET', reason: 'reset' } };
		});
	});
	await clock.run(Promise.all(tries));
	expect(clock.now()).toBeLessThanOrEqual(1_700_000_000_020);
});

it('starts with one request, to learn the limit', async () => {
	const clock = new VirtualClock(0);
	const pacer = new RequestPacer(clock);
	let started = 0;
	const never = Array.from({ length: 20 }, async () => {
		await pacer.run(async () => {
			started += 1;
			return await new Promise(() => {});
		});
	});
	await clock.settle();
	expect(started).toBe(1);
	expect(never).toHaveLength(20);
});

it('a server without limit headers is not held back', async () => {
	const clock = new VirtualClock(0);
	const server = new LimitedServer(clock, { latency: 100, ahead: 0, silent: true });
	await send(clock, [{ pacer: new RequestPacer(clock), server }], 104, 20);
	// One at first, then twenty at a time.
	expect(clock.now()).toBeLessThanOrEqual(700);
	expect(server.mostAtOnce).toBe(20);
});

it('all that wait are let go when the execution is cancelled, and send nothing', async () => {
	const clock = new VirtualClock(1_700_000_000_000);
	const server = new LimitedServer(clock, { latency: 1, ahead: 0, limit: 2 });
	const pacer = new RequestPacer(clock);
	await clock.run(pacer.run(async () => await server.handle()));
	await clock.run(pacer.run(async () => await server.handle()));
	const waiting = Promise.allSettled(
		Array.from({ length: 50 }, async () => await pacer.run(async () => await server.handle())),
	);
	await clock.settle();
	clock.cancel(new Error('cancelled'));
	const outcomes = await waiting;
	expect(outcomes).toHaveLength(50);
	expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
	expect(server.accepted + server.refused).toBe(2);
});

/** A clock that runs on by a step at each look, as the real one may between two looks. */
class RunningClock extends VirtualClock {
	private passed = 0;

	constructor(
		private readonly start: number,
		private readonly step: number,
	) {
		super(start);
	}

	override now(): number {
		this.passed += this.step;
		return Math.max(super.now(), this.start + Math.floor(this.passed));
	}
}

const told = (reset: number, remaining: number, more: object = {}): Attempt => ({
	response: {
		status: 200,
		headers: {
			'x-sentry-rate-limit-limit': '5',
			'x-sentry-rate-limit-remaining': String(remaining),
			'x-sentry-rate-limit-reset': String(reset),
			...more,
		},
		text: '',
	},
});

it('5,000 requests that arrive in the last milliseconds of a window all wake', async () => {
	for (let n = 0; n < 5000; n++) {
		// The window ends 20 ms after the full second; time passes at every look at the clock.
		const clock = new RunningClock(1_700_000_000_015 + (n % 5), 0.1 + (n % 13) / 10);
		const pacer = new RequestPacer(clock);
		await pacer.run(async () => await Promise.resolve(told(1_700_000_000, 0)));
		let hasRun = false;
		const waiting = pacer.run(async () => {
			hasRun = true;
			return await Promise.resolve(told(1_700_000_001, 4));
		});
		for (let look = 0; look < 3 && !hasRun; look++) await Promise.resolve();
		if (!hasRun) await clock.run(waiting);
		expect(hasRun).toBe(true);
	}
});

it.each([
	['in milliseconds', '1700000001000', {}],
	['a day ahead', '1700086400', {}],
	[
		'with no word on concurrency',
		'1700000001',
		{ 'x-sentry-rate-limit-concurrentremaining': 'None' },
	],
])('a reset %s holds nothing up for ever', async (_, reset, more) => {
	const clock = new VirtualClock(1_700_000_000_300);
	const pacer = new RequestPacer(clock);
	const send = async () => await Promise.resolve(told(Number(reset), 0, more));
	await clock.run(pacer.run(send));
	await clock.run(pacer.run(send));
	expect(clock.now()).toBeLessThanOrEqual(1_700_000_002_000);
});
