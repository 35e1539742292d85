import {
	LARGEST_INTEGER,
	isBlank,
	numberAsText,
	readChoice,
	readSwitch,
	readWholeNumber,
	refuseExpression,
	textAsNumber,
} from '../../../nodes/SentryClientKeys/sentry/values.ts';
import { inputFailureOf } from '../support/inputFailure.cts';

/** What a user reads of a refusal. */
const refusal = (field: string, complaint: string, remedy: string) =>
	expect.objectContaining({
		message: `'${field}' ${complaint}`,
		remedy,
		details: { code: 'invalid_input', field },
	}) as Error;

it('the largest integer is that of the database', () => {
	expect(LARGEST_INTEGER).toBe(2 ** 31 - 1);
});

describe('a value', () => {
	it.each([undefined, null, '', '  ', '\n\t'])('%j is blank', (value) => {
		expect(isBlank(value)).toBe(true);
	});

	it.each([0, false, 'x', ' x ', [], {}, NaN])('%j is not blank', (value) => {
		expect(isBlank(value)).toBe(false);
	});
});

describe('a switch', () => {
	it.each([true, 1, 'true', 'TRUE', ' True ', '1', 'yes', 'Yes'])('%j is on', (value) => {
		expect(readSwitch(value, 'Active')).toBe(true);
	});

	it.each([false, 0, 'false', 'False', '0', 'no', ' NO\n'])('%j is off', (value) => {
		expect(readSwitch(value, 'Active')).toBe(false);
	});

	it.each([undefined, null, '', ' '])('%j is left as it is', (value) => {
		expect(readSwitch(value, 'Active')).toBeUndefined();
	});

	it.each([2, -1, NaN, 'on', 'y', 'truee', 'constructor', {}, [], [true], ['true']])(
		'%j is refused',
		(value) => {
			expect(() => readSwitch(value, 'Active')).toThrow(
				refusal('Active', 'is neither true nor false', 'Enter true or false.'),
			);
		},
	);
});

describe('a choice', () => {
	const choices = ['one', 'two'] as const;

	it.each(choices)('%s is taken', (value) => {
		expect(readChoice(value, choices, 'Status')).toBe(value);
	});

	it.each([undefined, null, '', ' '])('%j is none', (value) => {
		expect(readChoice(value, choices, 'Status')).toBeUndefined();
	});

	it.each(['three', 'One', ' one', 1, ['one'], {}])('%j is refused', (value) => {
		expect(() => readChoice(value, choices, 'Status')).toThrow(
			refusal('Status', 'is not one of the choices', 'Use one of: one, two.'),
		);
	});
});

describe('an expression that was not worked out', () => {
	it.each([
		'=x',
		' \n=x',
		'  ={{ $json.id }}',
		'{{ $json.id }}',
		'a {{$json.id}} b',
		'{{ a }}{{',
		'{{\n$json\n.id }}',
		'{{ {} }} and {{ x }}',
	])('%j is refused', (text) => {
		expect(() => refuseExpression(text, 'Name')).toThrow(
			refusal(
				'Name',
				'looks like an expression that was not worked out',
				"Switch the field to Expression. In JSON, use an expression for the whole field; text can't begin with = or hold {{ … }}.",
			),
		);
	});

	it.each([
		'a = b',
		'{{',
		'}}',
		'{{}}',
		'{{  }}',
		'{{ {} }}',
		'{ x }',
		'{{ x }',
		'',
		5,
		null,
		undefined,
		['=x'],
	])('%j is none', (value) => {
		expect(() => refuseExpression(value, 'Name')).not.toThrow();
	});
});

describe('text and numbers', () => {
	it.each([
		['5', 5],
		[' 42\n', 42],
		['+7', 7],
		['-7', -7],
		['007', 7],
		['', ''],
		[' ', ' '],
		['1.5', '1.5'],
		['1e3', '1e3'],
		['5 s', '5 s'],
		['s 5', 's 5'],
		['- 7', '- 7'],
		['+-7', '+-7'],
		[5, 5],
		[null, null],
		[['5'], ['5']],
	])('%j is, as a number, %j', (value, number) => {
		expect(textAsNumber(value)).toEqual(number);
	});

	it.each([
		[5, '5'],
		[-1.5, '-1.5'],
		[0, '0'],
		['5', '5'],
		[true, true],
		[null, null],
		[undefined, undefined],
		[Infinity, Infinity],
		[NaN, NaN],
	])('%p is, as text, %p', (value, text) => {
		expect(numberAsText(value)).toEqual(text);
	});
});

describe('a whole number', () => {
	const read = (value: unknown, max?: number) =>
		readWholeNumber(value, {
			label: 'Limit',
			min: 1,
			...(max !== undefined && { max }),
			otherwise: ', or remove it',
		});

	it.each([
		[1, 1],
		['20', 20],
		[20, 20],
	])('is %p', (value, expected) => {
		expect(read(value, 20)).toBe(expected);
	});

	it.each([0, 21, 1.5, 'many', ''])('of a range is not %p', (value) => {
		const { message, remedy } = inputFailureOf(() => read(value, 20));
		expect(message).toContain('Limit');
		expect(remedy).toBe('Enter a whole number from 1 to 20, or remove it.');
	});

	it('may have no end', () => {
		expect(read(1e9)).toBe(1e9);
		const { remedy } = inputFailureOf(() => read(0));
		expect(remedy).toBe('Enter a whole number of at least 1, or remove it.');
	});
});
