/** One mistake, as Pydantic tells it. */
export interface Mistake {
	type: string;
	loc: string[];
	msg: string;
	ctx?: { error: string };
}

/** What a valid body says of a key. */
export interface KeyBody {
	name: string | null;
	rateLimit: { count: number; window: number } | null;
}

/** Beyond it, a number of Python's has no place in the JSON parser. */
const HUGE = 1e19;

/** Reads the body of POST and PUT, which follow the same schema: its fields, or its mistakes (422). */
export function readKey(body: unknown): { key: KeyBody } | { mistakes: Mistake[] } {
	const fields = isRecord(body) ? body : {};
	const { name = null, rateLimit = null } = fields;
	const mistakes = [
		...(name === null || typeof name === 'string' ? [] : [mistake(['name'], NO_STRING)]),
		...(rateLimit === null ? [] : limitMistakes(rateLimit)),
	];
	if (mistakes.length > 0) return { mistakes };
	const { count, window } = (rateLimit ?? {}) as Record<string, unknown>;
	return {
		key: {
			name: name as string | null,
			rateLimit: rateLimit === null ? null : { count: Number(count), window: Number(window) },
		},
	};
}

/** The mistake of a request without a body. */
export const NO_BODY: Mistake = mistake([], ['missing', 'Field required']);

/** The mistake of a cursor that the server did not hand out. */
export const BAD_CURSOR: Mistake = {
	type: 'value_error',
	loc: ['query', 'cursor'],
	msg: 'Value error, Invalid cursor.',
	ctx: { error: 'Invalid cursor.' },
};

function limitMistakes(limit: unknown): Mistake[] {
	return [
		...integerMistakes(limit, 'window'),
		// Text and lists have a method of that name, which Pydantic calls.
		...(typeof limit === 'string' || Array.isArray(limit)
			? [countMethod(limit)]
			: integerMistakes(limit, 'count')),
	];
}

function integerMistakes(limit: unknown, field: string): Mistake[] {
	const value = isRecord(limit) ? limit[field] : undefined;
	const kind = integerMistake(value);
	return kind === undefined ? [] : [mistake(['rateLimit', field], kind)];
}

type Kind = [type: string, msg: string];

const NO_STRING: Kind = ['string_type', 'Input should be a valid string'];

function integerMistake(value: unknown): Kind | undefined {
	if (value === undefined) return ['missing', 'Field required'];
	if (typeof value === 'boolean') return undefined;
	if (typeof value === 'string') {
		return /^\s*[+-]?\d+\s*$/.test(value)
			? undefined
			: ['int_parsing', 'Input should be a valid integer, unable to parse string as an integer'];
	}
	if (typeof value !== 'number') return ['int_type', 'Input should be a valid integer'];
	if (Math.abs(value) > HUGE) {
		return [
			'int_parsing_size',
			'Unable to parse input string as an integer, exceeded maximum size',
		];
	}
	return Number.isInteger(value)
		? undefined
		: ['int_from_float', 'Input should be a valid integer, got a number with a fractional part'];
}

function countMethod(limit: string | unknown[]): Mistake {
	const error = Array.isArray(limit)
		? 'TypeError: list.count() takes exactly one argument (0 given)'
		: 'TypeError: count() takes at least 1 argument (0 given)';
	return {
		...mistake(
			['rateLimit', 'count'],
			['get_attribute_error', `Error extracting attribute: ${error}`],
		),
		ctx: { error },
	};
}

function mistake(path: string[], [type, msg]: Kind): Mistake {
	return { type, loc: ['body', 'payload', ...path], msg };
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
