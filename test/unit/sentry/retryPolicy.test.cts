import {
	isSensibleWait,
	pauseAfter,
	retryDelay,
} from '../../../nodes/SentryClientKeys/sentry/retryPolicy.ts';
import type { Attempt, Method } from '../../../nodes/SentryClientKeys/sentry/types.ts';

const response = (status: number, headers: Record<string, string> = {}): Attempt => ({
	response: { status, headers, text: '' },
});
const silence: Attempt = { noResponse: { code: 'ECONNRESET', reason: 'reset' } };

describe('whether a request is repeated', () => {
	const NOW = 1_700_000_000_000;
	const delay = (method: Method, attempt: Attempt, changes: object = {}) =>
		retryDelay(attempt, { method, retries: 0, maxRetries: 5, now: NOW, random: 0.5, ...changes });

	it.each(['GET', 'PUT', 'DELETE', 'POST'] as const)('%s after 429, always', (method) => {
		expect(delay(method, response(429))).toBeGreaterThan(0);
	});

	it.each([408, 500, 502, 503, 504])(
		'reads and idempotent writes after %d, never a POST',
		(status) => {
			for (const method of ['GET', 'PUT', 'DELETE'] as const) {
				expect(delay(method, response(status))).toBe(250);
			}
			expect(delay('POST', response(status))).toBeUndefined();
		},
	);

	it('the same after no response', () => {
		expect(delay('GET', silence)).toBe(250);
		expect(delay('POST', silence)).toBeUndefined();
	});

	it.each([
		'ECONNREFUSED',
		'SSRF_BLOCKED',
		'ENOTFOUND',
		'EAI_AGAIN',
		'CERT_HAS_EXPIRED',
		'ERR_INVALID_URL',
	])('a POST after %s, too, because it was never sent', (code) => {
		expect(delay('POST', { noResponse: { code, reason: code } })).toBe(250);
	});

	it('a POST that asked an http port for https, but not after another EPROTO', () => {
		for (const words of ['wrong version number', 'packet length too long', 'unknown protocol']) {
			for (const said of [words, words.replaceAll(' ', '_').toUpperCase()]) {
				const reason = `write EPROTO 80CC:error:0A00010B:SSL routines:ssl3_get_record:${said}`;
				expect(delay('POST', { noResponse: { code: 'EPROTO', reason } })).toBe(250);
			}
		}
		expect(
			delay('POST', { noResponse: { code: 'EPROTO', reason: 'tlsv13 alert' } }),
		).toBeUndefined();
	});

	it.each<[string, number, object]>([
		['of a day after 429', 429, { 'retry-after': '86400' }],
		['of two minutes and a second after 503', 503, { 'retry-after': '121' }],
		['to a date next week', 503, { 'retry-after': 'Tue, 21 Nov 2023 22:13:20 GMT' }],
		['to a reset in milliseconds', 429, { 'x-sentry-rate-limit-reset': '1700000002000' }],
		['to a reset that is hours over', 429, { 'x-sentry-rate-limit-reset': '1699980000' }],
	])('not after a wait %s', (_, status, headers) => {
		expect(delay('GET', response(status, headers as Record<string, string>))).toBeUndefined();
		const pause = { retries: 0, now: NOW, random: 0.5 };
		expect(
			pauseAfter(response(status, headers as Record<string, string>), pause),
		).toBeLessThanOrEqual(120_000);
	});

	it.each([600_000, -600_000])("by the server's clock, when ours is %d ms off", (ahead) => {
		const at = { now: NOW + ahead, random: 0 };
		const date = new Date(NOW).toUTCString();
		const reset = response(429, { date, 'x-sentry-rate-limit-reset': '1700000002' });
		expect(delay('GET', reset, at)).toBe(2000);
		const until = response(503, { date, 'retry-after': 'Tue, 14 Nov 2023 22:13:23 GMT' });
		expect(delay('GET', until, at)).toBe(3000);
	});

	it.each(['ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'EPIPE', ''])(
		'not a POST after %p: it may have arrived',
		(code) => {
			expect(delay('POST', { noResponse: { code, reason: code } })).toBeUndefined();
		},
	);

	it.each([200, 201, 302, 400, 401, 403, 404, 405, 415])('not after %d', (status) => {
		expect(delay('GET', response(status))).toBeUndefined();
	});

	it.each([502, 503, 504])('not a POST after %d, even if it is asked to come back', (status) => {
		expect(delay('POST', response(status, { 'retry-after': '1' }))).toBeUndefined();
	});

	it('not more often than allowed', () => {
		expect(delay('GET', silence, { retries: 4 })).toBeGreaterThan(0);
		expect(delay('GET', silence, { retries: 5 })).toBeUndefined();
		expect(delay('GET', response(429), { maxRetries: 0 })).toBeUndefined();
	});

	it.each([
		['until the reset', { 'x-sentry-rate-limit-reset': '1700000002' }, 2000],
		['at once if the reset is over', { 'x-sentry-rate-limit-reset': '1699999999' }, 0],
		[
			'as Retry-After says, in seconds',
			{ 'retry-after': '7', 'x-sentry-rate-limit-reset': '1700000002' },
			7000,
		],
		['as Retry-After says, by date', { 'retry-after': 'Tue, 14 Nov 2023 22:13:23 GMT' }, 3000],
		['a second without any hint', {}, 1000],
	])('a 429 is waited out %s', (_, headers, least) => {
		expect(delay('POST', response(429, headers), { random: 0 })).toBe(least);
		expect(delay('POST', response(429, headers), { random: 0.99 })).toBeLessThan(least + 500);
	});

	it.each([
		['as Retry-After says', { 'retry-after': '7' }, 7000, 7000],
		['at once after a date that is over', { 'retry-after': 'Tue, 14 Nov 2023 22:13:19 GMT' }, 0, 0],
		['at once after a negative number', { 'retry-after': '-5' }, 0, 0],
		['as if it had no Retry-After that it cannot read', { 'retry-after': 'soon' }, 0, 499],
		['whatever the rate limit says', { 'x-sentry-rate-limit-reset': '1700000009' }, 0, 499],
	])('a 503 is waited out %s', (_, headers, least, most) => {
		const [soonest, latest] = [0, 0.999].map((random) =>
			delay('GET', response(503, headers), { random }),
		);
		expect(soonest).toBe(least);
		expect(latest).toBeGreaterThanOrEqual(most);
		expect(latest).toBeLessThanOrEqual(most + 1);
	});

	it.each(['', 'soon', '0', '-1'])(
		'a 429 whose reset is %p is waited out a second and more',
		(reset) => {
			const attempt = response(429, { 'x-sentry-rate-limit-reset': reset });
			expect(delay('POST', attempt, { random: 0 })).toBe(1000);
			expect(delay('POST', attempt, { random: 0.999, retries: 4 })).toBeGreaterThan(5000);
		},
	);

	it('no two that wait for the same reset come back at the same instant', () => {
		const attempt = response(429, { 'x-sentry-rate-limit-reset': '1700000002' });
		const delays = [0, 0.25, 0.5, 0.75].map((random) => delay('GET', attempt, { random }));
		expect(delays).toEqual([2000, 2063, 2125, 2188]);
	});

	it.each([0, 1, 5, 6, 19])(
		'with a pause from nothing up to the longest, in retry %d',
		(retries) => {
			const pause = (random: number) => pauseAfter(silence, { retries, now: NOW, random });
			const longest = Math.min(30_000, 500 * 2 ** retries);
			expect(pause(0)).toBe(0);
			expect(pause(0.5)).toBe(longest / 2);
			expect(pause(0.999_999)).toBeGreaterThan(0.99 * longest);
			expect(pause(0.999_999)).toBeLessThanOrEqual(longest);
		},
	);

	it('with pauses that double, up to half a minute', () => {
		const longest = [0, 1, 2, 10].map((retries) =>
			pauseAfter(silence, { retries, now: NOW, random: 1 }),
		);
		expect(longest).toEqual([500, 1000, 2000, 30_000]);
	});
});

it.each([
	[120_000, true],
	[120_001, false],
	[0, true],
	[-3_600_000, true],
	[-3_600_001, false],
])('a wait of %d ms makes sense: %p', (milliseconds, expected) => {
	expect(isSensibleWait(milliseconds)).toBe(expected);
});
