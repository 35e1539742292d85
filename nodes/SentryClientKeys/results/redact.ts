import { isRecord } from '../sentry/json';

/** A copy of a key without its secrets: null stands where one was. */
export function redactKey<Key extends { secret?: unknown; dsn?: unknown }>(key: Key): Key {
	const { dsn } = key;
	return {
		...key,
		...('secret' in key && { secret: null }),
		...(isRecord(dsn) && 'secret' in dsn && { dsn: { ...dsn, secret: null } }),
	};
}

/** The same for a response body: one key, or a list of keys. */
export function redactBody(body: unknown): unknown {
	if (Array.isArray(body)) return body.map(redactBody);
	return isRecord(body) ? redactKey(body) : body;
}
