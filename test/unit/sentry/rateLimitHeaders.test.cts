import { askedWait, readBudget } from '../../../nodes/SentryClientKeys/sentry/rateLimitHeaders.ts';
import type { Budget } from '../../../nodes/SentryClientKeys/sentry/rateLimitHeaders.ts';

describe('what the limiter tells', () => {
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
		expect(read({})).toEqual({
			limit: 40,
			remaining: 39,
			endsAt: 1_700_000_001_000,
			concurrencyLimit: 20,
			atOnce: 1,
		});
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

describe('how long a response asks to wait', () => {
	const asked = (status: number, headers: Record<string, string>) =>
		askedWait({ status, headers, text: '' }, 1_700_000_000_000);

	it.each<[number, Record<string, string>, object | undefined]>([
		[503, { 'retry-after': '7' }, { milliseconds: 7000, header: 'Retry-After: 7' }],
		[
			429,
			{ 'x-sentry-rate-limit-reset': '1700000002' },
			{ milliseconds: 2000, header: 'X-Sentry-Rate-Limit-Reset: 1700000002' },
		],
		[503, { 'x-sentry-rate-limit-reset': '1700000002' }, undefined],
		[429, {}, undefined],
	])('is told by a %d with %j', (status, headers, expected) => {
		expect(asked(status, headers)).toEqual(expected);
	});
});
