import { askedWait } from './rateLimitHeaders';
import type { AskedWait } from './rateLimitHeaders';
import type { Attempt, Method, NoResponse } from './types';

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

/** No single wait is longer; a server that asks for more is told of instead. */
export const LONGEST_WAIT_MS = 120_000;
/** A moment that is over for longer was not meant as one to wait for. */
const LONGEST_PAST_MS = 3_600_000;
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
	const response = 'response' in attempt ? attempt.response : undefined;
	const asked = response && askedWait(response, context.now);
	if (asked !== undefined && !isSensibleWait(asked.milliseconds)) return undefined;
	if (response?.status === 429) return rateLimitDelay(asked, context);
	if (context.method === 'POST' && !wasNeverSent(attempt)) return undefined;
	if (response !== undefined && response.status !== 408 && response.status < 500) return undefined;
	return pauseAfter(attempt, context);
}

/** The code of a request that n8n's SSRF protection did not let out; n8n's own error has none. */
export const SSRF_BLOCKED = 'SSRF_BLOCKED';

/** Where the connection failed before anything could be sent: no address, no listener, no trust. */
const NEVER_SENT =
	/^(?:SSRF_BLOCKED|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_INVALID_URL|ERR_TLS_CERT_ALTNAME_INVALID|CERT_.*|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*)$/;

/** Whether a request certainly did not reach the server. */
export function wasNeverSent(attempt: Attempt): boolean {
	if (!('noResponse' in attempt)) return false;
	return NEVER_SENT.test(attempt.noResponse.code) || isHttpsOnHttpPort(attempt.noResponse);
}

/**
 * Whether the other side does not speak TLS, as an http port does not. Node gives `EPROTO` with
 * OpenSSL's words; a later `EPROTO` may follow a request that was sent, so the words decide.
 */
export function isHttpsOnHttpPort({ code, reason }: NoResponse): boolean {
	return /wrong[_ ]version[_ ]number|packet[_ ]length[_ ]too[_ ]long|unknown[_ ]protocol/i.test(
		`${code} ${reason}`,
	);
}

/**
 * The pause after a try that got no usable response, in milliseconds: what the server asks for, else
 * exponential backoff with full jitter; never longer than `LONGEST_WAIT_MS`.
 */
export function pauseAfter(
	attempt: Attempt,
	{ now, random, retries }: Pick<RetryContext, 'now' | 'random' | 'retries'>,
): number {
	const asked = 'response' in attempt ? askedWait(attempt.response, now) : undefined;
	return asked === undefined ? backoffDelay(retries, random) : withinBounds(asked.milliseconds);
}

function backoffDelay(retries: number, random: number): number {
	return Math.round(random * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** retries));
}

/** After a 429 a little more than asked for, so that waiting requests don't return at one instant. */
function rateLimitDelay(asked: AskedWait | undefined, { random, retries }: RetryContext): number {
	if (asked === undefined) return 1000 + backoffDelay(retries, random);
	return withinBounds(withinBounds(asked.milliseconds) + Math.round(random * RATE_LIMIT_JITTER_MS));
}

function withinBounds(milliseconds: number): number {
	return Math.min(LONGEST_WAIT_MS, Math.max(0, milliseconds));
}

/** Whether a wait can be what the server meant, and is short enough to be waited out. */
export function isSensibleWait(milliseconds: number): boolean {
	return milliseconds <= LONGEST_WAIT_MS && milliseconds >= -LONGEST_PAST_MS;
}
