import { keyStatsCall } from '../endpoints';
import type { ProjectRef } from '../endpoints';
import type { ApiResponse, SentryClient } from '../client';
import { SentryError } from '../errors';
import { isRecord } from '../json';

/** How many errors a key brought into its project in the last days; other events are not counted. */
export interface KeyUsage {
	accepted: number;
	/** Refused by the project's inbound filters. */
	filtered: number;
	/** Over a rate limit or quota. */
	dropped: number;
	/** How many days back it counts. */
	days: number;
}

interface Point {
	accepted: number;
	filtered?: number;
	dropped?: number;
}

const DAY_S = 86_400;

/**
 * Counts a key's events.
 *
 * @returns undefined where the server has no such figures: the endpoint is private and may change
 * @throws SentryError if the server could have answered and did not
 */
export async function keyUsage(
	sentry: SentryClient,
	project: ProjectRef,
	keyId: string,
	days: number,
): Promise<{ usage: KeyUsage; response: ApiResponse<Point[]> } | undefined> {
	const until = Math.floor(sentry.clock.now() / 1000);
	const response = await sentry
		.request<Point[]>(keyStatsCall(project, keyId, until - days * DAY_S, until))
		.catch((reason: unknown) =>
			reason instanceof SentryError && isWithoutFigures(reason)
				? undefined
				: Promise.reject(reason as Error),
		);
	// Figures of another shape are none: a key that is used must not look as if it were not.
	if (response === undefined || !response.body.every(isPoint) || response.body.length === 0) {
		return undefined;
	}
	const sum = (count: keyof Point) =>
		response.body.reduce((total, point) => total + (point[count] ?? 0), 0);
	return {
		usage: {
			accepted: sum('accepted'),
			filtered: sum('filtered'),
			dropped: sum('dropped'),
			days,
		},
		response,
	};
}

/** No such route, or not for this token; what is not Sentry's own response is a web app's page. */
function isWithoutFigures({ details: { code, status = 0 } }: SentryError): boolean {
	return code === 'unexpected_response' || [400, 403, 404].includes(status);
}

function isPoint(value: unknown): value is Point {
	return (
		isRecord(value) &&
		typeof value.accepted === 'number' &&
		[value.filtered, value.dropped].every(
			(count) => count === undefined || typeof count === 'number',
		)
	);
}
