import {
	quoteText,
	errorText,
	shortened,
} from '../../../nodes/SentryClientKeys/sentry/errorText.ts';

it.each<[string, unknown, string]>([
	['text', 'No.', 'No.'],
	['a detail', { detail: 'No.', info: 'other' }, 'No.'],
	['a detail with a message', { detail: { message: 'Moved.', code: 'x' } }, 'Moved.'],
	['a list of details', { detail: ['One.', 'Two.'] }, 'One. Two.'],
	['an info', { info: 'Turned off.' }, 'Turned off.'],
	['fields', { name: ['Too long.'], rateLimit: ['Odd.'] }, 'name: Too long. rateLimit: Odd.'],
	['a field of several', { name: ['Too long.', 'Odd.'] }, 'name: Too long. name: Odd.'],
	['a field without a list', { name: 'Too long.' }, 'name: Too long.'],
	[
		'fields in fields',
		{ rateLimit: { count: ['Ensure …'], x: { y: 'Z.' } } },
		'rateLimit.count: Ensure … rateLimit.x.y: Z.',
	],
	['no field', { non_field_errors: ['No.'] }, 'No.'],
	['no field in a field', { rateLimit: { non_field_errors: ['No.'] } }, 'rateLimit: No.'],
	['words among others', { name: [5, null, 'No.'], count: 5, window: null }, 'name: No.'],
	['a message without words, and fields', { detail: { message: 5 } }, ''],
	['a detail that is a number', { detail: 5, name: ['No.'] }, 'name: No.'],
	['a detail with fields', { detail: { code: 'x' } }, 'detail.code: x'],
	['an info that is no text', { info: ['No.'] }, 'info: No.'],
	['a list', ['No.'], ''],
	['nothing', undefined, ''],
	['null', null, ''],
	['a number', 5, ''],
])("Sentry's words are found in %s", (_, body, text) => {
	expect(errorText(body)).toBe(text);
});

it.each<[string, unknown[], string]>([
	['a field', [{ loc: ['body', 'payload', 'name'], msg: 'Required' }], 'name: Required'],
	['a place in a list', [{ loc: ['body', 'tags', 0], msg: 'Odd' }], 'tags.0: Odd'],
	['no field', [{ loc: ['body'], msg: 'Odd' }], 'Odd'],
	['no place', [{ msg: 'Odd' }], 'Odd'],
	['a place that is no list', [{ loc: 'name', msg: 'Odd' }], 'Odd'],
	['odd parts of a place', [{ loc: [null, {}, true, 'name'], msg: 'Odd' }], 'name: Odd'],
	['no words', [{ loc: ['name'] }, { msg: 5 }, null, 5, ['x']], ''],
])("GlitchTip's words are found for %s", (_, detail, text) => {
	expect(errorText({ detail })).toBe(text);
});

describe('words in a message', () => {
	it('are quoted without their last full stop', () => {
		expect(quoteText('No.')).toBe('"No"');
		expect(quoteText('No. Never')).toBe('"No. Never"');
		expect(quoteText('No!')).toBe('"No!"');
	});

	it('are 500 characters at most', () => {
		expect(shortened('x'.repeat(500))).toBe('x'.repeat(500));
		expect(shortened('x'.repeat(501))).toBe(`${'x'.repeat(500)}…`);
		expect(quoteText('x'.repeat(501))).toBe(`"${'x'.repeat(500)}…"`);
	});
});
