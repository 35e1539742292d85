import { detail } from '../responses.cts';
import type { ApiResponse } from '../responses.cts';
import type { ApiRequest } from '../apiRequest.cts';
import type { KeyRecord, Outcome } from '../types.cts';

/** Seconds of each resolution that figures are kept in (SENTRY_TSDB_ROLLUPS). */
const RESOLUTIONS: Partial<Record<string, number>> = { '10s': 10, '1h': 3600, '1d': 86_400 };

/** Sentry gives no more points at once (snuba/sessions_v2.py). */
const MAX_POINTS = 1000;

const DAY_S = 86_400;

/**
 * What came in through a key: a point for each step from the one that `since` is in to the last that
 * begins before `until`, both in seconds since the epoch, by default the last 24 hours
 * (project_key_stats.py, snuba/metrics/utils.py `to_intervals`).
 */
export function keyStats({ usage }: KeyRecord, { query }: ApiRequest): ApiResponse {
	const step = RESOLUTIONS[query.resolution ?? '1d'];
	const until = seconds(query.until) ?? Math.floor(Date.now() / 1000);
	const since = seconds(query.since) ?? until - DAY_S;
	if (step === undefined || !(since <= until)) return INVALID;
	const first = since - (since % step);
	const count = Math.ceil((until - first) / step);
	if (!(count <= MAX_POINTS)) return INVALID;
	return {
		status: 200,
		body: Array.from({ length: count }, (_, n) => pointAt(first + n * step, step, usage)),
	};
}

const INVALID = detail(400, 'Invalid request data');

/** NaN if it is no number, which fits no window. */
function seconds(text: string | undefined): number | undefined {
	return text === undefined || text === '' ? undefined : Number(text);
}

function pointAt(ts: number, step: number, usage: KeyRecord['usage']): object {
	const counted = usage.filter(({ at }) => at >= ts && at < ts + step);
	const of = (wanted: Outcome) => counted.filter(({ outcome }) => outcome === wanted).length;
	return {
		ts,
		total: counted.length,
		dropped: of('dropped'),
		accepted: of('accepted'),
		filtered: of('filtered'),
	};
}
