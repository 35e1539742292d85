import {
	checkKeyBody,
	checkRateLimit,
	notShown,
	parseBody,
} from '../../../../nodes/SentryClientKeys/sentry/keys/keyBody.ts';

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
		expect(check(body)).toStrictEqual(sent);
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
	])('cannot be %j: %s', (input, message) => {
		expect(() => parseBody(input, 'B')).toThrow(message);
	});

	it('is left as it was by the check', () => {
		const body = { name: ' x ', rateLimit: { count: 0, window: 5 }, other: null };
		const before = structuredClone(body);
		expect(check(body)).toEqual({ name: 'x', other: null });
		expect(body).toEqual(before);
	});

	it.each<[string, Record<string, unknown>, string]>([
		["'N' is not text", { name: 5 }, 'Enter text, or leave it empty.'],
		[
			"'N' is too long: 65 characters",
			{ name: 'x'.repeat(65) },
			`Sentry takes at most 64. Shorten "${'x'.repeat(65)}".`,
		],
		["'N' holds a null character", { name: 'a\0b' }, 'Remove it from the name.'],
		[
			"'R' is not an object",
			{ rateLimit: 5 },
			'Enter an object with count and window, such as {"count": 1000, "window": 3600}, or leave it out.',
		],
		[
			"'W' is missing: a rate limit needs both its numbers",
			{ rateLimit: { count: 10 } },
			"Set 'C' and 'W' (in seconds), or neither for no limit.",
		],
		[
			`'W' is not a whole number of 0 to 86400: "1 h"`,
			{ rateLimit: { count: 1, window: '1 h' } },
			'Enter a whole number of 0 to 86400, or leave it out together with the other half of the rate limit.',
		],
		[
			`'C' is not a whole number of 0 to 2147483647: "-1"`,
			{ rateLimit: { count: -1, window: 1 } },
			'Enter a whole number of 0 to 2147483647, or leave it out together with the other half of the rate limit.',
		],
		[
			"'C' is not a whole number of 0 to 2147483647",
			{ rateLimit: { count: {}, window: 1 } },
			'Enter a whole number of 0 to 2147483647, or leave it out together with the other half of the rate limit.',
		],
	])('%s for %j has a remedy', (message, body, remedy) => {
		expect(() => check(body)).toThrow(expect.objectContaining({ message, remedy }) as Error);
	});

	it.each<[unknown, RegExp]>([
		['', /^Enter a JSON object; \{\} lets Sentry choose everything\./],
		['5', /^Enter an object such as \{"name": "my-app"\}\.$/],
		['{', /^Check quotes, commas and brackets\. .* needs JSON\.stringify\(…\)/],
	])('of %j cannot be, and there is a remedy', (input, remedy) => {
		expect(() => parseBody(input, 'B')).toThrow(
			expect.objectContaining({ remedy: expect.stringMatching(remedy) as string }) as Error,
		);
	});

	it.each([
		['{"name": "a",\n "x": tru}', "Unexpected token '}' at position 23 (line 2, column 10)"],
		['{"a": 1,}', 'Expected double-quoted property name at position 8 (line 1, column 9)'],
		['nope', "Unexpected token 'o' at position 1 (line 1, column 2)"],
	])('%j tells where it breaks', (text, flaw) => {
		expect(() => parseBody(text, 'B')).toThrow(`'B' is not valid JSON: ${flaw}`);
	});

	it('tells where it breaks on Node 22 and later as well, whose parser adds line and column', () => {
		const parse = JSON.parse;
		const newer = jest.spyOn(JSON, 'parse').mockImplementation((text: string): unknown => {
			try {
				return parse(text) as unknown;
			} catch (reason) {
				const place = / at position (\d+)$/.exec((reason as Error).message)?.[1];
				if (place === undefined) throw reason;
				throw new SyntaxError(`${(reason as Error).message} (line 1 column ${Number(place) + 1})`);
			}
		});
		try {
			expect(() => parseBody('{"name": ', 'B')).toThrow(
				"'B' is not valid JSON: Unexpected end of JSON input at position 9 (line 1, column 10)",
			);
		} finally {
			newer.mockRestore();
		}
	});
});

it.each<[unknown, unknown]>([
	[{ limit: { count: 5, window: 60 } }, { count: 5, window: 60 }],
	[{ limit: {} }, undefined],
	[{ limit: '' }, undefined],
	[
		{ count: 5, window: 60 },
		{ count: 5, window: 60 },
	],
	[{ count: 5, window: 0 }, null],
])('a rate limit %j is read as %j', (given, limit) => {
	expect(checkRateLimit(given, { rateLimit: 'R', count: 'C', window: 'W' })).toEqual(limit);
});

it.each<[Record<string, unknown>, object, string[]]>([
	[{ name: 'a' }, { name: 'b' }, []],
	[{ isActive: false }, { isActive: false }, []],
	[{ isActive: false }, { isActive: true }, ['isActive']],
	[{ useCase: 'x' }, {}, ['useCase']],
	[{ rateLimit: null }, {}, []],
	[{ rateLimit: null }, { rateLimit: null }, []],
	[{ rateLimit: { count: 1, window: 2 } }, { rateLimit: { count: 1, window: 2 } }, []],
	[
		{ rateLimit: { count: 1, window: 2 } },
		{ rateLimit: { count: 1, window: 3 } },
		['rateLimit.window'],
	],
	[{ rateLimit: { count: 1 } }, { rateLimit: null }, ['rateLimit']],
	[{ rateLimit: null }, { rateLimit: { count: 1 } }, ['rateLimit']],
	[{ a: { name: 'x' } }, { a: { name: 'y' } }, ['a.name']],
])('of the body %j, the key %j does not show %j', (body, key, fields) => {
	expect(notShown(body, key)).toEqual(fields);
});
