import axios from 'axios';

import type { Sandbox } from '../../../sandbox/index.cts';
import { as as clientOf, KEYS, serversThat } from './support.cts';
import { sharedSandbox } from '../servers.cts';

const sandbox = sharedSandbox();
const serverThat = serversThat();

const as = (token: keyof Sandbox['tokens'], server = sandbox) => clientOf(token, server);

interface Key {
	id: string;
	rateLimit: object | null;
	browserSdkVersion: string;
	dsn: Record<string, string>;
}

describe('the order of checks', () => {
	it.each([
		[
			'a bad token before a bad body',
			() =>
				axios.post(sandbox.url + KEYS, [], {
					headers: { Authorization: 'Bearer x' },
					validateStatus: () => true,
				}),
			401,
		],
		[
			'the scope before the project',
			() => as('readOnly').post('/api/0/projects/acme/nope/keys/', {}),
			403,
		],
		[
			'the project before the body',
			() => as('write').post('/api/0/projects/acme/nope/keys/', []),
			404,
		],
		['the key before the body', () => as('write').put(`${KEYS}${'0'.repeat(32)}/`, []), 404],
		['the slash before anything', () => as('write').get(KEYS.slice(0, -1)), 404],
		['the method, to a token', () => as('write').patch(KEYS, {}), 403],
	])('%s', async (_, send, status) => {
		expect((await send()).status).toBe(status);
	});
});

describe('creating', () => {
	it.each([
		[{ count: 10, window: 60 }, 201, { window: 60, count: 10 }],
		[{ count: '10', window: '60' }, 201, { window: 60, count: 10 }],
		[{ count: 0, window: 60 }, 201, null],
		[{ count: 5, window: null }, 201, null],
		[{ count: null }, 201, null],
		[{ count: 0 }, 201, null],
		[{}, 500, undefined],
		[{ count: 10 }, 500, undefined],
		[{ window: 60 }, 500, undefined],
		[null, 400, undefined],
		[5, 400, undefined],
		[{ count: -1, window: 1 }, 400, undefined],
		[{ count: 1, window: 86401 }, 400, undefined],
	])('with the rate limit %j answers %d', async (rateLimit, status, stored) => {
		const response = await as('write').post<Partial<Key>>(KEYS, { rateLimit });
		expect(response.status).toBe(status);
		expect(response.data.rateLimit).toEqual(status === 201 ? stored : response.data.rateLimit);
	});

	it('names every wrong field at once', async () => {
		const { data } = await as('write').post<object>(KEYS, { name: {}, public: 'x', useCase: 'y' });
		expect(Object.keys(data).sort()).toEqual(['name', 'public', 'useCase']);
	});

	it('takes a public ID once', async () => {
		const body = { public: 'a'.repeat(32) };
		expect((await as('write').post<Key>(KEYS, body)).data.id).toBe(body.public);
		expect((await as('write').post(KEYS, body)).status).toBe(500);
	});
});

describe('changing', () => {
	it('keeps or resets the SDK version, as the server does', async () => {
		for (const resetsSdkVersion of [false, true]) {
			const server = await serverThat({ resetsSdkVersion });
			const { data } = await as('write', server).post<Key>(KEYS, {});
			const key = `${KEYS}${data.id}/`;
			await as('write', server).put(key, { browserSdkVersion: '8.x' });
			const { data: changed } = await as('write', server).put<Key>(key, { isActive: false });
			expect(changed.browserSdkVersion).toBe(resetsSdkVersion ? '10.x' : '8.x');
		}
	});

	it('needs project:admin to delete, and finds nothing afterwards', async () => {
		const { data } = await as('write').post<Key>(KEYS, {});
		const key = `${KEYS}${data.id}/`;
		expect((await as('write').delete(key)).status).toBe(403);
		const deleted = await as('admin').delete(key);
		expect([deleted.status, deleted.data, deleted.headers['content-type']]).toEqual([
			204,
			'',
			undefined,
		]);
		expect((await as('admin').delete(key)).status).toBe(404);
	});
});

describe('lists', () => {
	it('give ten keys unless asked, newest first, and lead on by cursor', async () => {
		for (let n = 0; n < 14; n++) await as('write').post(KEYS, { name: `key ${n}` });
		const { data, headers } = await as('write').get<Array<{ name: string }>>(KEYS);
		expect(data).toHaveLength(10);
		expect(data[0]?.name).toBe('key 13');
		const cursor = /rel="next"; results="true"; cursor="([^"]+)"/.exec(String(headers.link))?.[1];
		const rest = await as('write').get<Array<{ name: string }>>(KEYS, { params: { cursor } });
		expect(rest.data.map(({ name }) => name)).toEqual([
			'key 3',
			'key 2',
			'key 1',
			'key 0',
			'Default',
		]);
		expect(rest.headers.link).toContain('rel="next"; results="false"');
	});

	it.each([
		[{ per_page: '0' }, 'Invalid per_page value. Must be between 1 and 100.'],
		[{ per_page: 'x' }, 'Invalid per_page parameter.'],
		[{ cursor: 'x' }, 'Invalid cursor parameter.'],
	])('refuse %j', async (params, detail) => {
		const { status, data } = await as('write').get<unknown>(KEYS, { params });
		expect([status, data]).toEqual([400, { detail }]);
	});

	it('of organizations are empty for an integration', async () => {
		expect((await as('integration').get('/api/0/organizations/')).data).toEqual([]);
		expect((await as('projectOnly').get('/api/0/organizations/')).status).toBe(403);
	});
});

it('a renamed project redirects to its new slug', async () => {
	const { status, headers, data } = await as('write').post<object>(
		'/api/0/projects/globex/old-shop/keys/',
		{},
	);
	expect(status).toBe(302);
	expect(headers.location).toBe('/api/0/projects/globex/shop/keys/');
	expect(data).toMatchObject({ slug: 'shop', detail: { extra: { slug: 'shop' } } });
});

it('the limiter lets exactly the limit through a window, and says so', async () => {
	const server = await serverThat({ limiter: { limit: 5, windowSeconds: 60, concurrent: 25 } });
	const responses = [];
	for (let n = 0; n < 7; n++) responses.push(await as('write', server).post<string>(KEYS, {}));
	expect(responses.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 429, 429]);
	expect(
		responses.map(({ headers }) => headers['x-sentry-rate-limit-remaining'] as string),
	).toEqual(['4', '3', '2', '1', '0', '0', '0']);
	expect(responses[5]?.headers['content-type']).toMatch(/^text\/html/);
	expect(responses[5]?.headers['retry-after']).toBeUndefined();
});
