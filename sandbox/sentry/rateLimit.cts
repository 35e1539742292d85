/** A key's limit as it would be stored. */
export interface StoredLimit {
	count: number | null;
	window: number | null;
}

/** Sentry's handler fails, on half a pair or a number that its database can't hold: 500 to the client. */
export class HandlerError extends Error {}

const MAX_INTEGER = 2_147_483_647;

/**
 * What POST stores of a valid `rateLimit` (api/endpoints project_keys.py).
 *
 * @throws HandlerError as the original does
 */
export function limitOnCreate(sent: unknown): StoredLimit {
	if (sent === undefined) return NO_LIMIT;
	const { count, window } = read(sent);
	if (count === undefined || (count !== 0 && count !== null && window === undefined)) {
		throw new HandlerError();
	}
	return count && window ? { count, window } : NO_LIMIT;
}

/**
 * What PUT stores; undefined leaves the limit as it is (project_key_details.py).
 *
 * @throws HandlerError as the original does
 */
export function limitOnUpdate(sent: unknown): StoredLimit | undefined {
	if (sent === undefined) return undefined;
	if (sent === null) return NO_LIMIT;
	if (Object.keys(sent).length === 0) return undefined;
	const { count, window } = read(sent);
	if (count === undefined) throw new HandlerError();
	if (count === null) return NO_LIMIT;
	if (window === undefined) throw new HandlerError();
	return window === null ? NO_LIMIT : { count, window };
}

const NO_LIMIT: StoredLimit = { count: null, window: null };

function read(sent: unknown): Record<keyof StoredLimit, number | null | undefined> {
	const number = (value: unknown) => {
		if (value === undefined) return undefined;
		if (value === null || value === '') return null;
		if (Number(value) > MAX_INTEGER) throw new HandlerError();
		return Number(value);
	};
	const { count, window } = sent as Record<keyof StoredLimit, unknown>;
	return { count: number(count), window: number(window) };
}
