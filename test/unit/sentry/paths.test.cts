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
