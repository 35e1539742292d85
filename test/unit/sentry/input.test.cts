import { parseSentryAddress } from '../../../nodes/SentryClientKeys/sentry/address.ts';
import { normalizeBaseUrl } from '../../../nodes/SentryClientKeys/sentry/baseUrl.ts';
import { checkKeyBody, parseBody } from '../../../nodes/SentryClientKeys/sentry/keys/keyBody.ts';
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
		['.hidden', '.hidden'],
		['a..b', 'a..b'],
		['日本', '%E6%97%A5%E6%9C%AC'],
		['🔑', '%F0%9F%94%91'],
		['a+b&c=d', 'a%2Bb%26c%3Dd'],
		['%41', '%2541'],
		[0, '0'],
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
		['.%2e'],
		['%2E'],
		['/'],
		['acme/'],
		['a\udc00b'],
		['a%2Fb'],
		['a%5cb'],
		[''],
		['  '],
		['\ud800'],
		[undefined],
		[null],
		[true],
		[NaN],
		[-1],
		[1.5],
		[Number('1234567890123456789')],
		[['acme']],
		[{}],
	])('%p is refused, naming the field', (value) => {
		expect(() => pathSegment('Project', value)).toThrow(/^'Project' /);
	});

	it('that is refused is shown, but not at any length', () => {
		const refused = `a/${'b'.repeat(500)}`;
		expect(() => pathSegment('Project', refused)).toThrow(
			expect.objectContaining({
				remedy: expect.stringMatching(/"a\/b{78}…"/) as string,
				details: { code: 'invalid_input', field: 'Project' },
			}) as Error,
		);
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
		['  https://acme.sentry.io/projects/web-app/\n', 'acme', 'web-app'],
		['https://ACME.sentry.io/projects/web-app', 'acme', 'web-app'],
		['https://acme.sentry.io/projects/', 'acme', undefined],
		['https://acme.sentry.io/insights/frontend/?project=42&statsPeriod=24h', 'acme', '42'],
		['https://acme.sentry.io/explore/traces/?project=42#results', 'acme', '42'],
		['https://acme.sentry.io/explore/logs/', 'acme', undefined],
		['https://acme.sentry.io/issues/6543210987/?project=42', 'acme', '42'],
		['https://acme.sentry.io/settings/projects/', 'acme', undefined],
		['https://acme.sentry.io/settings/account/api/auth-tokens/', 'acme', undefined],
		['https://acme.sentry.io/api/0/projects/acme/web-app/keys/', 'acme', 'web-app'],
		['https://sentry.io/organizations/acme/insights/projects/web-app/', 'acme', 'web-app'],
		['https://sentry.io/settings/acme/', 'acme', undefined],
		['https://sentry.io/settings/acme/developer-settings/', 'acme', undefined],
		['https://de.sentry.io/api/0/projects/acme/web-app/', 'acme', 'web-app'],
		['https://sentry.io/api/0/organizations/acme/', 'acme', undefined],
		['https://sentry.io/api/0/', undefined, undefined],
		['https://sentry.io/acme/', 'acme', undefined],
		['https://example.com/acme/web-app', 'acme', 'web-app'],
		['https://example.com/organizations/acme/issues/?project=3', 'acme', '3'],
		['https://example.com/sentry/settings/acme/projects/web-app/keys/', 'acme', 'web-app'],
		['https://example.com/sentry/api/0/projects/acme/web-app/keys/', 'acme', 'web-app'],
		['http://10.0.0.1:9000/organizations/acme/projects/web-app/', 'acme', 'web-app'],
		['https://example.com/organizations/gr%C3%B6%C3%9Fe/issues/', 'größe', undefined],
		['https://example.com/organizations/100%/issues/', '100%', undefined],
	])('%s', (address, organization, project) => {
		expect(parseSentryAddress(address)).toEqual({
			...(organization === undefined ? {} : { organization }),
			...(project === undefined ? {} : { project }),
		});
	});

	// With the organization in the host name, Sentry's settings pages come without it in the path.
	it.each(['organization', 'members', 'teams', 'developer-settings', 'auth-tokens'])(
		"an organization's own settings page '%s' is not taken for the organization",
		(page) => {
			const address = `https://acme.sentry.io/settings/${page}/`;
			expect(parseSentryAddress(address)).toEqual({ organization: 'acme' });
		},
	);

	it('a page of several projects names none of them', () => {
		const address = 'https://acme.sentry.io/issues/?project=42&project=43';
		expect(parseSentryAddress(address)).toEqual({ organization: 'acme' });
	});

	it.each([
		'acme',
		'',
		'ftp://acme.sentry.io/',
		'web-app/keys',
		'acme.sentry.io/projects/web-app/',
		'//acme.sentry.io/',
		'javascript:alert(1)',
		'https://',
	])('%p is none', (text) => {
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
		[{ rateLimit: { count: 0, window: 0 } }, {}],
		[{ name: undefined, rateLimit: undefined }, {}],
		[{ name: '\u001c\u0085my app\u3000\u2028\u001f' }, { name: 'my app' }],
		[{ name: '\ufeffmy app\u200b\u180e' }, { name: '\ufeffmy app\u200b\u180e' }],
		[{ name: '\u00a0\n' }, {}],
		[{ name: `${'x'.repeat(63)}🔑` }, { name: `${'x'.repeat(63)}🔑` }],
		[{ rateLimit: { count: '5', window: ' 60 ' } }, { rateLimit: { count: 5, window: 60 } }],
		[{ rateLimit: { count: 10.0, window: 1 } }, { rateLimit: { count: 10, window: 1 } }],
		[
			{ rateLimit: { count: 2_147_483_647, window: 60 }, name: 'a' },
			{ rateLimit: { count: 2_147_483_647, window: 60 }, name: 'a' },
		],
		[
			{ rateLimit: { count: 1, window: 1, burst: 5 } },
			{ rateLimit: { count: 1, window: 1, burst: 5 } },
		],
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
		["'N' looks like an expression", { name: '={{ $json.n }}' }],
		["'N' looks like an expression", { name: 'app {{ $json.n }}' }],
		["'N' is not text", { name: {} }],
		["'N' holds a null character", { name: 'a\0b' }],
		["'R' is not an object", { rateLimit: 5 }],
		["'R' is not an object", { rateLimit: [] }],
		["'W' is missing", { rateLimit: { count: 10 } }],
		["'C' is missing", { rateLimit: { window: 10 } }],
		["'W' is missing", { rateLimit: { count: 10, window: null } }],
		["'C' is not a whole number", { rateLimit: { count: -1, window: 1 } }],
		["'C' is not a whole number", { rateLimit: { count: 1.5, window: 1 } }],
		["'C' is not a whole number", { rateLimit: { count: '1.5', window: 1 } }],
		["'C' is not a whole number", { rateLimit: { count: 2_147_483_648, window: 1 } }],
		["'C' is not a whole number", { rateLimit: { count: true, window: 1 } }],
		["'C' is not a whole number", { rateLimit: { count: NaN, window: 1 } }],
		["'C' is not a whole number", { rateLimit: { count: Infinity, window: 1 } }],
		["'C' is not a whole number", { rateLimit: { count: {}, window: 1 } }],
		["'C' is missing", { rateLimit: { count: null, window: 10 } }],
		["'C' is missing", { rateLimit: { window: 0 } }],
		["'W' is missing", { rateLimit: { count: 0 } }],
		["'W' is not a whole number of 0 to 86400", { rateLimit: { count: 1, window: 86401 } }],
		["'W' is not a whole number of 0 to 86400", { rateLimit: { count: 1, window: -1 } }],
		["'W' is not a whole number of 0 to 86400", { rateLimit: { count: 1, window: 0.5 } }],
		["'W' is not a whole number of 0 to 86400", { rateLimit: { count: 1, window: '1 h' } }],
		["'R' is not an object", { rateLimit: 'none' }],
		["'R' is not an object", { rateLimit: false }],
		["'N' is not text", { name: true }],
		["'N' is not text", { name: ['x'] }],
	])('%s for %j', (message, body) => {
		expect(() => check(body)).toThrow(message);
	});

	it.each([
		['{"name": "x"}', { name: 'x' }],
		[{ name: 'x' }, { name: 'x' }],
		[JSON.stringify('{"name": "x"}'), { name: 'x' }],
		['{"name": "{{ }} a = b {{"}', { name: '{{ }} a = b {{' }],
		['{}', {}],
		[' {"a": {"b": [null]}}\n', { a: { b: [null] } }],
	])('may come as %j', (input, body) => {
		expect(parseBody(input, 'B')).toEqual(body);
	});

	it.each([
		['', "'B' is empty"],
		[' \n', "'B' is empty"],
		[null, "'B' is empty"],
		[undefined, "'B' is empty"],
		['{"name":', "'B' is not valid JSON"],
		["{'name': 'x'}", "'B' is not valid JSON"],
		['{"name": x}', "'B' is not valid JSON"],
		['[object Object]', "'B' is not valid JSON"],
		['[]', "'B' is a list, not a JSON object"],
		[
			'{\n  "name": x}',
			"'B' is not valid JSON: Unexpected token 'x' at position 12 (line 2, column 11)",
		],
		['{"name": "a" "b"}', 'at position 13 (line 1, column 14)'],
		[
			'{"name": "a\nb"}',
			'Bad control character in string literal at position 11 (line 1, column 12)',
		],
		['{"name":', 'Unexpected end of JSON input at position 8 (line 1, column 9)'],
		['={"name": "x"}', "'B' looks like an expression"],
		['{"name": {{ $json.n }}}', "'B' looks like an expression"],
		['{"name": "{{ $json.n }}"}', "'B > name' looks like an expression"],
		['{"a": {"b": ["=x"]}}', "'B > a.b.0' looks like an expression"],
		[{ name: '{{ $json.n }}' }, "'B > name' looks like an expression"],
		[[{ name: 'x' }], "'B' is a list, not a JSON object"],
		['"x"', "'B' is a string, not a JSON object"],
		['5', "'B' is a number, not a JSON object"],
		[5, "'B' is a number, not a JSON object"],
		['true', "'B' is a boolean, not a JSON object"],
		['null', 'null, not a JSON object'],
	])('can not be %j: %s', (input, message) => {
		expect(() => parseBody(input, 'B')).toThrow(message);
	});

	it('is left as it was by the check', () => {
		const body = { name: ' x ', rateLimit: { count: 0, window: 5 }, other: null };
		const before = structuredClone(body);
		expect(check(body)).toEqual({ name: 'x', other: null });
		expect(body).toEqual(before);
	});
});
