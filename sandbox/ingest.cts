import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

import { detail } from './responses.cts';
import type { ApiResponse } from './responses.cts';
import type { Store } from './store.cts';
import type { KeyRecord, Outcome } from './types.cts';

export interface IngestRequest {
	projectId: string;
	headers: Record<string, string | string[] | undefined>;
	query: Record<string, string | undefined>;
	body: Buffer;
}

/**
 * Event ingestion as Relay does it, as far as a key's life shows in it: an unknown or disabled key is
 * refused, a rate limit holds, anything else is accepted.
 */
export class Ingest {
	private readonly windows = new Map<string, { start: number; used: number }>();

	constructor(private readonly store: Store) {}

	handle({ projectId, headers, query, body }: IngestRequest): ApiResponse {
		const payload = decompress(body, String(headers['content-encoding'] ?? ''));
		const publicKey = publicKeyOf(headers, query, payload);
		const key = this.store.key(publicKey);
		if (key === undefined || String(key.projectId) !== projectId) {
			return detail(403, 'event submission rejected with_reason: ProjectId');
		}
		if (!key.isActive) return detail(403, 'event submission rejected with_reason: ProjectDisabled');
		const retryAfter = this.retryAfter(key);
		if (retryAfter !== undefined) {
			count(key, 'dropped');
			return detail(429, 'Creation of this event was denied due to rate limiting', {
				'Retry-After': String(retryAfter),
				'X-Sentry-Rate-Limits': `${retryAfter}:error:key`,
			});
		}
		count(key, 'accepted');
		const eventId = /"event_id"\s*:\s*"([a-f0-9]{32})"/.exec(payload)?.[1] ?? '';
		this.store.events.push({ eventId, projectId: key.projectId, publicKey, payload });
		return { status: 200, body: { id: eventId } };
	}

	/** Seconds until the key takes events again; undefined if it does now. */
	private retryAfter(key: KeyRecord): number | undefined {
		if (!key.rateLimitCount || !key.rateLimitWindow) return undefined;
		const now = Date.now() / 1000;
		const known = this.windows.get(key.public);
		const window =
			known !== undefined && now < known.start + key.rateLimitWindow
				? known
				: { start: now, used: 0 };
		this.windows.set(key.public, window);
		window.used += 1;
		return window.used <= key.rateLimitCount
			? undefined
			: Math.ceil(window.start + key.rateLimitWindow - now);
	}
}

function count(key: KeyRecord, outcome: Outcome): void {
	key.usage.push({ outcome, at: Math.floor(Date.now() / 1000) });
}

function publicKeyOf(
	headers: IngestRequest['headers'],
	query: IngestRequest['query'],
	payload: string,
): string {
	const auth = String(headers['x-sentry-auth'] ?? '');
	return (
		query.sentry_key ??
		/sentry_key=([a-f0-9]{32})/.exec(auth)?.[1] ??
		/"dsn"\s*:\s*"https?:\/\/([a-f0-9]{32})[:@]/.exec(payload)?.[1] ??
		''
	);
}

function decompress(body: Buffer, encoding: string): string {
	switch (encoding) {
		case 'gzip':
			return gunzipSync(body).toString();
		case 'deflate':
			return inflateSync(body).toString();
		case 'br':
			return brotliDecompressSync(body).toString();
		default:
			return body.toString();
	}
}
