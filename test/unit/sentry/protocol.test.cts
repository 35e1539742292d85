import { derivePublicId, isPublicId } from '../../../nodes/SentryClientKeys/sentry/identity.ts';
import { nextCursor } from '../../../nodes/SentryClientKeys/sentry/pagination.ts';
import { pauseAfter, retryDelay } from '../../../nodes/SentryClientKeys/sentry/retryPolicy.ts';
import { ServerTime } from '../../../nodes/SentryClientKeys/sentry/serverTime.ts';
import type { Attempt, Method } from '../../../nodes/SentryClientKeys/sentry/types.ts';

const answer = (status: number, headers: Record<string, string> = {}): Attempt => ({
	answer: { status, headers, text: '' },
});
const silence: Attempt = { noAnswer: { code: 'ECONNRESET', reason: 'reset' } };

describe('whether a request is repeated', () => {
	const NOW = 1_700_000_000_000;
	const delay = (method: Method, attempt: Attempt, changes: object = {}) =>
		retryDelay(attempt, { method, retries: 0, maxRetries: 5, now: NOW, random: 0.5, ...changes });

	it.each(['GET', 'PUT', 'DELETE', 'POST'] as const)('%s after 429, always', (method) => {
		expect(delay(method, answer(429))).toBeGreaterThan(0);
	});

	it.each([408, 500, 502, 503, 504])(
		'reads and idempotent writes after %d, never a POST',
		(status) => {
			for (const method of ['GET', 'PUT', 'DELETE'] as const) {
				expect(delay(method, answer(status))).toBe(250);
			}
			expect(delay('POST', answer(status))).toBeUndefined();
		},
	);

	it('the same after no answer', () => {
		expect(delay('GET', silence)).toBe(250);
		expect(delay('POST', silence)).toBeUndefined();
	});

	it.each([200, 201, 302, 400, 401, 403, 404, 405, 415])('not after %d', (status) => {
		expect(delay('GET', answer(status))).toBeUndefined();
	});

	it('not more often than allowed', () => {
		expect(delay('GET', silence, { retries: 5 })).toBeUndefined();
		expect(delay('GET', answer(429), { maxRetries: 0 })).toBeUndefined();
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
		expect(delay('POST', answer(429, headers), { random: 0 })).toBe(least);
		expect(delay('POST', answer(429, headers), { random: 0.99 })).toBeLessThan(least + 500);
	});

	it('with pauses that double, up to half a minute', () => {
		const longest = [0, 1, 2, 10].map((retries) =>
			pauseAfter(silence, { retries, now: NOW, random: 1 }),
		);
		expect(longest).toEqual([500, 1000, 2000, 30_000]);
	});
});

describe("the next page's cursor", () => {
	const link = (results: string) =>
		`<https://other.example/api/0/x/?&cursor=7:0:1>; rel="previous"; results="false"; cursor="7:0:1", <https://other.example/api/0/x/?&cursor=3:0:0>; rel="next"; results="${results}"; cursor="3:0:0"`;

	it('is taken from the attribute while there are results', () => {
		expect(nextCursor(link('true'))).toBe('3:0:0');
	});

	it.each([
		['on the last page', link('false')],
		['without a header', undefined],
		[
			'with only a previous page',
			'<https://x/?cursor=7:0:1>; rel="previous"; results="true"; cursor="7:0:1"',
		],
		['in an unreadable header', 'nonsense'],
	])('is none %s', (_, header) => {
		expect(nextCursor(header)).toBeUndefined();
	});
});

describe("Sentry's clock", () => {
	/** Answers of a server whose clock is `ahead` behind ours, 20 ms apart. */
	function observed(ahead: number): number {
		const time = new ServerTime();
		for (let n = 0; n < 100; n++) {
			const sentAt = 1_700_000_000_123 + n * 20;
			const date = new Date(Math.floor((sentAt + 5 - ahead) / 1000) * 1000).toUTCString();
			time.observe({ status: 200, headers: { date }, text: '' }, sentAt, sentAt + 10);
		}
		return time.ahead;
	}

	it.each([0, 400, -400, 5000, -90_000])('is found to be %d ms off', (ahead) => {
		expect(Math.abs(observed(ahead) - ahead)).toBeLessThan(30);
	});

	it('is taken for ours until an answer says otherwise', () => {
		expect(new ServerTime().ahead).toBe(0);
		expect(observed(0)).toBe(0);
	});
});

describe('a derived public ID', () => {
	const parts = ['execution', 'n8n/workflow/1', 'node', 0, 0, 'acme', 'web-app'];

	it('has the form that Sentry takes and is always the same', () => {
		expect(derivePublicId('token', parts)).toMatch(/^[a-f0-9]{32}$/);
		expect(derivePublicId('token', parts)).toBe(derivePublicId('token', [...parts]));
	});

	it('changes with the token and with every part', () => {
		const ids = new Set([derivePublicId('token', parts), derivePublicId('other', parts)]);
		parts.forEach((part, index) => {
			const changed = parts.map((other, at) => (at === index ? `${part}x` : other));
			ids.add(derivePublicId('token', changed));
		});
		ids.add(
			derivePublicId('token', ['execution', 'n8n/workflow/1', 'node', 0, '0acme', 'web-app']),
		);
		expect(ids.size).toBe(parts.length + 3);
	});

	it.each(['', 'A'.repeat(32), 'a'.repeat(31), 5, null])('%p is none', (value) => {
		expect(isPublicId(value)).toBe(false);
	});
});
