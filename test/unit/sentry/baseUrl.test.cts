import { normalizeBaseUrl } from '../../../nodes/SentryClientKeys/sentry/baseUrl.ts';

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
