import { isSensibleWait, LONGEST_WAIT_MS } from './retryPolicy';
import { serverNow, ServerTime } from './serverTime';
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

/** What the pacer knows, all times in milliseconds since the epoch by this machine's clock. */
export interface PaceState {
	waiting: number;
	underWay: number;
	/** Whether any request has ended yet. */
	hasAnswer: boolean;
	pausedUntil: number;
	/** How many requests the server bears at once. */
	concurrency: number;
	/** The last window that the server told of; undefined while it tells of none. */
	window: { limit: number; remaining: number; endsAt: number } | undefined;
	/** Whether the clocks may differ by so much that a new window is better tried with one request. */
	isClockUnsure: boolean;
}

/**
 * How many of those that wait may start now, and when to look again if nothing happens before.
 *
 * Pure. Whenever something goes on waiting, either a request is under way (its end is the next look) or
 * `wakeAt` lies in the future. A moment further ahead than the longest wait is none to wait for: it
 * comes of a clock that was set, or of a server that means something else.
 */
export function schedule(
	state: PaceState,
	now: number,
): { start: number; wakeAt: number | undefined } {
	const start = Math.min(state.waiting, Math.max(0, roomAt(state, now)));
	if (start === state.waiting) return { start, wakeAt: undefined };
	const moments = [state.pausedUntil, state.window?.endsAt ?? 0].filter((at) => isAhead(at, now));
	return { start, wakeAt: moments.length === 0 ? undefined : Math.min(...moments) };
}

function roomAt(state: PaceState, now: number): number {
	const { underWay, window } = state;
	if (!state.hasAnswer) return FIRST_REQUESTS - underWay;
	if (isAhead(state.pausedUntil, now)) return 0;
	if (window === undefined) return Infinity;
	const isNewWindow = !isAhead(window.endsAt, now);
	// What is under way may be counted in this window, whichever window it was sent in.
	const room =
		Math.min(isNewWindow ? window.limit : window.remaining, state.concurrency) - underWay;
	return isNewWindow && state.isClockUnsure ? Math.min(room, 1 - underWay) : room;
}

function isAhead(at: number, now: number): boolean {
	return at > now && at - now <= LONGEST_WAIT_MS;
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
	private readonly waiting: Array<{ start: () => void; cancel: (reason: unknown) => void }> = [];
	private underWay = 0;
	private hasAnswer = false;
	private budget: Budget | undefined;
	private concurrency = Infinity;
	/** This machine's clock, milliseconds since the epoch. */
	private pausedUntil = 0;
	/** What the timer stands at; one that an earlier moment overtook only looks once more. */
	private timerAt: number | undefined;

	constructor(private readonly clock: Clock) {}

	/** Sends as soon as the budget allows; rejects when the execution is cancelled while waiting. */
	async run(send: () => Promise<Attempt>): Promise<Attempt> {
		await new Promise<void>((start, cancel) => {
			this.waiting.push({ start, cancel });
			this.look();
		});
		const sentAt = this.clock.now();
		const underWayAtStart = this.underWay;
		try {
			const attempt = await send();
			if ('answer' in attempt) this.observe(attempt.answer, sentAt, underWayAtStart);
			return attempt;
		} finally {
			this.underWay -= 1;
			this.hasAnswer = true;
			this.look();
		}
	}

	/** After every event: starts what may start, and sets the timer to the next moment. */
	private look(): void {
		const now = this.clock.now();
		const { start, wakeAt } = schedule(this.state(), now);
		this.underWay += start;
		for (const { start: begin } of this.waiting.splice(0, start)) begin();
		if (wakeAt !== undefined && !(this.timerAt !== undefined && this.timerAt <= wakeAt)) {
			this.setTimer(wakeAt, now);
		}
	}

	private setTimer(at: number, now: number): void {
		this.timerAt = at;
		const passed = () => {
			if (this.timerAt === at) this.timerAt = undefined;
		};
		this.clock.sleep(at - now).then(
			() => {
				passed();
				this.look();
			},
			(reason: unknown) => {
				passed();
				for (const { cancel } of this.waiting.splice(0)) cancel(reason);
			},
		);
	}

	private state(): PaceState {
		return {
			waiting: this.waiting.length,
			underWay: this.underWay,
			hasAnswer: this.hasAnswer,
			pausedUntil: this.pausedUntil,
			concurrency: this.concurrency,
			window: this.budget && { ...this.budget, endsAt: this.windowEnd(this.budget) },
			isClockUnsure: this.serverTime.uncertainty > CLOCK_TOLERANCE_MS,
		};
	}

	/** This machine's clock, milliseconds since the epoch. */
	private windowEnd(budget: Budget): number {
		return budget.endsAt + this.serverTime.ahead + WINDOW_MARGIN_MS;
	}

	private observe(answer: HttpResponse, sentAt: number, underWayAtStart: number): void {
		const now = this.clock.now();
		this.serverTime.observe(answer, sentAt, now);
		const told = readBudget(answer);
		const isSensible = told !== undefined && isSensibleWait(told.endsAt - serverNow(answer, now));
		const budget = isSensible ? told : undefined;
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
			if (budget !== undefined && sentAt >= this.windowEnd(budget) - WINDOW_MARGIN_MS) {
				this.serverTime.wasTooEarly();
			}
			this.pausedUntil = Math.max(
				this.pausedUntil,
				now + SHORTEST_PAUSE_MS,
				budget === undefined ? 0 : this.windowEnd(budget),
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
