import type { Attempt, HttpResponse, Method } from './types';

/** What the decision depends on; nothing else does. */
export interface RetryContext {
	method: Method;
	/** How many times the request was repeated already. */
	retries: number;
	maxRetries: number;
	/** Milliseconds since the epoch. */
	now: number;
	/** From 0 up to, not including, 1. */
	random: number;
}

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
const RATE_LIMIT_JITTER_MS = 250;

/**
 * Whether to repeat a request, and after how many milliseconds; undefined means not.
 *
 * 429 is repeated for every method: Sentry's limiter answers before the handler runs, so nothing was
 * done (src/sentry/middleware/ratelimit.py). A POST that may have reached the server is never repeated
 * here, because it may have made a key; `createOnce.ts` decides on that.
 */
export function retryDelay(attempt: Attempt, context: RetryContext): number | undefined {
	if (context.retries >= context.maxRetries) return undefined;
	const answer = 'answer' in attempt ? attempt.answer : undefined;
	if (answer?.status === 429) {
		return rateLimitDelay(answer, context);
	}
	if (context.method === 'POST' && !wasNeverSent(attempt)) return undefined;
	if (answer !== undefined && answer.status !== 408 && answer.status < 500) return undefined;
	return pauseAfter(attempt, context);
}

/** The code of a request that n8n's SSRF protection did not let out; n8n's own error has none. */
export const SSRF_BLOCKED = 'SSRF_BLOCKED';

/** Where the connection failed before anything could be sent: no address, no listener, no trust. */
const NEVER_SENT =
	/^(?:SSRF_BLOCKED|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_INVALID_URL|ERR_TLS_CERT_ALTNAME_INVALID|CERT_.*|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*)$/;

/** Whether a request certainly did not reach the server. */
export function wasNeverSent(attempt: Attempt): boolean {
	return 'noAnswer' in attempt && NEVER_SENT.test(attempt.noAnswer.code);
}

/**
 * The pause after a try that got no usable answer, in milliseconds: what the server asks for, else
 * exponential backoff with full jitter.
 */
export function pauseAfter(
	attempt: Attempt,
	{ now, random, retries }: Pick<RetryContext, 'now' | 'random' | 'retries'>,
): number {
	const answer = 'answer' in attempt ? attempt.answer : undefined;
	return retryAfter(answer, now) ?? backoffDelay(retries, random);
}

function backoffDelay(retries: number, random: number): number {
	return Math.round(random * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** retries));
}

/**
 * How long to wait after a 429, in milliseconds: as long as a gateway's `Retry-After` says, or until
 * Sentry's window ends, plus a little so that waiting requests don't return at the same instant.
 */
function rateLimitDelay(answer: HttpResponse, { now, random, retries }: RetryContext): number {
	const jitter = Math.round(random * RATE_LIMIT_JITTER_MS);
	const asked = retryAfter(answer, now);
	if (asked !== undefined) return asked + jitter;
	const reset = Number(answer.headers['x-sentry-rate-limit-reset']);
	if (reset > 0) return Math.max(0, reset * 1000 - now) + jitter;
	return 1000 + backoffDelay(retries, random);
}

/** `Retry-After` (seconds, or an HTTP date) as milliseconds from now. */
function retryAfter(answer: HttpResponse | undefined, now: number): number | undefined {
	const value = answer?.headers['retry-after'];
	if (value === undefined || value === '') return undefined;
	const seconds = Number(value);
	const delay = Number.isNaN(seconds) ? Date.parse(value) - now : seconds * 1000;
	return Number.isNaN(delay) ? undefined : Math.max(0, delay);
}
