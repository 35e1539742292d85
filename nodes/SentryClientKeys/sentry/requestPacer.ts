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
/** The share of a window that is ours, however many requests others send. */
const LEAST_SHARE = 0.25;
/** The part of a window that is sent evenly until its end; the rest is sent at once. */
const SPREAD = { alone: 0.1, shared: 0.5 };
/** Nothing waits longer for its turn, so that the end of a window of minutes is not waited for. */
const LONGEST_INTERVAL_MS = 250;

/** What Sentry says of its limiter on each answer (src/sentry/middleware/ratelimit.py). */
interface Budget {
	limit: number;
	remaining: number;
	/** Milliseconds since the epoch by the server's clock. */
	endsAt: number;
	concurrencyLimit: number;
	/** Under way when the server counted, ours among them. */
	atOnce: number;
}

/** What was seen in one window of the limiter. */
interface WindowUse {
	/** Our requests that were let in. */
	own: number;
	/** At least so many requests of others were let in: other runs, other programs of the organization. */
	others: number;
	/** At least so many requests of others were under way at one moment. */
	othersAtOnce: number;
}

const UNUSED: WindowUse = { own: 0, others: 0, othersAtOnce: 0 };

/**
 * How many of a window's requests to send, after a window in which others took some of them.
 *
 * Pure. Whoever shares a limit this way ends with as many as the others leave: less at once, more by
 * half of what was left unused, so that two that both want more do not take it at the same time.
 */
export function nextShare(share: number, limit: number, others: number): number {
	if (others === 0) return Infinity;
	const left = Math.max(limit - others, Math.ceil(limit * LEAST_SHARE));
	return left < share ? left : share + Math.floor((left - share) / 2);
}

/** A window of the limiter, as far as it is ours. */
interface PacedWindow {
	limit: number;
	remaining: number;
	/** How many of the limit are sent evenly until the end. */
	spread: number;
	endsAt: number;
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
	/** When a request was last let through. */
	lastStart: number;
	/** How long an answer takes, in milliseconds. */
	roundTripMs: number;
	/** The last window that the server told of; undefined while it tells of none. */
	window: PacedWindow | undefined;
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
	const { room, intervalMs } = roomAt(state, now);
	const start = Math.min(state.waiting, Math.max(0, room));
	if (start === state.waiting) return { start, wakeAt: undefined };
	const next = intervalMs === 0 ? 0 : (start > 0 ? now : state.lastStart) + intervalMs;
	const moments = [state.pausedUntil, state.window?.endsAt ?? 0, next];
	const ahead = moments.filter((at) => isAhead(at, now));
	return { start, wakeAt: ahead.length === 0 ? undefined : Math.min(...ahead) };
}

/**
 * A part of the window is sent evenly until its end: so whoever shares the limit finds room at any time,
 * and shows in the answers how much it takes.
 */
function roomAt(state: PaceState, now: number): { room: number; intervalMs: number } {
	const { underWay, window } = state;
	const atOnce = (room: number) => ({ room, intervalMs: 0 });
	if (!state.hasAnswer) return atOnce(FIRST_REQUESTS - underWay);
	if (isAhead(state.pausedUntil, now)) return atOnce(0);
	if (window === undefined) return atOnce(Infinity);
	const free = state.concurrency - underWay;
	if (!isAhead(window.endsAt, now)) {
		const most = state.isClockUnsure ? 1 : window.limit - window.spread;
		return atOnce(Math.min(most - underWay, free));
	}
	// What is under way may be counted in this window, whichever window it was sent in.
	const left = window.remaining - underWay;
	if (left > window.spread) return atOnce(Math.min(left - window.spread, free));
	const evenly = Math.max(0, (window.endsAt - state.roundTripMs - now) / (left + 1));
	const intervalMs = Math.min(LONGEST_INTERVAL_MS, evenly);
	const room = Math.min(left, free);
	if (intervalMs === 0) return atOnce(room);
	const isDue = !isAhead(state.lastStart + intervalMs, now);
	return { room: Math.min(room, isDue ? 1 : 0), intervalMs };
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
	private lastStart = 0;
	private hasAnswer = false;
	private budget: Budget | undefined;
	/** How many requests of a window are ours. */
	private share = Infinity;
	/** How many requests are ours of those that may be under way at once. */
	private shareAtOnce = Infinity;
	private use = UNUSED;
	/** How long the last answer took, in milliseconds. */
	private roundTripMs = 0;
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
		if (start > 0) this.lastStart = now;
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
			lastStart: this.lastStart,
			roundTripMs: this.roundTripMs,
			hasAnswer: this.hasAnswer,
			pausedUntil: this.pausedUntil,
			concurrency: this.concurrency(),
			window: this.budget && this.pacedWindow(this.budget),
			isClockUnsure: this.serverTime.uncertainty > CLOCK_TOLERANCE_MS,
		};
	}

	private pacedWindow(budget: Budget): PacedWindow {
		const limit = Math.min(budget.limit, this.shareAfter(budget));
		const isShared = this.share < Infinity || this.use.others > 0;
		return {
			limit,
			remaining: Math.min(budget.remaining, this.share - this.use.own),
			// One at least goes out at the start: its answer tells of the window.
			spread: Math.min(limit - 1, Math.ceil(limit * (isShared ? SPREAD.shared : SPREAD.alone))),
			endsAt: this.windowEnd(budget),
		};
	}

	private shareAfter({ limit }: Budget): number {
		return nextShare(this.share, limit, this.use.others);
	}

	private shareAtOnceAfter({ concurrencyLimit }: Budget): number {
		return nextShare(this.shareAtOnce, concurrencyLimit, this.use.othersAtOnce);
	}

	private concurrency(): number {
		if (this.budget === undefined) return Infinity;
		const share = Math.min(
			this.budget.concurrencyLimit,
			this.shareAtOnce,
			this.shareAtOnceAfter(this.budget),
		);
		return Math.max(1, Math.floor(share * CONCURRENCY_SHARE));
	}

	/** This machine's clock, milliseconds since the epoch. */
	private windowEnd(budget: Budget): number {
		return budget.endsAt + this.serverTime.ahead + WINDOW_MARGIN_MS;
	}

	private count(told: Budget, isLetIn: boolean, ownAtOnce: number): void {
		const known = this.budget;
		if (known !== undefined && told.endsAt < known.endsAt) return;
		if (known === undefined || told.endsAt > known.endsAt) {
			if (known !== undefined) {
				this.share = this.shareAfter(known);
				this.shareAtOnce = this.shareAtOnceAfter(known);
			}
			this.use = UNUSED;
			this.budget = told;
		} else {
			this.budget = { ...told, remaining: Math.min(known.remaining, told.remaining) };
		}
		const own = this.use.own + (isLetIn ? 1 : 0);
		this.use = {
			own,
			// Those under way may be counted already.
			others: Math.max(this.use.others, told.limit - told.remaining - own - (this.underWay - 1)),
			othersAtOnce: Math.max(this.use.othersAtOnce, told.atOnce - ownAtOnce),
		};
	}

	private observe(answer: HttpResponse, sentAt: number, underWayAtStart: number): void {
		const now = this.clock.now();
		this.serverTime.observe(answer, sentAt, now);
		this.roundTripMs = now - sentAt;
		const told = readBudget(answer);
		const isSensible = told !== undefined && isSensibleWait(told.endsAt - serverNow(answer, now));
		const budget = isSensible ? told : undefined;
		if (budget !== undefined) {
			// The server counted some number between these two of our requests; the larger errs by little.
			const ownAtOnce = Math.max(underWayAtStart, this.underWay);
			this.count(budget, answer.status !== 429, ownAtOnce);
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
		atOnce:
			concurrencyLimit > 0 && concurrencyRemaining >= 0
				? concurrencyLimit - concurrencyRemaining
				: 0,
	};
}
