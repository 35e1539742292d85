import {
	LimitShare,
	nextShare,
	readBudget,
} from '../../../nodes/SentryClientKeys/sentry/limitShare.ts';
import type { Budget } from '../../../nodes/SentryClientKeys/sentry/limitShare.ts';

it.each([
	['all, when nobody else sends', 10, 40, 0, Infinity],
	['what the others leave, at once', Infinity, 40, 15, 25],
	['what the others leave, when they take more', 25, 40, 20, 20],
	['half of what was left unused', 20, 40, 10, 25],
	['as many as before, when one was left unused', 25, 40, 14, 25],
	['a quarter, however many the others send', 30, 40, 40, 10],
])('the next share of a window is %s', (_, share, limit, others, next) => {
	expect(nextShare(share, limit, others)).toBe(next);
});

const told: Budget = {
	limit: 40,
	remaining: 39,
	endsAt: 1_700_000_001_000,
	concurrencyLimit: 20,
	atOnce: 1,
};
const OURS = { isLetIn: true, underWay: 0, ownAtOnce: 1 };

/** What a share has learned from some answers. */
function after(...answers: Array<Partial<Budget & typeof OURS>>): LimitShare {
	const share = new LimitShare();
	for (const answer of answers) {
		share.observe({ ...told, ...answer }, { ...OURS, ...answer });
	}
	return share;
}

const next = (seconds: number) => ({ endsAt: told.endsAt + seconds * 1000 });

describe('before the first answer', () => {
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
		expect(after({ remaining: 29 }).window).toMatchObject({ limit: 30, remaining: 29, spread: 15 });
	});

	it('takes none of ours that are under way for those of others', () => {
		expect(after({ remaining: 34, underWay: 5 }).window).toMatchObject({ limit: 40, spread: 4 });
	});

	it('counts no request of ours that was refused', () => {
		expect(after({ isLetIn: false, remaining: 20 }).window).toMatchObject({ limit: 20 });
	});

	it('has no more left than what was told last, in whichever order answers come', () => {
		const share = after({ remaining: 20, underWay: 30 }, { remaining: 25, underWay: 30 });
		expect(share.window).toMatchObject({ remaining: 20 });
	});

	it('is not set back by an answer of an earlier one', () => {
		const share = after(next(1), { remaining: 0 });
		expect(share.window).toMatchObject({ remaining: 39, ...next(1) });
	});

	it('holds what the others of the window before left', () => {
		const share = after({ remaining: 29 }, next(1));
		expect(share.window).toMatchObject({ remaining: 29, spread: 20 });
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
		['what others leave', [{ atOnce: 11 }], 9],
		['what others left in the window before', [{ atOnce: 11 }, { ...next(1), atOnce: 1 }], 9],
		['nine tenths again, after they stopped', [{ atOnce: 11 }, next(1), next(2)], 18],
		['none of others, where ours are counted', [{ atOnce: 8, ownAtOnce: 8 }], 18],
		['one at least', [{ concurrencyLimit: 1 }], 1],
		[
			'any number, where the server names none',
			[{ concurrencyLimit: Infinity, atOnce: 0 }],
			Infinity,
		],
	])('is %s', (_, answers, atOnce) => {
		expect(after(...answers).atOnce).toBe(atOnce);
	});
});

describe('the headers', () => {
	const headers = {
		'x-sentry-rate-limit-limit': '40',
		'x-sentry-rate-limit-remaining': '39',
		'x-sentry-rate-limit-reset': '1700000001',
		'x-sentry-rate-limit-concurrentlimit': '20',
		'x-sentry-rate-limit-concurrentremaining': '19',
	};
	const read = (changes: Record<string, string>) =>
		readBudget({ status: 200, text: '', headers: { ...headers, ...changes } });

	it('are read', () => {
		expect(read({})).toEqual(told);
	});

	it.each<[Record<string, string>]>([
		[{ 'x-sentry-rate-limit-limit': '0' }],
		[{ 'x-sentry-rate-limit-limit': 'None' }],
		[{ 'x-sentry-rate-limit-remaining': '-1' }],
		[{ 'x-sentry-rate-limit-remaining': '' }],
		[{ 'x-sentry-rate-limit-reset': 'soon' }],
	])('say nothing with %j', (changes) => {
		expect(read(changes)).toBeUndefined();
	});

	it.each<[Record<string, string>, Partial<Budget>]>([
		[{ 'x-sentry-rate-limit-concurrentlimit': 'None' }, { concurrencyLimit: Infinity, atOnce: 0 }],
		[{ 'x-sentry-rate-limit-concurrentremaining': 'None' }, { concurrencyLimit: 20, atOnce: 0 }],
	])('say less of concurrency with %j', (changes, expected) => {
		expect(read(changes)).toMatchObject(expected);
	});
});
