import { listKeysCall } from '../../../nodes/SentryClientKeys/sentry/endpoints.ts';
import { nextCursor, pagesOf } from '../../../nodes/SentryClientKeys/sentry/pagination.ts';
import { jsonAnswer, scriptedClient } from '../support/scriptedSend.cts';

const CALL = listKeysCall({ organization: 'acme', project: 'web-app' }, { status: 'active' });
const link = (cursor: string, results: boolean) => ({
	link: `<https://x/?&cursor=0:0:1>; rel="previous"; results="true"; cursor="0:0:1", <https://x/?&cursor=${cursor}>; rel="next"; results="${results}"; cursor="${cursor}"`,
});

async function read(answer: Parameters<typeof scriptedClient>[0], most = Infinity) {
	const { client, clock, sent } = scriptedClient(answer);
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
	jsonAnswer(200, [{ id: `${n}` }], link(`next:${n}:0`, n < 2));

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
		jsonAnswer(200, [{ id: `${n}` }], link(`next:${n % 3}:0`, true));
	await expect(read(circle)).rejects.toMatchObject({
		message: 'Sentry did not list the client keys: the list does not end',
		details: { code: 'unexpected_answer' },
	});
});

it('a list that never ends is not read for ever either', async () => {
	const endless = (_: unknown, n: number) =>
		jsonAnswer(200, [{ id: `${n}` }], link(`next:${n}:0`, true));
	await expect(read(endless)).rejects.toMatchObject({ details: { code: 'unexpected_answer' } });
});

it.each([
	['the same keys', [{ id: 'a' }, { id: 'b' }]],
	['no keys', []],
])('a list whose next pages hold %s ends there', async (_, repeated) => {
	const { sent } = await read((_, n) =>
		jsonAnswer(200, n === 0 ? [{ id: 'a' }, { id: 'b' }] : repeated, link(`next:${n}:0`, true)),
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
