import { schedule } from '../../../nodes/SentryClientKeys/sentry/paceSchedule.ts';
import type { PaceState } from '../../../nodes/SentryClientKeys/sentry/paceSchedule.ts';

describe('the schedule', () => {
	const NOW = 1_700_000_000_000;
	const idle: PaceState = {
		waiting: 3,
		underWay: 0,
		hasResponse: true,
		pausedUntil: 0,
		lastStart: 0,
		roundTripMs: 0,
		concurrency: 25,
		window: undefined,
		isClockUnsure: false,
	};
	const used = { limit: 40, remaining: 0, spread: 20, endsAt: NOW + 700 };

	it.each<[string, Partial<PaceState>, number, number | undefined]>([
		['all without a limit', {}, 3, undefined],
		['one before the first response', { hasResponse: false, waiting: 9 }, 1, undefined],
		['none in a pause', { pausedUntil: NOW + 200 }, 0, NOW + 200],
		['none of a window that is used up', { window: used }, 0, NOW + 700],
		['all of the first part at once', { window: { ...used, remaining: 24 } }, 3, undefined],
		[
			'the first half, then a look',
			{ waiting: 9, window: { ...used, remaining: 24 } },
			4,
			NOW + 700,
		],
		['the other part evenly', { window: { ...used, remaining: 6 } }, 1, NOW + 100],
		[
			'one each quarter of a second at least',
			{ window: { ...used, remaining: 6, endsAt: NOW + 60_000 } },
			1,
			NOW + 250,
		],
		[
			'none before its turn',
			{ window: { ...used, remaining: 6 }, lastStart: NOW - 30 },
			0,
			NOW + 70,
		],
		[
			'what is left, if the responses come only after the end',
			{ window: { ...used, remaining: 2 }, roundTripMs: 700 },
			2,
			NOW + 700,
		],
		['all in the instant at which it ends', { window: { ...used, endsAt: NOW } }, 3, undefined],
		[
			'one of a new window if the clocks may differ',
			{ window: { ...used, endsAt: NOW }, isClockUnsure: true },
			1,
			undefined,
		],
		[
			'no more than the server bears at once',
			{ window: { ...used, remaining: 39 }, concurrency: 1 },
			1,
			NOW + 700,
		],
		['all, if the end is a year ahead', { window: { ...used, endsAt: NOW * 2 } }, 3, undefined],
		['all, if the pause is a year long', { pausedUntil: NOW * 2 }, 3, undefined],
		['nothing, and no look, if none waits', { waiting: 0, window: used }, 0, undefined],
	])('starts %s', (_, changes, start, wakeAt) => {
		expect(schedule({ ...idle, ...changes }, NOW)).toEqual({ start, wakeAt });
	});

	it.each([
		{ limit: 1, spread: 0 },
		{ limit: 2, spread: 1 },
	])('forgets nothing, whatever the order of arrivals, responses and ticks: %j', (share) => {
		let states = 0;
		/** Windows of two ticks; a response tells of the window it came in. */
		const explore = (state: PaceState, now: number, arrivals: number) => {
			const next = schedule(state, now);
			const after = {
				...state,
				waiting: state.waiting - next.start,
				underWay: state.underWay + next.start,
			};
			states += 1;
			if (after.waiting > 0 && after.underWay === 0) expect(next.wakeAt).toBeGreaterThan(now);
			if (next.wakeAt !== undefined) expect(next.wakeAt).toBeGreaterThan(now);
			expect(after.waiting).toBeGreaterThanOrEqual(0);
			if (arrivals < 3) {
				explore({ ...after, waiting: after.waiting + 1 }, now, arrivals + 1);
			}
			if (after.underWay > 0) {
				const endsAt = (Math.floor(now / 2) + 1) * 2;
				for (const isRefused of [false, true]) {
					for (const remaining of [0, 1]) {
						explore(
							{
								...after,
								underWay: after.underWay - 1,
								hasResponse: true,
								lastStart: now,
								window: { ...share, remaining, endsAt },
								pausedUntil: isRefused ? now + 1 : after.pausedUntil,
								isClockUnsure: remaining === 0,
							},
							now,
							arrivals,
						);
					}
				}
			}
			if (now < 4) explore(after, now + 1, arrivals);
		};
		explore({ ...idle, waiting: 0, hasResponse: false }, 0, 0);
		expect(states).toBeGreaterThan(1000);
	});
});
