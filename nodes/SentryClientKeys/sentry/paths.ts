import { InvalidInputError } from './errors';
import { refuseExpression } from './values';

/** The largest ID that Sentry's database has (PostgreSQL's bigint). */
const LARGEST_ID = 9_223_372_036_854_775_807n;

/** Percent-encoded dots and slashes: some proxies decode them and would reach another path. */
const ENCODED_PATH_SYNTAX = /%(?:2e|2f|5c)/i;

/**
 * An ID or slug as one URL path segment.
 *
 * Sentry's own slug patterns are not enforced, because older slugs that break them still exist; only
 * what could lead the request to another path is refused.
 *
 * @param field the parameter's display name, for the message
 * @throws InvalidInputError if the value is no text, is empty, or could change the path
 */
export function pathSegment(field: string, value: unknown): string {
	if (typeof value !== 'string' && typeof value !== 'number') {
		throw new InvalidInputError(
			field,
			value === undefined || value === null ? 'has no value' : 'is not text',
			'Enter an ID or a slug. If the value is an expression, check that the input item has the field it refers to.',
		);
	}
	if (typeof value === 'number' && !(Number.isSafeInteger(value) && value >= 0)) {
		throw new InvalidInputError(
			field,
			'is a number that is no ID',
			'Hand long IDs over as text. If the value is an expression, check that the input item has the field it refers to.',
		);
	}
	const segment = String(value).trim();
	if (segment === '') {
		throw new InvalidInputError(
			field,
			'is empty',
			'Enter an ID or a slug. If the value is an expression, check that the input item has the field it refers to.',
		);
	}
	if (
		segment === '.' ||
		segment === '..' ||
		/[/\\]/.test(segment) ||
		ENCODED_PATH_SYNTAX.test(segment) ||
		!segment.isWellFormed()
	) {
		throw new InvalidInputError(
			field,
			'is not an ID or slug',
			`${quote(segment)} can't be part of a Sentry address. Enter the ID or slug alone, or choose 'By URL' to paste an address.`,
		);
	}
	return encodeURIComponent(segment);
}

/**
 * The ID or slug of an organization or a project, as it is sent.
 *
 * @param field the parameter's display name, for the message
 * @throws InvalidInputError as `pathSegment`, and if it is an expression that was not worked out or
 * a number beyond those that Sentry's database has (the server then fails)
 */
export function idOrSlug(field: string, value: unknown): string {
	refuseExpression(value, field);
	pathSegment(field, value);
	const text = String(value).trim();
	if (/^\d{19,}$/.test(text) && BigInt(text) > LARGEST_ID) {
		throw new InvalidInputError(
			field,
			'is a longer number than any ID',
			`IDs go up to ${LARGEST_ID}. Check the number, or use the slug.`,
		);
	}
	return text;
}

/** A value shortened and quoted for a message, without the secrets that addresses and old DSNs hold. */
export function quote(value: string): string {
	const shown = value
		.replace(/\/\/[^\s/@]*@/g, '//…@')
		.replace(/[^\s/@]*:[^\s/@]*@/g, '…@')
		.replace(/(sentry_secret=)[^&\s]+/gi, '$1…');
	return `"${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}"`;
}
