import type { Attempt, Clock } from '../../../nodes/SentryClientKeys/sentry/types.ts';

interface Timer {
	at: number;
	wake: () => void;
	fail: (reason: Error) => void;
}

/** Time that passes only when everybody sleeps. */
export class VirtualClock implements Clock {
	private timers: Timer[] = [];

	constructor(private time: number) {}

	now(): number {
		return this.time;
	}

	random(): number {
		return 0.5;
	}

	async sleep(milliseconds: number): Promise<void> {
		await new Promise<void>((wake, fail) => {
			this.timers.push({ at: this.time + milliseconds, wake, fail });
		});
	}

	/** Lets time pass until the work is done. */
	async run<T>(work: Promise<T>): Promise<T> {
		let done = false;
		void work
			.finally(() => {
				done = true;
			})
			.catch(() => undefined);
		for (;;) {
			await this.settle();
			if (done) return await work;
			const next = Math.min(...this.timers.map(({ at }) => at));
			if (next === Infinity) throw new Error('Everybody waits for ever');
			this.time = Math.max(this.time, next);
			const due = this.timers.filter(({ at }) => at <= this.time);
			this.timers = this.timers.filter(({ at }) => at > this.time);
			for (const { wake } of due) wake();
		}
	}

	/** Lets everything happen that needs no time. */
	async settle(): Promise<void> {
		await new Promise((resolve) => setImmediate(resolve));
	}

	/** Ends every sleep the way a cancelled execution does. */
	cancel(reason: Error): void {
		for (const { fail } of this.timers.splice(0)) fail(reason);
	}
}

/** Sentry's limiter in virtual time: fixed windows on full seconds of the server's clock. */
export class LimitedServer {
	accepted = 0;
	refused = 0;
	mostAtOnce = 0;
	private window = -1;
	private used = 0;
	private atOnce = 0;

	/** @param settings latency of each request, and by how much the client's clock is ahead, both ms */
	constructor(
		private readonly clock: VirtualClock,
		private readonly settings: {
			latency: number;
			ahead: number;
			limit?: number;
			atOnce?: number;
			silent?: boolean;
		},
	) {}

	async handle(): Promise<Attempt> {
		const { latency, ahead, limit = 40, atOnce: mostAllowed = 25, silent = false } = this.settings;
		await this.clock.sleep(latency / 2);
		const now = this.clock.now() - ahead;
		const window = Math.floor(now / 1000);
		if (window !== this.window) this.used = 0;
		this.window = window;
		this.used += 1;
		this.atOnce += 1;
		this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
		const isRefused = !silent && (this.used > limit || this.atOnce > mostAllowed);
		if (isRefused) this.refused += 1;
		else this.accepted += 1;
		const headers = {
			date: new Date(window * 1000).toUTCString(),
			...(!silent && {
				'x-sentry-rate-limit-limit': String(limit),
				'x-sentry-rate-limit-remaining': String(Math.max(0, limit - this.used)),
				'x-sentry-rate-limit-reset': String(window + 1),
				'x-sentry-rate-limit-concurrentlimit': String(mostAllowed),
				'x-sentry-rate-limit-concurrentremaining': String(Math.max(0, mostAllowed - this.atOnce)),
			}),
		};
		await this.clock.sleep(latency / 2);
		this.atOnce -= 1;
		return { response: { status: isRefused ? 429 : 201, headers, text: '' } };
	}
}
