import { InvalidInputError } from '../errors';
import { isRecord, parseJson } from '../json';
import { quote } from '../paths';
import type { RateLimit } from '../types';
import { isBlank, LARGEST_INTEGER, refuseExpression, textAsNumber } from '../values';

/** Sentry's `ProjectKeyPostSerializer` and its published schema. */
export const LONGEST_NAME = 64;
const LONGEST_WINDOW_S = 86_400;

/** What Python calls white space (`str.isspace`). */
const BLANK =
	'[\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const LEADING_BLANKS = new RegExp(`^${BLANK}+`);
const TRAILING_BLANKS = new RegExp(`(?<!${BLANK})${BLANK}+$`);

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

/** The fields of a body, by their paths, that the created key does not show as they were sent. */
export function notShown(body: Record<string, unknown>, key: object, path = ''): string[] {
	const shown = key as Record<string, unknown>;
	return Object.entries(body).flatMap(([field, sent]) => {
		const name = `${path}${field}`;
		const value = shown[field];
		// A name may be stored in another form, which is told apart.
		if (name === 'name' || isSame(sent, value)) return [];
		return isRecord(sent) && isRecord(value) ? notShown(sent, value, `${name}.`) : [name];
	});
}

function isSame(one: unknown, other: unknown): boolean {
	return JSON.stringify(one) === JSON.stringify(other ?? null);
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
	const body = typeof input === 'string' ? parseText(input, label) : input;
	if (!isRecord(body)) {
		throw new InvalidInputError(
			label,
			`is ${Array.isArray(body) ? 'a list' : `a ${body === null ? 'null' : typeof body}`}, not a JSON object`,
			'Enter an object such as {"name": "my-app"}.',
		);
	}
	refuseExpressionsIn(body, label);
	return body;
}

/** ``` around the text, with or without a language: what models write. */
const CODE_FENCE = /^\s*```\w*\s*\n([^]*?)\n?\s*```\s*$/;

/**
 * JSON text, also in a code fence, and JSON text that holds an object in JSON text: what was written as
 * text twice.
 */
function parseText(given: string, label: string): unknown {
	const text = CODE_FENCE.exec(given)?.[1] ?? given;
	const flaw = flawOf(text);
	if (flaw !== undefined) {
		refuseExpression(text, label);
		throw new InvalidInputError(
			label,
			`is not valid JSON: ${flaw}`,
			'Check quotes, commas and brackets. A value that an expression puts into JSON text needs JSON.stringify(…), which adds the quotes; an expression that returns an object needs nothing.',
		);
	}
	const parsed = parseJson(text);
	const inner = typeof parsed === 'string' ? parseJson(parsed) : undefined;
	return isRecord(inner) ? inner : parsed;
}

/** Why and where text is no JSON; undefined if it is. */
function flawOf(text: string): string | undefined {
	try {
		JSON.parse(text);
		return undefined;
	} catch (reason) {
		return reasonOf(reason, text);
	}
}

/** The parser's reason and the place by line and column, without the text around it. */
function reasonOf(reason: unknown, text: string): string {
	const said = reason instanceof Error ? reason.message : '';
	const what = said.replace(/ in JSON at [^]*$/, '').replace(/,? ?(?:\.\.\.)?"[^]*$/, '');
	const position = Number(/ at position (\d+)/.exec(said)?.[1] ?? firstFlaw(text));
	const before = text.slice(0, position).split('\n');
	const column = (before.at(-1) ?? '').length + 1;
	return `${what || 'Unexpected text'} at position ${position} (line ${before.length}, column ${column})`;
}

/** Where text stops to be the beginning of JSON: some reasons of the parser come without the place. */
function firstFlaw(text: string): number {
	let [good, bad] = [0, text.length];
	while (good < bad) {
		const middle = Math.ceil((good + bad) / 2);
		if (mayGoOn(text.slice(0, middle))) good = middle;
		else bad = middle - 1;
	}
	return good;
}

function mayGoOn(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch (reason) {
		const said = reason instanceof Error ? reason.message : '';
		// Node 22 and later add the line and the column.
		const place = / at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(said)?.[1];
		return / end of JSON/.test(said) || Number(place) === text.length;
	}
}

/** @throws InvalidInputError naming the first field, at any depth, that holds one as text */
function refuseExpressionsIn(value: unknown, label: string): void {
	const left: Array<[unknown, string]> = [[value, label]];
	for (let next = left.pop(); next !== undefined; next = left.pop()) {
		const [one, path] = next;
		refuseExpression(one, path);
		if (typeof one !== 'object' || one === null) continue;
		for (const [name, inner] of Object.entries(one)) {
			left.push([inner, path === label ? `${path} > ${name}` : `${path}.${name}`]);
		}
	}
}

/**
 * A name as the server stores it: trimmed as Python's `str.strip` does it. Unlike JavaScript's
 * `trim` it takes off U+0085 and U+001C to U+001F, and leaves U+FEFF.
 */
export function storedName(name: string): string {
	return name.replace(LEADING_BLANKS, '').replace(TRAILING_BLANKS, '');
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
	refuseExpression(name, label);
	const trimmed = storedName(name);
	// Code points, as Sentry counts.
	const length = Array.from(trimmed).length;
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
 * A rate limit that limits; null for one that does not, by an explicit 0; undefined for none. It may be
 * given as n8n's fixed collections hold it, one level down under `limit`.
 *
 * @throws InvalidInputError
 */
export function checkRateLimit(
	given: unknown,
	labels: Pick<FieldLabels, 'rateLimit' | 'count' | 'window'>,
): RateLimit | null | undefined {
	const rateLimit = isRecord(given) && 'limit' in given ? given.limit : given;
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
