import { InvalidInputError } from '../errors';
import { pathSegment, quote } from '../paths';
import { digitsOf } from '../serverNames';
import { refuseExpression } from '../values';

/** 32 hex digits (Sentry), or a UUID with dashes (GlitchTip). */
const KEY_ID = /^(?:[\da-f]{32}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;

/** What an expression leaves as text when it found nothing. */
const NOTHING = new Set(['undefined', 'null', 'NaN', '[object Object]', 'true', 'false']);

/**
 * The digits of a client key's ID, in lower case; `ServerNames` writes them as the server does.
 *
 * @param field the parameter's display name, for the message
 * @throws InvalidInputError if it can't be one: Sentry would answer that there is no such key, which
 * for a deletion may pass for its success
 */
export function checkKeyId(field: string, value: unknown): string {
	refuseExpression(value, field);
	pathSegment(field, value);
	const text = String(value).trim();
	if (KEY_ID.test(text)) return digitsOf(text);
	throw new InvalidInputError(
		field,
		`is no key ID: ${quote(text)} looks like ${looksOf(text)}`,
		"Enter the key's public ID, 32 hex digits: the part of its DSN before the @. To find a key by its name, use 'Get Many' with a filter, or 'Create or Update'.",
	);
}

function looksOf(text: string): string {
	if (NOTHING.has(text)) return 'an expression that found nothing';
	if (/^\d+$/.test(text)) return 'the ID of a project';
	return /^[\da-f-]{16,}$/i.test(text) ? 'a part of an ID' : 'a name';
}
