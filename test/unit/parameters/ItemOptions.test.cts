import { ItemOptions } from '../../../nodes/SentryClientKeys/parameters/ItemOptions.ts';
import { InvalidInputError } from '../../../nodes/SentryClientKeys/sentry/errors.ts';
import { inputFailureOf } from '../support/inputFailure.cts';

const itemOptions = (options: unknown) =>
	new ItemOptions(
		() => options,
		() => options,
	);

describe('a number option', () => {
	const maxRetries = (options: unknown) => itemOptions(options).number('maxRetries');

	it.each([
		['not added', undefined, 5],
		['left out of the options', {}, 5],
		['null', { maxRetries: null }, 5],
		['a number', { maxRetries: 7 }, 7],
		['the least', { maxRetries: 0 }, 0],
		['the most', { maxRetries: 20 }, 20],
		['text of an expression', { maxRetries: ' 7 ' }, 7],
	])('that is %s', (_, options, expected) => {
		expect(maxRetries(options)).toBe(expected);
	});

	it.each([-1, 21, 1.5, NaN, Infinity, '', ' ', 'seven', '1.5', true, [], {}])(
		'cannot be %p',
		(value) => {
			const { message, remedy } = inputFailureOf(() => maxRetries({ maxRetries: value }));
			expect(message).toBe("'Options > Max Retries' is not a whole number from 0 to 20");
			expect(remedy).toContain('5');
		},
	);

	it.each([
		['maxConcurrentRequests', 20, 1, 100],
		['maxRetries', 5, 0, 20],
		['timeout', 30_000, 1, 3_600_000],
	] as const)('%s is %d unless set, from %d to %d', (name, fallback, least, most) => {
		const read = (value?: number) => itemOptions({ [name]: value }).number(name);
		expect([read(), read(least), read(most)]).toEqual([fallback, least, most]);
		expect(() => read(least - 1)).toThrow(InvalidInputError);
		expect(() => read(most + 1)).toThrow(InvalidInputError);
	});
});

describe('the idempotency key', () => {
	it.each([
		['delivery-1', 'delivery-1'],
		[' delivery-1\n', 'delivery-1'],
		[17, '17'],
	])('that is %p is read as %p', (idempotencyKey, expected) => {
		expect(itemOptions({ idempotencyKey }).idempotencyKey).toBe(expected);
	});

	it.each([NaN, Infinity, 1.5, Number('1234567890123456789'), 2 ** 53])(
		'that is the number %p is refused, because others become the same number',
		(idempotencyKey) => {
			const read = () => itemOptions({ idempotencyKey }).idempotencyKey;
			expect(read).toThrow("'Options > Idempotency Key' is a number that is not exact");
		},
	);

	it.each(['', '  ', null, undefined, {}, true])(
		'that was added and is %p is refused, because a repeat would make a second key',
		(idempotencyKey) => {
			const read = () => itemOptions({ idempotencyKey }).idempotencyKey;
			expect(read).toThrow("'Options > Idempotency Key' is empty or no text");
		},
	);

	it('that was not added is none', () => {
		expect(itemOptions({}).idempotencyKey).toBeUndefined();
	});
});

describe('a switch among the options', () => {
	it.each([
		[true, true],
		['true', true],
		[false, false],
		['false', false],
		['TRUE', true],
		[' No ', false],
		['yes', true],
		[1, true],
		['0', false],
	])('that is %p is read as %p', (redactSecrets, expected) => {
		expect(itemOptions({ redactSecrets }).switch('redactSecrets')).toBe(expected);
	});

	it.each(['on', 2, NaN, '', null, undefined, {}, []])(
		'that is %p is refused, not guessed',
		(redactSecrets) => {
			const read = () => itemOptions({ redactSecrets }).switch('redactSecrets');
			expect(read).toThrow("'Options > Redact Secrets' is neither true nor false");
		},
	);

	it('that was not added is undefined', () => {
		expect(itemOptions({}).switch('redactSecrets')).toBeUndefined();
	});
});

it.each([undefined, null, '', [], 'text'])('options that are %p have no entries', (options) => {
	expect(itemOptions(options).value('safeRetry')).toBeUndefined();
});
