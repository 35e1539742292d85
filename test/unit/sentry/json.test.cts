import { isRecord, parseJson } from '../../../nodes/SentryClientKeys/sentry/json.ts';

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

it.each([
	['{"a": [1, null]}', { a: [1, null] }],
	['null', null],
	['5', 5],
	['""', ''],
	['', undefined],
	['"text is not walked: it has no parts"', 'text is not walked: it has no parts'],
	['<html>', undefined],
	['{"a":', undefined],
])('%p is parsed to %j', (text, value) => {
	expect(parseJson(text)).toEqual(value);
});

it('what is nested deeper than any response is none', () => {
	expect(parseJson(nested(101))).toBeDefined();
	expect(parseJson(nested(102))).toBeUndefined();
	expect(parseJson(nested(100_000))).toBeUndefined();
	expect(parseJson(`{"a": 1, "b": {"c": ${nested(101)}}}`)).toBeUndefined();
});

it.each([[{}], [{ a: 1 }]])('%j is a record', (value) => {
	expect(isRecord(value)).toBe(true);
});

it.each([null, undefined, [], 'x', 5])('%j is no record', (value) => {
	expect(isRecord(value)).toBe(false);
});
