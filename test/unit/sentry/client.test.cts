import {
	createKeyCall,
	findKey,
	getKeyCall,
} from '../../../nodes/SentryClientKeys/sentry/endpoints.ts';
import { tokenKindOf } from '../../../nodes/SentryClientKeys/sentry/tokenKind.ts';
import type { Attempt } from '../../../nodes/SentryClientKeys/sentry/types.ts';
import { jsonAnswer, noAnswer, scriptedClient, textAnswer } from '../support/scriptedSend.cts';

const PROJECT = { organization: 'acme', project: 'web-app' };
const KEY_ID = 'a'.repeat(32);

it.each([
	['acme', 'web-app', '/api/0/projects/acme/web-app/keys/'],
	['größe', 'a b?c', '/api/0/projects/gr%C3%B6%C3%9Fe/a%20b%3Fc/keys/'],
	['42', '4505281256090153', '/api/0/projects/42/4505281256090153/keys/'],
	['$&', '{project}', '/api/0/projects/%24%26/%7Bproject%7D/keys/'],
])('the keys of %s/%s are at %s', async (organization, project, path) => {
	const { client, clock, requests } = scriptedClient(() => jsonAnswer(201, { id: KEY_ID }));
	await clock.run(client.request(createKeyCall({ organization, project }, {})));
	expect(requests.map(({ url }) => url)).toEqual([`https://sentry.io${path}`]);
});

it.each(['..', 'a/b', ''])(
	'nothing is sent about an organization or project called %p',
	async (name) => {
		const { client, clock, requests } = scriptedClient(() => jsonAnswer(201, { id: KEY_ID }));
		const send = async (names: object) =>
			await clock.run(client.request(createKeyCall({ ...PROJECT, ...names }, {})));
		await expect(send({ organization: name })).rejects.toThrow(/^'Organization' /);
		await expect(send({ project: name })).rejects.toThrow(/^'Project' /);
		expect(requests).toEqual([]);
	},
);

it('a request holds the address, the body as JSON and the time limit', async () => {
	const { client, clock, requests } = scriptedClient(() => jsonAnswer(201, { id: KEY_ID }));
	await clock.run(client.request(createKeyCall(PROJECT, { name: 'größe' })));
	expect(requests).toEqual([
		{
			method: 'POST',
			url: 'https://sentry.io/api/0/projects/acme/web-app/keys/',
			query: {},
			body: '{"name":"größe"}',
			timeout: 12_345,
		},
	]);
});

it.each<[string, Attempt]>([
	['200, although 201 is expected', jsonAnswer(200, { id: KEY_ID })],
	['a 201 with a list', jsonAnswer(201, [{ id: KEY_ID }])],
	['a 201 with a web page', textAnswer(201, '<html></html>')],
	['a 201 with nothing', textAnswer(201, '')],
	['a 201 that breaks off', textAnswer(201, `{"id": "${KEY_ID}"`)],
	['a 201 with null', jsonAnswer(201, null)],
	['302 to a renamed project', jsonAnswer(302, { slug: 'shop' })],
])('%s is no success of a create, and is not sent again', async (_, attempt) => {
	const { client, clock, requests } = scriptedClient(() => attempt);
	const created = clock.run(client.request(createKeyCall(PROJECT, {})));
	await expect(created).rejects.toMatchObject({ name: 'SentryError' });
	expect(requests).toHaveLength(1);
});

it('a read is repeated as often as allowed, then the last answer is told', async () => {
	const { client, clock, requests } = scriptedClient(
		(_, sent) => (sent < 3 ? noAnswer('ECONNRESET') : jsonAnswer(503, { detail: 'Maintenance' })),
		{ maxRetries: 3 },
	);
	const read = clock.run(client.request(getKeyCall(PROJECT, KEY_ID)));
	await expect(read).rejects.toMatchObject({
		remedy: expect.stringContaining('Maintenance') as string,
		details: { code: 'sentry_unavailable', status: 503 },
	});
	expect(requests).toHaveLength(4);
});

it('a 429 is JSON, whatever Sentry calls it, and ends when the window does', async () => {
	const busy = textAnswer(429, '{"detail":"Limit is 40 requests in 1 seconds"}', {
		'content-type': 'text/html; charset=utf-8',
		'x-sentry-rate-limit-limit': '40',
		'x-sentry-rate-limit-remaining': '0',
		'x-sentry-rate-limit-reset': '1700000007',
	});
	const { client, clock } = scriptedClient((_, sent) =>
		sent === 0 ? busy : jsonAnswer(201, { id: KEY_ID }),
	);
	const answer = await clock.run(client.request(createKeyCall(PROJECT, {})));
	expect(answer.status).toBe(201);
	expect(clock.now()).toBeGreaterThanOrEqual(1_700_000_007_000);
	expect(clock.now()).toBeLessThan(1_700_000_008_000);
});

it('buckets of the limiter are paced apart: waiting to create holds no read up', async () => {
	const { client, clock } = scriptedClient(({ method }, sent) =>
		method === 'POST' && sent === 0
			? jsonAnswer(429, {}, { 'retry-after': '60' })
			: jsonAnswer(method === 'POST' ? 201 : 200, { id: KEY_ID }),
	);
	const start = clock.now();
	const create = client.request(createKeyCall(PROJECT, {}));
	await clock.settle();
	await client.request(getKeyCall(PROJECT, KEY_ID));
	expect(clock.now()).toBe(start);
	await clock.run(create);
	expect(clock.now()).toBeGreaterThanOrEqual(start + 60_000);
});

it.each<[string, Attempt, string | undefined]>([
	['found', jsonAnswer(200, { id: KEY_ID }), KEY_ID],
	['missing', jsonAnswer(404, { detail: 'The requested resource does not exist' }), undefined],
])('a key that is %s', async (_, attempt, id) => {
	const { client, clock } = scriptedClient(() => attempt);
	const answer = await clock.run(findKey(client, PROJECT, KEY_ID));
	expect(answer?.body.id).toBe(id);
});

it('a key is not called missing when its look-up fails', async () => {
	const { client, clock } = scriptedClient(() => jsonAnswer(403, { detail: 'No.' }));
	await expect(clock.run(findKey(client, PROJECT, KEY_ID))).rejects.toMatchObject({
		details: { status: 403 },
	});
});

it.each([
	['sntrys_eyJpYXQiOjE2ODc', 'organization'],
	['sntryu_0123', 'other'],
	['sntryi_0123', 'other'],
	['0123456789abcdef', 'other'],
])('the token %s is of the kind %p', (token, kind) => {
	expect(tokenKindOf(token)).toBe(kind);
});

it.each([
	[429, { 'retry-after': '86400' }, 'rate_limited'],
	[503, { 'retry-after': '86400' }, 'sentry_unavailable'],
	[429, { 'x-sentry-rate-limit-reset': '1700000001000' }, 'rate_limited'],
])('a %d with %j ends at once', async (status, headers, code) => {
	const { client, clock, requests } = scriptedClient(() => jsonAnswer(status, {}, headers));
	const start = clock.now();
	const read = clock.run(client.request(getKeyCall(PROJECT, KEY_ID)));
	await expect(read).rejects.toMatchObject({ details: { code } });
	expect(requests).toHaveLength(1);
	expect(clock.now()).toBe(start);
});
