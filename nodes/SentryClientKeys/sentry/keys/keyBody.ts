import { InvalidInputError } from '../errors';
import { isRecord, parseJson } from '../json';
import { quote } from '../paths';
import type { RateLimit } from '../types';
import { isBlank, LARGEST_INTEGER, textAsNumber } from '../values';

/** Sentry's `ProjectKeyPostSerializer` and its published schema. */
const LONGEST_NAME = 64;
const LONGEST_WINDOW_S = 86_400;

/** The names that messages use for the fields of a body. */
export interface FieldLabels {
	body: string;
	name: string;
	rateLimit: string;
	count: string;
	window: string;
}

/**
 * The body for creating a key, checked against the rules of Sentry's published schema, so that a
 * mistake is told before any request is sent.
 *
 * Left out where they mean nothing, because Sentry answers 400 to `rateLimit: null` and 500 to half a
 * rate limit: a name of blanks (Sentry then invents one) and a rate limit that does not limit.
 * Fields that are not named here are passed on as they are.
 *
 * @throws InvalidInputError naming the field
 */
export function checkKeyBody(
	input: Record<string, unknown>,
	labels: FieldLabels,
): Record<string, unknown> {
	const { name, rateLimit, ...rest } = input;
	return {
		...withValue('name', checkName(name, labels.name)),
		...withValue('rateLimit', checkRateLimit(rateLimit, labels) ?? undefined),
		...rest,
	};
}

/**
 * A body that came as text or as an object (AI agents send either).
 *
 * @throws InvalidInputError if it is neither, or not valid JSON
 */
export function parseBody(input: unknown, label: string): Record<string, unknown> {
	if (isBlank(input)) {
		throw new InvalidInputError(
			label,
			'is empty',
			'Enter a JSON object; {} lets Sentry choose everything. If the value is an expression, check that the input item has the field it refers to.',
		);
	}
	const body = typeof input === 'string' ? parseJson(input) : input;
	if (body === undefined) {
		throw new InvalidInputError(
			label,
			'is not valid JSON',
			'Check quotes, commas and brackets. An expression inside JSON text needs quotes around it; one that returns an object does not.',
		);
	}
	if (!isRecord(body)) {
		throw new InvalidInputError(
			label,
			`is ${Array.isArray(body) ? 'a list' : `a ${body === null ? 'null' : typeof body}`}, not a JSON object`,
			'Enter an object such as {"name": "my-app"}.',
		);
	}
	return body;
}

/**
 * A key's name, trimmed as Sentry does it; undefined for one that is left to Sentry.
 *
 * @throws InvalidInputError
 */
export function checkName(name: unknown, label: string): string | undefined {
	if (name === undefined || name === null) return undefined;
	if (typeof name !== 'string') {
		throw new InvalidInputError(label, 'is not text', 'Enter text, or leave it empty.');
	}
	const trimmed = name.trim();
	const length = [...trimmed].length;
	if (length > LONGEST_NAME) {
		throw new InvalidInputError(
			label,
			`is too long: ${length} characters`,
			`Sentry takes at most ${LONGEST_NAME}. Shorten ${quote(trimmed)}.`,
		);
	}
	if (trimmed.includes('\0')) {
		throw new InvalidInputError(label, 'holds a null character', 'Remove it from the name.');
	}
	return trimmed === '' ? undefined : trimmed;
}

/**
 * A rate limit that limits; null for one that does not, by an explicit 0; undefined for none.
 *
 * @throws InvalidInputError
 */
export function checkRateLimit(
	rateLimit: unknown,
	labels: Pick<FieldLabels, 'rateLimit' | 'count' | 'window'>,
): RateLimit | null | undefined {
	if (isBlank(rateLimit)) return undefined;
	if (!isRecord(rateLimit)) {
		throw new InvalidInputError(
			labels.rateLimit,
			'is not an object',
			'Enter an object with count and window, such as {"count": 1000, "window": 3600}, or leave it out.',
		);
	}
	const count = checkInteger(rateLimit.count, labels.count, LARGEST_INTEGER);
	const window = checkInteger(rateLimit.window, labels.window, LONGEST_WINDOW_S);
	if ((count === undefined) !== (window === undefined)) {
		throw new InvalidInputError(
			count === undefined ? labels.count : labels.window,
			'is missing: a rate limit needs both its numbers',
			`Set '${labels.count}' and '${labels.window}' (in seconds), or neither for no limit.`,
		);
	}
	if (count === undefined || window === undefined) return undefined;
	return count === 0 || window === 0 ? null : { ...rateLimit, count, window };
}

function checkInteger(given: unknown, label: string, max: number): number | undefined {
	if (isBlank(given)) return undefined;
	const value = textAsNumber(given);
	const range = `0 to ${max}`;
	if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
		const shown =
			typeof value === 'string' || typeof value === 'number' ? `: ${quote(String(value))}` : '';
		throw new InvalidInputError(
			label,
			`is not a whole number of ${range}${shown}`,
			`Enter a whole number of ${range}, or leave it out together with the other half of the rate limit.`,
		);
	}
	return value;
}

function withValue(name: string, value: unknown): Record<string, unknown> {
	return value === undefined ? {} : { [name]: value };
}
