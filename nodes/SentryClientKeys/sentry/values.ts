import { InvalidInputError } from './errors';

/** Numbers, switches and choices: expressions, sheets and webhooks hand over text for any of them. */
const SWITCH_WORDS: Record<string, boolean> = {
	true: true,
	'1': true,
	yes: true,
	false: false,
	'0': false,
	no: false,
};

/** The largest number in the database's columns for a rate limit (PostgreSQL's integer). */
export const LARGEST_INTEGER = 2_147_483_647;

/** Whether there is nothing: no value, or text of blanks. */
export function isBlank(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
	);
}

/**
 * A switch: true or false, 1 or 0, yes or no, in any case, as text or not; undefined for none.
 *
 * @throws InvalidInputError if it is something else
 */
export function readSwitch(value: unknown, label: string): boolean | undefined {
	if (isBlank(value)) return undefined;
	if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') {
		const word = String(value).trim().toLowerCase();
		if (Object.hasOwn(SWITCH_WORDS, word)) return SWITCH_WORDS[word];
	}
	throw new InvalidInputError(label, 'is neither true nor false', 'Enter true or false.');
}

/**
 * One of the choices of a drop-down; undefined for none.
 *
 * @throws InvalidInputError if it is something else
 */
export function readChoice<Choice extends string>(
	value: unknown,
	choices: readonly Choice[],
	label: string,
): Choice | undefined {
	if (isBlank(value)) return undefined;
	const found = choices.find((choice) => choice === value);
	if (found !== undefined) return found;
	throw new InvalidInputError(
		label,
		'is not one of the choices',
		`Use one of: ${choices.join(', ')}.`,
	);
}

/** `{{ … }}` with something inside. */
const EXPRESSION = /\{\{\s*[^\s{}][^]*?\}\}/;

/**
 * Refuses text that was meant as an expression and was not worked out.
 *
 * @throws InvalidInputError if it begins with = or holds `{{ … }}`
 */
export function refuseExpression(value: unknown, label: string): void {
	if (typeof value !== 'string') return;
	if (!value.trimStart().startsWith('=') && !EXPRESSION.test(value)) return;
	throw new InvalidInputError(
		label,
		'looks like an expression that was not worked out',
		"Switch the field to Expression. In JSON, use an expression for the whole field; text can't begin with = or hold {{ … }}.",
	);
}

/** Text of digits as the number that it names; anything else as it is. */
export function textAsNumber(value: unknown): unknown {
	return typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
}

/** A number as text, which expressions often return where text is wanted; anything else as it is. */
export function numberAsText(value: unknown): unknown {
	return typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
}

/** @throws InvalidInputError if it is not a whole number in the range */
export function readWholeNumber(
	value: unknown,
	{
		label,
		min,
		max = Infinity,
		otherwise,
	}: { label: string; min: number; max?: number; otherwise: string },
): number {
	const number = textAsNumber(value);
	if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
		const range = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`;
		throw new InvalidInputError(
			label,
			`is not a whole number ${range}`,
			`Enter a whole number ${range}${otherwise}.`,
		);
	}
	return number;
}
