import { createHmac } from 'node:crypto';

/**
 * The public ID that a new key asks for: 32 hex digits, the form Sentry accepts
 * (`ProjectKeyPostSerializer` in src/sentry/api/serializers/rest_framework/project_key.py).
 *
 * The same parts give the same ID, on every worker, so a key whose answer was lost can be looked up;
 * without the secret nobody can foresee or recompute it.
 */
export function derivePublicId(secret: string, parts: ReadonlyArray<string | number>): string {
	return createHmac('sha256', secret).update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Whether a value can be a key's public ID. */
export function isPublicId(value: unknown): value is string {
	return typeof value === 'string' && /^[a-f0-9]{32}$/.test(value);
}
