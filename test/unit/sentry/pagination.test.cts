import { listKeysCall } from '../../../nodes/SentryClientKeys/sentry/endpoints.ts';
import {
	collect,
	nextCursor,
	pagesOf,
	SEARCH_PAGES,
	searchPages,
	settleEmpty,
} from '../../../nodes/SentryClientKeys/sentry/pagination.ts';
import type { ListPage, Selection } from '../../../nodes/SentryClientKeys/sentry/pagination.ts';
import { jsonResponse, scriptedClient } from '../support/scriptedSend.cts';

const CALL = listKeysCall({ organization: 'acme', project: 'web-app' }, { status: 'active' });
const link = (cursor: string, results: boolean) => ({
	link: `<https://x/?&cursor=0:0:1>; rel="previous"; results="true"; cursor="0:0:1", <https://x/?&cursor=${cursor}>; rel="next"; results="${results}"; cursor="${cursor}"`,
});

async function read(response: Parameters<typeof scriptedClient>[0], most = Infinity) {
	const { client, clock, sent } = scriptedClient(response);
	const pages: unknown[] = [];
	const work = async () => {
		for await (const { body } of pagesOf(client, CALL)) {
			pages.push(body);
			if (pages.length >= most) break;
		}
	};
	await clock.run(work());
	return { pages, sent: sent() };
}

const three = (_: unknown, n: number) =>
	jsonResponse(200, [{ id: `${n}` }], link(`next:${n}:0`, n < 2));

it('follows the cursors to the end, with the query of the first page', async () => {
	const { pages, sent } = await read(three);
	expect(pages).toEqual([[{ id: '0' }], [{ id: '1' }], [{ id: '2' }]]);
	expect(sent).toEqual(
		['', '&cursor=next%3A0%3A0', '&cursor=next%3A1%3A0'].map(
			(cursor) => `GET /api/0/projects/acme/web-app/keys/?per_page=100&status=active${cursor}`,
		),
	);
});

it('asks for no page that is not wanted', async () => {
	expect((await read(three, 2)).sent).toHaveLength(2);
});

it('a list that leads back to a page it had is not read for ever', async () => {
	const circle = (_: unknown, n: number) =>
		jsonResponse(200, [{ id: `${n}` }], link(`next:${n % 3}:0`, true));
	await expect(read(circle)).rejects.toMatchObject({
		message: 'Sentry did not list the client keys: the list does not end',
		details: { code: 'unexpected_response' },
	});
});

it('a list that never ends is not read for ever either', async () => {
	const endless = (_: unknown, n: number) =>
		jsonResponse(200, [{ id: `${n}` }], link(`next:${n}:0`, true));
	await expect(read(endless)).rejects.toMatchObject({ details: { code: 'unexpected_response' } });
});

it.each([
	['the same keys', [{ id: 'a' }, { id: 'b' }]],
	['no keys', []],
])('a list whose next pages hold %s ends there', async (_, repeated) => {
	const { sent } = await read((_, n) =>
		jsonResponse(200, n === 0 ? [{ id: 'a' }, { id: 'b' }] : repeated, link(`next:${n}:0`, true)),
	);
	expect(sent).toHaveLength(2);
});

describe("the next page's cursor", () => {
	const link = (results: string) =>
		`<https://other.example/api/0/x/?&cursor=7:0:1>; rel="previous"; results="false"; cursor="7:0:1", <https://other.example/api/0/x/?&cursor=3:0:0>; rel="next"; results="${results}"; cursor="3:0:0"`;

	it('is taken from the attribute while there are results', () => {
		expect(nextCursor(link('true'))).toBe('3:0:0');
	});

	it.each([
		[
			'behind a path with other parameters',
			'<https://sentry.io/api/0/projects/o/p/keys/?status=active&cursor=9:0:1>; rel="previous"; results="true"; cursor="9:0:1", <https://sentry.io/api/0/projects/o/p/keys/?status=active&cursor=4781812:0:0>; rel="next"; results="true"; cursor="4781812:0:0"',
			'4781812:0:0',
		],
		[
			'whatever the order of the attributes',
			'<https://x/?cursor=1>; cursor="100:1:0"; results="true"; rel="next"',
			'100:1:0',
		],
		[
			'whatever the order of the links',
			'<https://x/?cursor=3>; rel="next"; results="true"; cursor="3:0:0", <https://x/?cursor=7>; rel="previous"; results="false"; cursor="7:0:1"',
			'3:0:0',
		],
		[
			'not from the address, which may hold another',
			'<https://x/a,b/?q=;rel="next"&cursor=wrong>; rel="next"; results="true"; cursor="right"',
			'right',
		],
		[
			'in the set of Python that GlitchTip sends',
			`{'<http://x/keys/?per_page=100>; rel="previous"; results="false", <http://x/keys/?cursor=cD0y>; rel="next"; results="true"; cursor="cD0y"'}`,
			'cD0y',
		],
		[
			'in such a set of two',
			`{'<http://x/keys/?cursor=a>; rel="previous"; results="true"; cursor="a"', '<http://x/keys/?cursor=b>; rel="next"; results="true"; cursor="b"'}`,
			'b',
		],
		[
			'without blanks between the links',
			'<https://x/?cursor=7>; rel="previous"; results="true"; cursor="7:0:1",<https://x/?cursor=3>; rel="next"; results="true"; cursor="3:0:0"',
			'3:0:0',
		],
	])('is found %s', (_, header, cursor) => {
		expect(nextCursor(header)).toBe(cursor);
	});

	it.each([
		['on the last page', link('false')],
		[
			'on the last page with a previous one',
			'<https://x/?cursor=7>; rel="previous"; results="true"; cursor="7:0:1", <https://x/?cursor=3>; rel="next"; results="false"; cursor="3:0:0"',
		],
		[
			'in a header without the word on results',
			'<https://x/?cursor=3>; rel="next"; cursor="3:0:0"',
		],
		['in an empty header', ''],
		['without a header', undefined],
		[
			'with only a previous page',
			'<https://x/?cursor=7:0:1>; rel="previous"; results="true"; cursor="7:0:1"',
		],
		['in an unreadable header', 'nonsense'],
	])('is none %s', (_, header) => {
		expect(nextCursor(header)).toBeUndefined();
	});
});

it('a list can be read on from the middle, but not back to where that began', async () => {
	const { client, clock, sent } = scriptedClient((_, n) =>
		jsonResponse(200, [{ id: `${n}` }], link('start', true)),
	);
	const work = async () => {
		for await (const page of pagesOf(client, CALL, 'start')) expect(page.next).toBe('start');
	};
	await expect(clock.run(work())).rejects.toMatchObject({
		remedy: expect.stringMatching(/^After 2 pages it leads back to one that was read/) as string,
	});
	expect(sent()[0]).toContain('&cursor=start');
});

it('a page that is full, and does not say what comes next, is no end', async () => {
	const full = Array.from({ length: 100 }, (_, n) => ({ id: `${n}` }));
	const failure = read(() => jsonResponse(200, full));
	await expect(failure).rejects.toMatchObject({
		message: 'Sentry did not list the client keys: whether there are more is not known',
		remedy: expect.stringContaining('the response has no Link header') as string,
		details: { code: 'unexpected_response' },
	});
	expect((await read(() => jsonResponse(200, full.slice(1)))).pages).toHaveLength(1);
	expect((await read(() => jsonResponse(200, full, link('', false)))).pages).toHaveLength(1);
});

/** Pages of numbers, each but the last one followed by another. */
async function* pagesWith(...pages: number[][]): AsyncGenerator<ListPage<number>> {
	for (const [index, body] of pages.entries()) {
		const next = index < pages.length - 1 ? `page ${index + 1}` : undefined;
		yield await Promise.resolve({ status: 200, headers: {}, body, next });
	}
}

describe('collecting what is wanted', () => {
	const even: Selection<number, string> = {
		select: (n) => (n % 2 === 0 ? [`n${n}`] : []),
		idOf: (name) => name,
	};

	it.each<[string, number[][], Partial<Selection<number, string>>, string[], number, boolean]>([
		[
			'all of it',
			[
				[1, 2],
				[3, 4],
			],
			{},
			['n2', 'n4'],
			2,
			false,
		],
		[
			'each once',
			[
				[2, 4],
				[4, 6],
			],
			{},
			['n2', 'n4', 'n6'],
			2,
			false,
		],
		['no more pages than needed', [[2, 4], [6], [8]], { limit: 2 }, ['n2', 'n4', 'n6'], 2, true],
		['as many as there are', [[2], [3]], { limit: 1 }, ['n2'], 2, false],
		[
			'no page more, where the next can only be more of it',
			[[2], [4]],
			{ limit: 1, isSelectedByServer: true },
			['n2'],
			1,
			true,
		],
		[
			'the last page, of which the limit cuts nothing off',
			[[2]],
			{ limit: 1, isSelectedByServer: true },
			['n2'],
			1,
			false,
		],
		[
			'on until it is enough',
			[[2, 4], [6], [8], [10]],
			{ limit: 1, isEnough: (found) => found.length > 3 },
			['n2', 'n4', 'n6', 'n8'],
			3,
			true,
		],
		['more than the limit on the last page', [[2, 4]], { limit: 1 }, ['n2', 'n4'], 1, true],
	])('takes %s', async (_, pages, more, found, requests, isCut) => {
		const list = await collect(pagesWith(...pages), { ...even, ...more });
		expect(list.found).toEqual(found);
		expect(list.responses).toHaveLength(requests);
		expect(list.responses[0]).not.toHaveProperty('next');
		expect(list.isCut).toBe(isCut);
	});
});

describe('searching for a match', () => {
	const isBig = (n: number) => n > 9;

	it.each<[string, number[][], object]>([
		['the page that has one', [[1], [10, 2], [3]], { entries: [10], next: 'page 2' }],
		['the last page, without a next', [[1], [10]], { entries: [10] }],
		['nothing', [[1], [2]], { entries: [] }],
		['nothing of an empty list', [], { entries: [] }],
		[
			'where to go on, after some pages without one',
			Array.from({ length: SEARCH_PAGES + 1 }, () => [1]),
			{ entries: [], next: `page ${SEARCH_PAGES}` },
		],
	])('gives %s', async (_, pages, page) => {
		expect(await searchPages(pagesWith(...pages), isBig)).toEqual(page);
	});
});

describe('an empty list', () => {
	async function settle(lists: string[][], learns = false) {
		const { client } = scriptedClient(() => jsonResponse(200, {}));
		let read = 0;
		let owners = 0;
		const call = listKeysCall({ organization: '1', project: '42' });
		const list = await settleEmpty(client, {
			call,
			read: async () => await Promise.resolve(lists[read++] ?? []),
			isEmpty: (one) => one.length === 0,
			readOwner: async () => {
				owners += 1;
				const pathOf = async () => await Promise.resolve('/another/path/');
				if (learns) Object.assign(client.names, { pathOf });
				await Promise.resolve();
			},
		});
		return { list, read, owners };
	}

	it('is believed once its owner was found', async () => {
		expect(await settle([[]])).toEqual({ list: [], read: 1, owners: 1 });
	});

	it('is read again, if the owner was found under another name', async () => {
		expect(await settle([[], ['a']], true)).toEqual({ list: ['a'], read: 2, owners: 1 });
	});

	it('is the only one whose owner is looked at', async () => {
		expect(await settle([['a']])).toEqual({ list: ['a'], read: 1, owners: 0 });
	});
});
