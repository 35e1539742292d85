import { normalizeBaseUrl, readAddress } from '../../../nodes/SentryClientKeys/sentry/baseUrl.ts';

describe("the credential's Sentry URL", () => {
	it.each([
		['https://sentry.io', 'https://sentry.io'],
		[' https://sentry.io/ ', 'https://sentry.io'],
		['https://sentry.io///', 'https://sentry.io'],
		['https://de.sentry.io/api/0', 'https://de.sentry.io'],
		['https://de.sentry.io/api/0/', 'https://de.sentry.io'],
		['https://example.com/sentry/', 'https://example.com/sentry'],
		['https://example.com/sentry/api/0/', 'https://example.com/sentry'],
		['http://10.0.0.1:9000', 'http://10.0.0.1:9000'],
		['https://sentry.io/?x=1#y', 'https://sentry.io'],
		['https://example.com/my-api/', 'https://example.com/my-api'],
		['https://example.com/a/b//', 'https://example.com/a/b'],
		['https://example.com/sentry?next=/login', 'https://example.com/sentry'],
		['HTTPS://Sentry.Example.COM:443/', 'https://sentry.example.com'],
		['http://localhost:9000/api/0///', 'http://localhost:9000'],
		['https://example.com/api', 'https://example.com'],
		['https://example.com/api/1', 'https://example.com/api/1'],
		['https://example.com/api/0/sentry', 'https://example.com/api/0/sentry'],
		['https://example.com/a//api/0', 'https://example.com/a'],
		['https://example.com/a///api/0', 'https://example.com/a'],
	])('%p leads to %p', (value, baseUrl) => {
		expect(normalizeBaseUrl(value)).toBe(baseUrl);
	});

	it.each([
		[''],
		[undefined],
		['sentry.io'],
		['ftp://sentry.io'],
		['javascript:1'],
		['https://u:p@sentry.io'],
		['https://token@sentry.io'],
		['//sentry.io'],
		['https://'],
		['sentry.io:443'],
		[null],
		[443],
		[{}],
	])('%p is refused', (value) => {
		expect(() => normalizeBaseUrl(value)).toThrow(/^'Sentry URL' /);
	});
});

describe('an address', () => {
	it('is read without the blanks around it', () => {
		expect(readAddress(' https://relay.example.com/a?b#c\n', 'Base', 'Fix it.').href).toBe(
			'https://relay.example.com/a?b#c',
		);
	});

	it.each([
		['', 'is empty'],
		['  ', 'is empty'],
		[5, 'is empty'],
		[undefined, 'is empty'],
		['relay', 'is not an http or https address'],
		['ftp://relay', 'is not an http or https address'],
		['https://user@relay', 'holds a user name or password'],
		['https://:password@relay', 'holds a user name or password'],
	])('%p %s', (value, complaint) => {
		expect(() => readAddress(value, 'Base', 'Fix it.')).toThrow(
			expect.objectContaining({ message: `'Base' ${complaint}`, remedy: 'Fix it.' }) as Error,
		);
	});
});
