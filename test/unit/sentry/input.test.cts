import { parseSentryAddress } from '../../../nodes/SentryClientKeys/sentry/address.ts';
import { normalizeBaseUrl } from '../../../nodes/SentryClientKeys/sentry/baseUrl.ts';
import { checkKeyBody, parseBody } from '../../../nodes/SentryClientKeys/sentry/keyBody.ts';
import { pathSegment } from '../../../nodes/SentryClientKeys/sentry/paths.ts';

describe('a path segment', () => {
	it.each([
		['acme', 'acme'],
		['  acme ', 'acme'],
		[4504765715316736, '4504765715316736'],
		['two words', 'two%20words'],
		['größe', 'gr%C3%B6%C3%9Fe'],
		['50%', '50%25'],
		['a?b#c', 'a%3Fb%23c'],
		['...', '...'],
	])('%p is sent as %p', (value, segment) => {
		expect(pathSegment('Project', value)).toBe(segment);
	});

	it.each([
		['.'],
		['..'],
		[' .. '],
		['a/b'],
		['a\\b'],
		['%2e%2e'],
		['%2E'],
		['a%2Fb'],
		['a%5cb'],
		[''],
		['  '],
		['\ud800'],
		[undefined],
		[null],
		[true],
		[['acme']],
		[{}],
	])('%p is refused, naming the field', (value) => {
		expect(() => pathSegment('Project', value)).toThrow(/^'Project' /);
	});
});

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
	])('%p is refused', (value) => {
		expect(() => normalizeBaseUrl(value)).toThrow(/^'Sentry URL' /);
	});
});

describe('an address copied out of Sentry', () => {
	it.each([
		['https://acme.sentry.io/projects/web-app/', 'acme', 'web-app'],
		['https://acme.sentry.io/settings/projects/web-app/keys/', 'acme', 'web-app'],
		['https://acme.sentry.io/insights/projects/web-app/?project=42', 'acme', 'web-app'],
		['https://acme.sentry.io/issues/?project=4505281256090153', 'acme', '4505281256090153'],
		['https://acme.sentry.io/issues/?project=-1', 'acme', undefined],
		['https://acme.sentry.io/', 'acme', undefined],
		['https://sentry.io/organizations/acme/projects/web-app/', 'acme', 'web-app'],
		['https://sentry.io/organizations/acme/issues/?project=42', 'acme', '42'],
		['https://us.sentry.io/organizations/acme/projects/web-app/', 'acme', 'web-app'],
		['https://sentry.io/settings/acme/projects/web-app/keys/', 'acme', 'web-app'],
		['https://sentry.io/api/0/projects/acme/web-app/keys/', 'acme', 'web-app'],
		['https://sentry.io/api/0/organizations/acme/projects/', 'acme', undefined],
		['https://example.com/organizations/acme/projects/web-app/', 'acme', 'web-app'],
		['https://example.com/sentry/organizations/acme/projects/web-app/', 'acme', 'web-app'],
		['https://example.com/settings/acme/projects/web-app/', 'acme', 'web-app'],
		['https://sentry.io/acme/web-app/', 'acme', 'web-app'],
		['https://sentry.io/settings/account/api/auth-tokens/', undefined, undefined],
		['https://sentry.io/', undefined, undefined],
	])('%s', (address, organization, project) => {
		expect(parseSentryAddress(address)).toEqual({
			...(organization === undefined ? {} : { organization }),
			...(project === undefined ? {} : { project }),
		});
	});

	it.each(['acme', '', 'ftp://acme.sentry.io/', 'web-app/keys'])('%p is none', (text) => {
		expect(parseSentryAddress(text)).toBeUndefined();
	});
});

describe('the body of a new key', () => {
	const labels = { body: 'B', name: 'N', rateLimit: 'R', count: 'C', window: 'W' };
	const check = (body: Record<string, unknown>) => checkKeyBody(body, labels);

	it.each([
		[{}, {}],
		[{ name: null, rateLimit: null }, {}],
		[{ name: ' \t' }, {}],
		[{ name: ' my app ' }, { name: 'my app' }],
		[{ name: 'x'.repeat(64) }, { name: 'x'.repeat(64) }],
		[{ name: `  ${'🔑'.repeat(64)} ` }, { name: '🔑'.repeat(64) }],
		[{ rateLimit: {} }, {}],
		[{ rateLimit: { count: null, window: null } }, {}],
		[{ rateLimit: { count: 0, window: 60 } }, {}],
		[{ rateLimit: { count: 10, window: 0 } }, {}],
		[{ rateLimit: { count: 1, window: 86400 } }, { rateLimit: { count: 1, window: 86400 } }],
		[
			{ isActive: false, useCase: 'demo', x: [1] },
			{ isActive: false, useCase: 'demo', x: [1] },
		],
	])('%j is sent as %j', (body, sent) => {
		expect(check(body)).toEqual(sent);
	});

	it.each([
		["'N' is too long: 65 characters", { name: 'x'.repeat(65) }],
		["'N' is too long: 65 characters", { name: '🔑'.repeat(65) }],
		["'N' is not text", { name: 5 }],
		["'N' is not text", { name: {} }],
		["'N' holds a null character", { name: 'a\0b' }],
		["'R' is not an object", { rateLimit: 5 }],
		["'R' is not an object", { rateLimit: [] }],
		["'W' is missing", { rateLimit: { count: 10 } }],
		["'C' is missing", { rateLimit: { window: 10 } }],
		["'W' is missing", { rateLimit: { count: 10, window: null } }],
		["'C' is not a whole number", { rateLimit: { count: -1, window: 1 } }],
		["'C' is not a whole number", { rateLimit: { count: 1.5, window: 1 } }],
		["'C' is not a whole number", { rateLimit: { count: '10', window: 1 } }],
		["'C' is not a whole number", { rateLimit: { count: true, window: 1 } }],
		["'W' is not a whole number of 0 to 86400", { rateLimit: { count: 1, window: 86401 } }],
	])('%s for %j', (message, body) => {
		expect(() => check(body)).toThrow(message);
	});

	it.each([
		['', {}],
		[undefined, {}],
		['{"name": "x"}', { name: 'x' }],
		[{ name: 'x' }, { name: 'x' }],
	])('may come as %j', (input, body) => {
		expect(parseBody(input, 'B')).toEqual(body);
	});

	it.each([['{"name":'], ['[]'], ['"x"'], ['5'], ['null'], [[1]], [5]])(
		'can not be %j',
		(input) => {
			expect(() => parseBody(input, 'B')).toThrow(/^'B' is /);
		},
	);
});
