import { createHmac } from 'node:crypto';

import { SentryError } from '../errors';
import { isRecord } from '../json';
import { quote } from '../paths';
import type { ClientKey } from '../types';

/**
 * The public ID that a new key asks for: 32 hex digits, the form Sentry accepts
 * (`ProjectKeyPostSerializer` in src/sentry/api/serializers/rest_framework/project_key.py).
 *
 * The same parts give the same ID, on every worker, so a key whose response was lost can be looked up;
 * without the secret nobody can foresee or recompute it.
 */
export function derivePublicId(secret: string, parts: ReadonlyArray<string | number>): string {
	return createHmac('sha256', secret).update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Whether a value can be a key's public ID. */
export function isPublicId(value: unknown): value is string {
	return typeof value === 'string' && /^[a-f0-9]{32}$/.test(value);
}

/** The public IDs that a key may get, one after the other, and how to know the key again. */
export interface IdChoice {
	/** The ID to ask for after so many others belonged to other keys. */
	at(step: number): string;
	/** Whether there is one ID only, which stands for the key in every run. */
	isFixed: boolean;
	/**
	 * Whether a key that stands under the ID is the one that is to be made.
	 *
	 * @param now the server's clock, milliseconds since the epoch
	 * @throws SentryError if it is another one, and the ID is fixed
	 */
	isOwn(found: ClientKey, now: number): boolean;
}

/** Execution numbers start again in a new database, so an older key under the same ID is another one. */
export const OLDEST_OWN_MS = 24 * 60 * 60 * 1000;

/**
 * The IDs of a key that is made for one item of one execution. A key under such an ID is its own if it
 * has what was asked for and is at most a day old.
 *
 * @param derive an ID for each step, the same in every try of the item
 * @param hasOwnLimit whether the limit tells it; another run may have changed that of a key for a name
 * @param sent the ID that an earlier try is known to have sent: its key is the one, also days later
 */
export function itemIds(
	derive: (step: number) => string,
	body: Record<string, unknown>,
	{ hasOwnLimit = true, sent }: { hasOwnLimit?: boolean; sent?: string | undefined } = {},
): IdChoice {
	return {
		at: derive,
		isFixed: false,
		isOwn: (found, now) =>
			found.id === sent ||
			(!isOtherName(found, body) &&
				!(hasOwnLimit && isOtherLimit(found, body)) &&
				now - (Date.parse(found.dateCreated ?? '') || now) <= OLDEST_OWN_MS),
	};
}

/**
 * The ID of a key that the user's idempotency key stands for: one for all runs. A key without a limit
 * is no conflict, because the plan may have dropped it.
 */
export function idempotentId(id: string, body: Record<string, unknown>): IdChoice {
	return {
		at: () => id,
		isFixed: true,
		isOwn(found) {
			const differing = [
				...(isOtherName(found, body) ? ['name'] : []),
				...(isOtherLimit(found, body) ? ['rate limit'] : []),
			];
			if (differing.length === 0) return true;
			throw new SentryError(
				"'Options > Idempotency Key' was used before for another client key",
				`It stands for the client key ${found.id} (${quote(found.name ?? '')}), whose ${differing.join(' and ')} differs from what is asked for now. Nothing was created. Use a new value for a new key, or ask for the same ${differing.join(' and ')} as before.`,
				{ code: 'idempotency_conflict', keyId: found.id, differing },
			);
		},
	};
}

/**
 * The ID that the user chose in the body. A key that had it before is not the one to be made.
 *
 * @param elapsed milliseconds since the first request that carried it
 */
export function chosenId(id: string, elapsed: () => number): IdChoice {
	return {
		at: () => id,
		isFixed: false,
		isOwn(found, now) {
			// `Date` has whole seconds, and the key's own time may be rounded too.
			if (!(now - Date.parse(found.dateCreated ?? '') > elapsed() + 2000)) return true;
			throw new SentryError(
				'A client key with this public ID exists already',
				`It is called ${quote(found.name ?? '')}. Nothing was created. Leave 'public' out of the body, or choose another one.`,
				{ code: 'rejected_fields', keyId: id },
			);
		},
	};
}

function isOtherName({ name }: ClientKey, body: Record<string, unknown>): boolean {
	return body.name !== undefined && body.name !== name;
}

function isOtherLimit({ rateLimit }: ClientKey, body: Record<string, unknown>): boolean {
	const asked = isRecord(body.rateLimit) ? body.rateLimit : {};
	return !!rateLimit && (rateLimit.count !== asked.count || rateLimit.window !== asked.window);
}
