import { tokenKindOf } from '../../../nodes/SentryClientKeys/sentry/tokenKind.ts';

it.each([
	['sntrys_abc', 'organization'],
	['sntryu_abc', 'other'],
	['abc_sntrys_', 'other'],
	['SNTRYS_abc', 'other'],
	['', 'other'],
])('a token %p is of the kind %p', (token, kind) => {
	expect(tokenKindOf(token)).toBe(kind);
});
