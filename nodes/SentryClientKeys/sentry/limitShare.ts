import type { PacedWindow } from './paceSchedule';
import type { Budget } from './rateLimitHeaders';

/** The share of the server's concurrency that is used: it frees a place only after it answered. */
const CONCURRENCY_SHARE = 0.9;
/** The part of a limit that is ours, however many requests others send. */
const LEAST_SHARE = 0.2;
/** The part of a limit that is left to chance while it is shared: nobody knows what others send next. */
const RESERVE = 0.05;
/** The part of a window that is sent evenly until its end; the rest is sent at once. */
const SPREAD = { alone: 0.1, shared: 0.5 };

/** What was seen in one window of the limiter. */
interface WindowUse {
	/** Our requests that were let in. */
	own: number;
	/** At least so many requests of others were let in: other runs, other programs of the organization. */
	others: number;
	/** So many of ours were under way at one moment. */
	ownAtOnce: number;
	/** At least so many requests of others were under way at one moment. */
	othersAtOnce: number;
}

const UNUSED: WindowUse = { own: 0, others: 0, ownAtOnce: 0, othersAtOnce: 0 };

/**
 * How many of a limit's requests to send, after a window in which others took some of them.
 *
 * Pure. It is the part of the limit that was ours of what was used. Whoever shares a limit this way
 * grows or shrinks by the same factor, so that after one window all of them fit, however many they are.
 */
export function nextShare(limit: number, own: number, others: number): number {
	if (others === 0) return Infinity;
	const part = (limit - reserveOf(limit)) * (own / (own + others));
	return Math.max(1, Math.floor(Math.max(part, limit * LEAST_SHARE)));
}

function reserveOf(limit: number): number {
	return Math.ceil(limit * RESERVE);
}

/** How much of a limit is ours, measured by what the responses show that others take. */
export class LimitShare {
	private budget: Budget | undefined;
	/** How many requests of a window are ours. */
	private ofWindow = Infinity;
	/** How many requests are ours of those that may be under way at once. */
	private ofConcurrency = Infinity;
	private use = UNUSED;

	/**
	 * Learns from what a response says of the limiter.
	 *
	 * @param isLetIn whether the limiter counted our request
	 * @param underWay how many more of ours are under way, and may be counted already
	 * @param ownAtOnce how many of ours were under way when the server counted
	 */
	observe(
		told: Budget,
		{ isLetIn, underWay, ownAtOnce }: { isLetIn: boolean; underWay: number; ownAtOnce: number },
	): void {
		const known = this.budget;
		if (known !== undefined && told.endsAt < known.endsAt) return;
		if (known === undefined || told.endsAt > known.endsAt) {
			if (known !== undefined) {
				this.ofWindow = this.nextOfWindow(known);
				this.ofConcurrency = this.nextOfConcurrency(known);
			}
			this.use = UNUSED;
			this.budget = told;
		} else {
			this.budget = { ...told, remaining: Math.min(known.remaining, told.remaining) };
		}
		const own = this.use.own + (isLetIn ? 1 : 0);
		this.use = {
			own,
			others: Math.max(this.use.others, told.limit - told.remaining - own - underWay),
			ownAtOnce: Math.max(this.use.ownAtOnce, ownAtOnce),
			othersAtOnce: Math.max(this.use.othersAtOnce, told.atOnce - ownAtOnce),
		};
	}

	/** The last window that was told of, as far as it is ours; it ends by the server's clock. */
	get window(): PacedWindow | undefined {
		const { budget } = this;
		if (budget === undefined) return undefined;
		const limit = Math.min(budget.limit, this.nextOfWindow(budget));
		const isShared = this.ofWindow < Infinity || this.use.others > 0;
		// Others that came in this window, or were there before us, are seen at work.
		const ofWindow = this.ofWindow < Infinity ? this.ofWindow : this.nextOfWindow(budget);
		return {
			limit,
			remaining: Math.min(
				budget.remaining - (isShared ? reserveOf(budget.limit) : 0),
				ofWindow - this.use.own,
			),
			// One at least goes out at the start: its response tells of the window.
			spread: Math.min(limit - 1, Math.ceil(limit * (isShared ? SPREAD.shared : SPREAD.alone))),
			endsAt: budget.endsAt,
		};
	}

	/** How many of our requests may be under way at once. */
	get atOnce(): number {
		if (this.budget === undefined) return Infinity;
		const share = Math.min(
			this.budget.concurrencyLimit,
			this.ofConcurrency,
			this.nextOfConcurrency(this.budget),
		);
		return Math.max(1, Math.floor(share * CONCURRENCY_SHARE));
	}

	private nextOfWindow({ limit }: Budget): number {
		return nextShare(limit, this.use.own, this.use.others);
	}

	private nextOfConcurrency({ concurrencyLimit }: Budget): number {
		return nextShare(concurrencyLimit, this.use.ownAtOnce, this.use.othersAtOnce);
	}
}
