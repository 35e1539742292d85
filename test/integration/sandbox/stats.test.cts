import { startSandbox } from '../../../sandbox/index.cts';
import type { Sandbox } from '../../../sandbox/index.cts';
import { as, KEYS, serversThat, withToken } from './support.cts';

const DAY_S = 86_400;

let sandbox: Sandbox;
let keyId: string;
const serverThat = serversThat();

beforeAll(async () => {
	sandbox = await startSandbox();
});
beforeEach(() => {
	sandbox.reset();
	keyId = sandbox.addKeys('acme', 'web-app', 1)[0]?.public ?? '';
});
afterAll(async () => await sandbox.close());

interface Point {
	ts: number;
	total: number;
	accepted: number;
	filtered: number;
	dropped: number;
}

const now = () => Math.floor(Date.now() / 1000);

async function stats(params: Record<string, string | number> = {}): Promise<Point[]> {
	const response = await as('readOnly', sandbox).get<Point[]>(`${KEYS}${keyId}/stats/`, { params });
	expect(response.status).toBe(200);
	return response.data;
}

const sum = (points: Point[], count: keyof Point) =>
	points.reduce((total, point) => total + point[count], 0);

it('counts each outcome, and all of them', async () => {
	sandbox.addUsage(keyId, { accepted: 3, filtered: 2, dropped: 1 });
	const today = (await stats()).at(-1);
	expect(today).toEqual({
		ts: now() - (now() % DAY_S),
		total: 6,
		dropped: 1,
		accepted: 3,
		filtered: 2,
	});
});

it('gives the last 24 hours unless asked', async () => {
	sandbox.addUsage(keyId, { accepted: 1 });
	sandbox.addUsage(keyId, { accepted: 10 }, 3);
	const points = await stats();
	expect(points).toHaveLength(2);
	expect(sum(points, 'accepted')).toBe(1);
});

it('gives a day each, with the days that only partly lie in the window', async () => {
	for (const daysAgo of [0, 10, 40]) sandbox.addUsage(keyId, { accepted: 1 }, daysAgo);
	const points = await stats({ since: now() - 30 * DAY_S, until: now() });
	expect(points).toHaveLength(31);
	expect(points.every(({ ts }) => ts % DAY_S === 0)).toBe(true);
	expect(sum(points, 'accepted')).toBe(2);
	expect(points.at(-11)?.accepted).toBe(1);
});

it.each([
	['10s', 60, 6],
	['1h', 7200, 2],
	['1d', 2 * DAY_S, 2],
])('gives a point for every %s', async (resolution, seconds, count) => {
	const until = now() - (now() % DAY_S);
	expect(await stats({ since: until - seconds, until, resolution })).toHaveLength(count);
});

it.each([
	{ resolution: '5m' },
	{ since: 'yesterday' },
	{ until: 'now' },
	{ since: '20', until: '10' },
	{ since: '-Infinity' },
	{ since: '0', resolution: '10s' },
])('refuses %j', async (params) => {
	const { status, data } = await as('readOnly', sandbox).get<unknown>(`${KEYS}${keyId}/stats/`, {
		params,
	});
	expect([status, data]).toEqual([400, { detail: 'Invalid request data' }]);
});

it('counts what comes in through the key', async () => {
	const [key] = sandbox.addKeys('acme', 'web-app', 1, { rateLimitCount: 1, rateLimitWindow: 3600 });
	keyId = key?.public ?? '';
	const envelope = `/api/${key?.projectId}/envelope/?sentry_key=${keyId}`;
	for (let n = 0; n < 3; n++) await withToken(undefined, sandbox.url).post(envelope, '{}\n');
	expect((await stats()).at(-1)).toMatchObject({ accepted: 1, dropped: 2, total: 3 });
});

it.each([
	['organization', '', 403],
	['readOnly', 'f'.repeat(32), 404],
] as const)('is for who may read the key (%s %s)', async (token, id, status) => {
	const response = await as(token, sandbox).get(`${KEYS}${id || keyId}/stats/`);
	expect(response.status).toBe(status);
});

it('is a route that some servers do not have', async () => {
	const server = await serverThat({ keyStatsEndpoint: false });
	const [key] = server.addKeys('acme', 'web-app', 1);
	const path = `${KEYS}${key?.public}/stats/`;
	for (const client of [as('admin', server), withToken(undefined, server.url)]) {
		const { status, data } = await client.get<unknown>(path);
		expect([status, data]).toEqual([404, '']);
	}
});

it('has a limit of its own: 20 requests per second', async () => {
	const server = await serverThat({ limiter: { limit: 40, windowSeconds: 3600, concurrent: 25 } });
	const [key] = server.addKeys('acme', 'web-app', 1);
	const client = as('write', server);
	const statuses = [];
	for (let n = 0; n < 21; n++) {
		const { status, headers } = await client.get(`${KEYS}${key?.public}/stats/`);
		expect(headers['x-sentry-rate-limit-limit']).toBe('20');
		statuses.push(status);
	}
	expect(statuses).toEqual([...Array<number>(20).fill(200), 429]);
	const { headers } = await client.get(`${KEYS}${key?.public}/`);
	expect([headers['x-sentry-rate-limit-limit'], headers['x-sentry-rate-limit-remaining']]).toEqual([
		'40',
		'39',
	]);
});

it('cannot be made up for a key that is not there', () => {
	expect(() => sandbox.addUsage('f'.repeat(32), { accepted: 1 })).toThrow('There is no key');
});
