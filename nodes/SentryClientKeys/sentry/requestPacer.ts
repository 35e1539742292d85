import { LimitShare } from './limitShare';
import { schedule } from './paceSchedule';
import type { PaceState } from './paceSchedule';
import { readBudget } from './rateLimitHeaders';
import { isSensibleWait } from './retryPolicy';
import { serverNow, ServerTime } from './serverTime';
import type { Attempt, Clock, HttpResponse } from './types';

/** After the first response, so many are sent at once, and then twice as many as were let in. */
const SECOND_REQUESTS = 3;
/** Sent this much after a window's end, so that a timer that fires early does not hit the old one. */
const WINDOW_MARGIN_MS = 20;
/** The shortest pause after a 429, should the announced reset have passed already. */
const SHORTEST_PAUSE_MS = 200;
/** A clock that may be further off than this is tried with one request at a window's start. */
const CLOCK_TOLERANCE_MS = 100;

/**
 * Lets requests through at the pace the server allows, so that 429 stays the exception.
 *
 * One pacer stands for one bucket of Sentry's limiter. It counts what is under way against what is
 * left of the current window and, when that is used up, waits for the window's end. A server that
 * sends no rate limit headers (self-hosted) is not paced at all.
 */
export class RequestPacer {
	private readonly serverTime = new ServerTime();
	private readonly waiting: Array<{
		start: (at: number) => void;
		cancel: (reason: unknown) => void;
	}> = [];
	/** When those that are under way were sent. */
	private readonly underWay: number[] = [];
	private lastStart = 0;
	private hasResponse = false;
	private readonly share = new LimitShare();
	/** So many of ours at once were let in. */
	private letInAtOnce = 0;
	/** How long the last response took, in milliseconds. */
	private roundTripMs = 0;
	/** This machine's clock, milliseconds since the epoch. */
	private pausedUntil = 0;
	/** What the timer stands at; one that an earlier moment overtook only looks once more. */
	private timerAt: number | undefined;

	constructor(private readonly clock: Clock) {}

	/** Sends as soon as the budget allows; rejects when the execution is cancelled while waiting. */
	async run(send: () => Promise<Attempt>): Promise<Attempt> {
		const sentAt = await new Promise<number>((start, cancel) => {
			this.waiting.push({ start, cancel });
			this.look();
		});
		const underWayAtStart = this.underWay.length;
		try {
			const attempt = await send();
			if ('response' in attempt) this.observe(attempt.response, sentAt, underWayAtStart);
			return attempt;
		} finally {
			this.underWay.splice(this.underWay.indexOf(sentAt), 1);
			this.hasResponse = true;
			this.look();
		}
	}

	/** After every event: starts what may start, and sets the timer to the next moment. */
	private look(): void {
		const now = this.clock.now();
		const { start, wakeAt } = schedule(this.state(), now);
		if (start > 0) this.lastStart = now;
		for (const { start: begin } of this.waiting.splice(0, start)) {
			this.underWay.push(now);
			begin(now);
		}
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
		const { window } = this.share;
		return {
			waiting: this.waiting.length,
			underWay: this.underWay.length,
			lastStart: this.lastStart,
			roundTripMs: this.roundTripMs,
			hasResponse: this.hasResponse,
			pausedUntil: this.pausedUntil,
			concurrency: this.concurrency,
			window: window && { ...window, endsAt: this.windowEnd(window) },
			isClockUnsure: this.serverTime.uncertainty > CLOCK_TOLERANCE_MS,
		};
	}

	/**
	 * It grows step by step: so runs that begin at the same moment see each other before they send much.
	 * A server that tells of no limit is not tried out.
	 */
	private get concurrency(): number {
		const { atOnce } = this.share;
		return this.share.window === undefined
			? atOnce
			: Math.min(atOnce, Math.max(SECOND_REQUESTS, 2 * this.letInAtOnce));
	}

	/** This machine's clock, milliseconds since the epoch. */
	private windowEnd({ endsAt }: { endsAt: number }): number {
		return endsAt + this.serverTime.ahead + WINDOW_MARGIN_MS;
	}

	private observe(response: HttpResponse, sentAt: number, underWayAtStart: number): void {
		const now = this.clock.now();
		this.serverTime.observe(response, sentAt, now);
		this.roundTripMs = now - sentAt;
		if (response.status !== 429) this.letInAtOnce = Math.max(this.letInAtOnce, underWayAtStart);
		const told = readBudget(response);
		const isSensible = told !== undefined && isSensibleWait(told.endsAt - serverNow(response, now));
		const budget = isSensible ? told : undefined;
		if (budget !== undefined) {
			this.share.observe(budget, {
				isLetIn: response.status !== 429,
				// What was sent later than half of this round trip can't have reached the server before.
				underWay: this.underWay.filter((at) => at <= (sentAt + now) / 2).length - 1,
				// The server counted some number between these two of our requests; the larger errs by little.
				ownAtOnce: Math.max(underWayAtStart, this.underWay.length),
			});
		}
		if (response.status === 429) {
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
