import { ServerTime } from './serverTime';
import type { Attempt, Clock, HttpResponse } from './types';

/** How many requests may be under way before the first answer tells what the server allows. */
const FIRST_REQUESTS = 4;
/** Sent this much after a window's end, so that a timer that fires early does not hit the old one. */
const WINDOW_MARGIN_MS = 20;
/** The shortest pause after a 429, should the announced reset have passed already. */
const SHORTEST_PAUSE_MS = 200;
/** A clock that may be further off than this is tried with one request at a window's start. */
const CLOCK_TOLERANCE_MS = 100;
/** The share of the server's concurrency that is used: it frees a place only after it answered. */
const CONCURRENCY_SHARE = 0.9;

/** What Sentry says of its limiter on each answer (src/sentry/middleware/ratelimit.py). */
interface Budget {
	limit: number;
	remaining: number;
	/** Milliseconds since the epoch by the server's clock. */
	endsAt: number;
	concurrencyLimit: number;
	concurrencyRemaining: number;
}

/**
 * Lets requests through at the pace the server allows, so that 429 stays the exception.
 *
 * One pacer stands for one bucket of Sentry's limiter. It counts what is under way against what is
 * left of the current window and, when that is used up, waits for the window's end. A server that
 * sends no rate limit headers (self-hosted) is not paced at all.
 */
export class RequestPacer {
	private readonly serverTime = new ServerTime();
	private readonly waiting: Array<() => void> = [];
	private underWay = 0;
	private answered = false;
	private budget: Budget | undefined;
	private concurrency = Infinity;
	/** This machine's clock, milliseconds since the epoch. */
	private pausedUntil = 0;
	private timer: Promise<void> | undefined;
	private cancelled: unknown;

	constructor(private readonly clock: Clock) {}

	/** Sends as soon as the budget allows; rejects when the execution is cancelled while waiting. */
	async run(send: () => Promise<Attempt>): Promise<Attempt> {
		await this.admission();
		const sentAt = this.clock.now();
		const underWayAtStart = this.underWay;
		try {
			const attempt = await send();
			if ('answer' in attempt) this.observe(attempt.answer, sentAt, underWayAtStart);
			return attempt;
		} finally {
			this.underWay -= 1;
			this.answered = true;
			this.admitWaiting();
		}
	}

	private async admission(): Promise<void> {
		if (this.waiting.length === 0 && this.hasRoom()) {
			this.underWay += 1;
			return;
		}
		await new Promise<void>((resolve) => {
			this.waiting.push(resolve);
			this.wakeAtWindowEnd();
		});
		if (this.cancelled !== undefined) throw this.cancelled;
	}

	private admitWaiting(): void {
		while (this.waiting.length > 0 && (this.cancelled !== undefined || this.hasRoom())) {
			if (this.cancelled === undefined) this.underWay += 1;
			this.waiting.shift()?.();
		}
		if (this.waiting.length > 0) this.wakeAtWindowEnd();
	}

	private hasRoom(): boolean {
		if (!this.answered) return this.underWay < FIRST_REQUESTS;
		if (this.clock.now() < this.pausedUntil) return false;
		if (this.budget === undefined) return true;
		if (this.underWay >= this.concurrency) return false;
		const isNewWindow = this.windowIsOver();
		if (isNewWindow && this.underWay > 0 && this.serverTime.uncertainty > CLOCK_TOLERANCE_MS) {
			return false;
		}
		// What is under way may be counted in this window, whichever window it was sent in.
		const left = isNewWindow ? this.budget.limit : this.budget.remaining;
		return left - this.underWay > 0;
	}

	private windowIsOver(): boolean {
		return this.clock.now() >= this.windowEnd();
	}

	/** This machine's clock, milliseconds since the epoch. */
	private windowEnd(): number {
		return (this.budget?.endsAt ?? 0) + this.serverTime.ahead + WINDOW_MARGIN_MS;
	}

	/** Requests under way wake the queue when they end; time alone needs a timer. */
	private wakeAtWindowEnd(): void {
		if (this.timer !== undefined) return;
		const wakeAt = Math.max(this.pausedUntil, this.windowIsOver() ? 0 : this.windowEnd());
		const delay = wakeAt - this.clock.now();
		if (delay <= 0) return;
		this.timer = this.clock.sleep(delay).then(
			() => this.wake(),
			(reason: unknown) => this.wake(reason),
		);
	}

	private wake(cancelled?: unknown): void {
		this.timer = undefined;
		this.cancelled = cancelled;
		this.admitWaiting();
	}

	private observe(answer: HttpResponse, sentAt: number, underWayAtStart: number): void {
		const now = this.clock.now();
		this.serverTime.observe(answer, sentAt, now);
		const budget = readBudget(answer);
		if (budget !== undefined) {
			const known = this.budget;
			if (known === undefined || budget.endsAt > known.endsAt) {
				this.budget = budget;
			} else if (budget.endsAt === known.endsAt) {
				this.budget = { ...budget, remaining: Math.min(known.remaining, budget.remaining) };
			}
			// The server counted some number between these two of our requests; the larger errs by little.
			const ownRequests = Math.max(underWayAtStart, this.underWay);
			this.concurrency = Math.max(
				1,
				Math.floor(
					Math.min(budget.concurrencyLimit, budget.concurrencyRemaining + ownRequests) *
						CONCURRENCY_SHARE,
				),
			);
		}
		if (answer.status === 429) {
			if (budget !== undefined && sentAt >= this.windowEnd() - WINDOW_MARGIN_MS) {
				this.serverTime.wasTooEarly();
			}
			this.pausedUntil = Math.max(
				this.pausedUntil,
				now + SHORTEST_PAUSE_MS,
				budget === undefined ? 0 : this.windowEnd(),
			);
		}
	}
}

function readBudget({ headers }: HttpResponse): Budget | undefined {
	const read = (name: string) => {
		const value = headers[`x-sentry-rate-limit-${name}`];
		return value === undefined || value === '' ? NaN : Number(value);
	};
	const limit = read('limit');
	const remaining = read('remaining');
	const reset = read('reset');
	if (!(limit > 0) || !(remaining >= 0) || !(reset > 0)) return undefined;
	const concurrencyLimit = read('concurrentlimit');
	const concurrencyRemaining = read('concurrentremaining');
	return {
		limit,
		remaining,
		endsAt: reset * 1000,
		concurrencyLimit: concurrencyLimit > 0 ? concurrencyLimit : Infinity,
		concurrencyRemaining: concurrencyRemaining >= 0 ? concurrencyRemaining : Infinity,
	};
}
