import type { ApiResponse } from './responses.cts';

export interface LimiterSettings {
	/** Requests per window. */
	limit: number;
	windowSeconds: number;
	/** Requests at the same time. */
	concurrent: number;
}

/** What sentry.io allows on most endpoints for client keys. */
export const SENTRY_IO: LimiterSettings = { limit: 40, windowSeconds: 1, concurrent: 25 };

/** The most requests per window for a key's figures (project_key_stats.py). */
const STATS_LIMIT = 20;

interface Bucket {
	window: number;
	used: number;
	atOnce: number;
}

/**
 * Sentry's limiter: fixed windows on full seconds, and a cap on what runs at the same time, per bucket
 * (middleware/ratelimit.py). It answers before the handler, so a refused request does nothing.
 */
export class Limiter {
	private readonly buckets = new Map<string, Bucket>();

	constructor(private readonly settings: LimiterSettings) {}

	/**
	 * Takes a request in; `refusal` is set if it may not run. `done` frees its place.
	 *
	 * @param caller whose requests are counted together
	 */
	enter(
		{ method, path }: { method: string; path: string },
		caller: string | null,
	): {
		headers: Record<string, string>;
		refusal: ApiResponse | undefined;
		done: () => void;
	} {
		const { windowSeconds, concurrent } = this.settings;
		const endpoint = endpointOf(path);
		const limit = Math.min(this.settings.limit, endpoint === 'stats' ? STATS_LIMIT : Infinity);
		const bucketName = `${method} ${endpoint} ${caller}`;
		const window = Math.floor(Date.now() / 1000 / windowSeconds);
		const bucket = this.buckets.get(bucketName) ?? { window, used: 0, atOnce: 0 };
		this.buckets.set(bucketName, bucket);
		if (bucket.window !== window) Object.assign(bucket, { window, used: 0 });
		bucket.used += 1;
		bucket.atOnce += 1;
		const headers = {
			'X-Sentry-Rate-Limit-Limit': String(limit),
			'X-Sentry-Rate-Limit-Remaining': String(Math.max(0, limit - bucket.used)),
			'X-Sentry-Rate-Limit-Reset': String((window + 1) * windowSeconds),
			'X-Sentry-Rate-Limit-ConcurrentLimit': String(concurrent),
			'X-Sentry-Rate-Limit-ConcurrentRemaining': String(Math.max(0, concurrent - bucket.atOnce)),
		};
		const text =
			bucket.used > limit
				? `You are attempting to use this endpoint too frequently. Limit is ${limit} requests in ${windowSeconds} seconds`
				: bucket.atOnce > concurrent
					? `You are attempting to go above the allowed concurrency for this endpoint. Concurrency limit is ${concurrent}`
					: undefined;
		return {
			headers,
			refusal: text === undefined ? undefined : tooManyRequests(text),
			done: () => {
				bucket.atOnce -= 1;
			},
		};
	}
}

/** Lists, creates and figures have a bucket each; everything else shares one per method. */
function endpointOf(path: string): string {
	return /\/((?:project-)?keys|stats)\/$/.exec(path)?.[1] ?? 'default';
}

/** JSON under the name of HTML: Sentry answers a 429 outside its API framework. */
export function tooManyRequests(text: string): ApiResponse {
	return {
		status: 429,
		body: { detail: text },
		headers: { 'Content-Type': 'text/html; charset=utf-8' },
	};
}
