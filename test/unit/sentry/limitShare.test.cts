import fc from 'fast-check';
import { LimitShare, nextShare } from '../../../nodes/SentryClientKeys/sentry/limitShare.ts';
import type { Budget } from '../../../nodes/SentryClientKeys/sentry/rateLimitHeaders.ts';

it.each([
	['all of it, when nobody else sends', 40, 10, 0, Infinity],
	['our part of what was used, but for a reserve', 40, 30, 10, 28],
	['more, where less than all was used', 40, 10, 10, 19],
	['a fifth, however many the others send', 40, 1, 39, 8],
	['a fifth, after a window that let in none of ours', 40, 0, 40, 8],
	['one, of the smallest limit', 1, 1, 1, 1],
])('the next share of a limit is %s', (_, limit, own, others, next) => {
	expect(nextShare(limit, own, others)).toBe(next);
});

it('those who share a limit fit into it after one window, whatever each of them took', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 20, max: 200 }),
			fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 2, maxLength: 4 }),
			(limit, taken) => {
				const all = taken.reduce((sum, own) => sum + own, 0);
				const next = taken.map((own) => nextShare(limit, own, all - own));
				const least = Math.floor(limit * 0.2);
				expect(next.every((share) => share >= least)).toBe(true);
				const above = next.filter((share) => share > least);
				expect(above.reduce((sum, share) => sum + share, 0)).toBeLessThan(limit);
			},
		),
	);
});

const told: Budget = {
	limit: 40,
	remaining: 39,
	endsAt: 1_700_000_001_000,
	concurrencyLimit: 20,
	atOnce: 1,
};
const OURS = { isLetIn: true, underWay: 0, ownAtOnce: 1 };

/** What a share has learned from some responses. */
function after(...responses: Array<Partial<Budget & typeof OURS>>): LimitShare {
	const share = new LimitShare();
	for (const response of responses) {
		share.observe({ ...told, ...response }, { ...OURS, ...response });
	}
	return share;
}

const next = (seconds: number) => ({ endsAt: told.endsAt + seconds * 1000 });

describe('before the first response', () => {
	it('nothing is known of a window, and nothing holds back', () => {
		const share = new LimitShare();
		expect(share.window).toBeUndefined();
		expect(share.atOnce).toBe(Infinity);
	});
});

describe('the window', () => {
	it('is ours alone as long as the limiter counts our requests only', () => {
		expect(after({}).window).toEqual({ limit: 40, remaining: 39, spread: 4, endsAt: told.endsAt });
	});

	it('is spread as soon as somebody else is counted', () => {
		expect(after({ remaining: 38 }).window).toMatchObject({ limit: 19, remaining: 18, spread: 10 });
	});

	it('is ours in proportion as soon as others are seen in it', () => {
		const share = after({}, { remaining: 34 }, { remaining: 33 });
		expect(share.window).toMatchObject({ limit: 16, remaining: 13 });
	});

	it('takes none of ours that are under way for those of others', () => {
		expect(after({ remaining: 34, underWay: 5 }).window).toMatchObject({ limit: 40, spread: 4 });
	});

	it('counts no request of ours that was refused', () => {
		const share = after({}, { isLetIn: false, remaining: 36 });
		expect(share.window).toMatchObject({ limit: 9, remaining: 8 });
	});

	it('has no more left than what was told last, in whichever order responses come', () => {
		const share = after({ remaining: 20, underWay: 30 }, { remaining: 25, underWay: 30 });
		expect(share.window).toMatchObject({ remaining: 20 });
	});

	it('is not set back by a response of an earlier one', () => {
		const share = after(next(1), { remaining: 0 });
		expect(share.window).toMatchObject({ remaining: 39, ...next(1) });
	});

	it('holds our part of what was used in the window before', () => {
		const share = after({ remaining: 38 }, next(1));
		expect(share.window).toMatchObject({ remaining: 18, spread: 20 });
	});

	it('is ours alone again a window after the others have stopped', () => {
		const share = after({ remaining: 29 }, next(1), next(2));
		expect(share.window).toMatchObject({ limit: 40, remaining: 39, spread: 4 });
	});

	it('of one request is not spread', () => {
		expect(after({ limit: 1, remaining: 0 }).window).toMatchObject({ spread: 0 });
	});
});

describe('what may be under way at once', () => {
	it.each([
		['nine tenths of what the server bears', [{}], 18],
		['our part of them, when others are seen', [{ atOnce: 2 }], 8],
		['our part in the window before', [{ atOnce: 2 }, { ...next(1), atOnce: 1 }], 8],
		['nine tenths again, after they stopped', [{ atOnce: 2 }, next(1), next(2)], 18],
		['none of others, where ours are counted', [{ atOnce: 8, ownAtOnce: 8 }], 18],
		['one at least', [{ concurrencyLimit: 1 }], 1],
		[
			'any number, where the server names none',
			[{ concurrencyLimit: Infinity, atOnce: 0 }],
			Infinity,
		],
	])('is %s', (_, responses, atOnce) => {
		expect(after(...responses).atOnce).toBe(atOnce);
	});
});
