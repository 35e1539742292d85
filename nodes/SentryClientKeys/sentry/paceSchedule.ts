import { LONGEST_WAIT_MS } from './retryPolicy';

/** The first request goes out alone: its response tells what the server allows. */
const FIRST_REQUESTS = 1;
/** Nothing waits longer for its turn, so that the end of a window of minutes is not waited for. */
const LONGEST_INTERVAL_MS = 250;

/** A window of the limiter, as far as it is ours. */
export interface PacedWindow {
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
	hasResponse: boolean;
	pausedUntil: number;
	/** How many requests the server bears at once. */
	concurrency: number;
	/** When a request was last let through. */
	lastStart: number;
	/** How long a response takes, in milliseconds. */
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
 * and shows in the responses how much it takes.
 */
function roomAt(state: PaceState, now: number): { room: number; intervalMs: number } {
	const { underWay, window } = state;
	const atOnce = (room: number) => ({ room, intervalMs: 0 });
	if (!state.hasResponse) return atOnce(FIRST_REQUESTS - underWay);
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
