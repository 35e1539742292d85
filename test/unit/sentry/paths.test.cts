import { idOrSlug, pathSegment, quote } from '../../../nodes/SentryClientKeys/sentry/paths.ts';

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

	it.each([
		[undefined, 'has no value', 'check that the input item has the field'],
		[null, 'has no value', 'check that the input item has the field'],
		[true, 'is not text', 'check that the input item has the field'],
		[-1, 'is a number that is no ID', 'Hand long IDs over as text.'],
		['', 'is empty', 'check that the input item has the field'],
		['a/b', 'is not an ID or slug', "choose 'By URL' to paste an address"],
	])('%p is told: %s', (value, complaint, remedy) => {
		expect(() => pathSegment('Project', value)).toThrow(
			expect.objectContaining({
				message: `'Project' ${complaint}`,
				remedy: expect.stringContaining(remedy) as string,
			}) as Error,
		);
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

describe('an ID or slug', () => {
	it.each([
		['web-app', 'web-app'],
		[' größe ', 'größe'],
		[42, '42'],
		['9223372036854775807', '9223372036854775807'],
		['0000000000000000001', '0000000000000000001'],
		['9999999999999999999x', '9999999999999999999x'],
		['x9999999999999999999', 'x9999999999999999999'],
	])('%p is sent as %p', (value, text) => {
		expect(idOrSlug('Project', value)).toBe(text);
	});

	it.each([
		['9223372036854775808', "'Project' is a longer number than any ID"],
		['10000000000000000000', "'Project' is a longer number than any ID"],
		['={{ $json.id }}', "'Project' looks like an expression"],
		['a/b', "'Project' is not an ID or slug"],
		['', "'Project' is empty"],
	])('%p is refused: %s', (value, message) => {
		expect(() => idOrSlug('Project', value)).toThrow(message);
	});

	it('that is too large is told the largest', () => {
		expect(() => idOrSlug('Project', '9223372036854775808')).toThrow(
			expect.objectContaining({
				remedy: 'IDs go up to 9223372036854775807. Check the number, or use the slug.',
			}) as Error,
		);
	});
});

describe('a quoted value', () => {
	it.each([
		['x'.repeat(80), `"${'x'.repeat(80)}"`],
		['x'.repeat(81), `"${'x'.repeat(80)}…"`],
		['https://key:secret@host/1', '"https://…@host/1"'],
		['key:secret@host/1', '"…@host/1"'],
		['https:\\/\\/key:secret@host\\/1', '"https:\\/\\/…@host\\/1"'],
		['https://a@h/1 https://b@h/2', '"https://…@h/1 https://…@h/2"'],
		['https://host/a@b', '"https://host/a@b"'],
		['//@host', '"//…@host"'],
		['me@example.com', '"me@example.com"'],
	])('%p is shown as %p', (value, shown) => {
		expect(quote(value)).toBe(shown);
	});
});
