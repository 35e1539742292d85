import { serverNow } from './serverTime';
import type { HttpResponse } from './types';

/** What Sentry says of its limiter on each response (src/sentry/middleware/ratelimit.py). */
export interface Budget {
	limit: number;
	remaining: number;
	/** Milliseconds since the epoch by the server's clock. */
	endsAt: number;
	concurrencyLimit: number;
	/** Under way when the server counted, ours among them. */
	atOnce: number;
}

/** What a response's headers say of the limiter; undefined if nothing, as self-hosted servers do. */
export function readBudget({ headers }: HttpResponse): Budget | undefined {
	const read = (name: string) => limiterHeader(headers, name);
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

/** How long a response asks to wait. */
export interface AskedWait {
	/** By the server's clock; negative where the moment is over. */
	milliseconds: number;
	/** The header that asks, as it came. */
	header: string;
}

/**
 * How long a response asks to wait: by `Retry-After` (a 429's, or that of a response that may be repeated),
 * or until Sentry's window ends (a 429's `X-Sentry-Rate-Limit-Reset`, seconds since the epoch by the
 * server's clock). Undefined where it does not say so readably.
 *
 * @param now this machine's clock
 */
export function askedWait(response: HttpResponse, now: number): AskedWait | undefined {
	const { headers, status } = response;
	const retryAfter = headers['retry-after'] ?? '';
	if (retryAfter !== '') {
		const seconds = Number(retryAfter);
		const milliseconds = Number.isNaN(seconds)
			? Date.parse(retryAfter) - serverNow(response, now)
			: Math.max(0, seconds * 1000);
		if (!Number.isNaN(milliseconds)) {
			return { milliseconds, header: `Retry-After: ${retryAfter}` };
		}
	}
	const reset = limiterHeader(headers, 'reset');
	if (status !== 429 || !(reset > 0)) return undefined;
	return {
		milliseconds: reset * 1000 - serverNow(response, now),
		header: `X-Sentry-Rate-Limit-Reset: ${headers['x-sentry-rate-limit-reset']}`,
	};
}

/** NaN where it is missing or no number. */
function limiterHeader(headers: HttpResponse['headers'], name: string): number {
	const value = headers[`x-sentry-rate-limit-${name}`];
	return value === undefined || value === '' ? NaN : Number(value);
}
