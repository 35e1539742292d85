import type { ApiCall } from '../../../nodes/SentryClientKeys/sentry/client.ts';
import {
	createKeyCall,
	deleteKeyCall,
	findKey,
	getKeyCall,
	listKeysCall,
	updateKeyCall,
} from '../../../nodes/SentryClientKeys/sentry/endpoints.ts';
import { tokenKindOf } from '../../../nodes/SentryClientKeys/sentry/tokenKind.ts';
import type { Attempt } from '../../../nodes/SentryClientKeys/sentry/types.ts';
import {
	jsonResponse,
	noResponse,
	scriptedClient,
	textResponse,
} from '../support/scriptedSend.cts';

const PROJECT = { organization: 'acme', project: 'web-app' };
const KEY_ID = 'a'.repeat(32);

it.each([
	['acme', 'web-app', '/api/0/projects/acme/web-app/keys/'],
	['größe', 'a b?c', '/api/0/projects/gr%C3%B6%C3%9Fe/a%20b%3Fc/keys/'],
	['42', '4505281256090153', '/api/0/projects/42/4505281256090153/keys/'],
	['$&', '{project}', '/api/0/projects/%24%26/%7Bproject%7D/keys/'],
])('the keys of %s/%s are at %s', async (organization, project, path) => {
	const { client, clock, requests } = scriptedClient(() => jsonResponse(201, { id: KEY_ID }));
	await clock.run(client.request(createKeyCall({ organization, project }, {})));
	expect(requests.map(({ url }) => url)).toEqual([`https://sentry.io${path}`]);
});

it.each(['..', 'a/b', ''])(
	'nothing is sent about an organization or project called %p',
	async (name) => {
		const { client, clock, requests } = scriptedClient(() => jsonResponse(201, { id: KEY_ID }));
		const send = async (names: object) =>
			await clock.run(client.request(createKeyCall({ ...PROJECT, ...names }, {})));
		await expect(send({ organization: name })).rejects.toThrow(/^'Organization' /);
		await expect(send({ project: name })).rejects.toThrow(/^'Project' /);
		expect(requests).toEqual([]);
	},
);

it('a request holds the address, the body as JSON and the time limit', async () => {
	const { client, clock, requests } = scriptedClient(() => jsonResponse(201, { id: KEY_ID }));
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
	['200, although 201 is expected', jsonResponse(200, { id: KEY_ID })],
	['a 201 with a list', jsonResponse(201, [{ id: KEY_ID }])],
	['a 201 with a web page', textResponse(201, '<html></html>')],
	['a 201 with nothing', textResponse(201, '')],
	['a 201 that breaks off', textResponse(201, `{"id": "${KEY_ID}"`)],
	['a 201 with null', jsonResponse(201, null)],
	['302 to a renamed project', jsonResponse(302, { slug: 'shop' })],
])('%s is no success of a create, and is not sent again', async (_, attempt) => {
	const { client, clock, requests } = scriptedClient(() => attempt);
	const created = clock.run(client.request(createKeyCall(PROJECT, {})));
	await expect(created).rejects.toMatchObject({ name: 'SentryError' });
	expect(requests).toHaveLength(1);
});

it('a read is repeated as often as allowed, then the last response is told', async () => {
	const { client, clock, requests } = scriptedClient(
		(_, sent) =>
			sent < 3 ? noResponse('ECONNRESET') : jsonResponse(503, { detail: 'Maintenance' }),
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
	const busy = textResponse(429, '{"detail":"Limit is 40 requests in 1 seconds"}', {
		'content-type': 'text/html; charset=utf-8',
		'x-sentry-rate-limit-limit': '40',
		'x-sentry-rate-limit-remaining': '0',
		'x-sentry-rate-limit-reset': '1700000007',
	});
	const { client, clock } = scriptedClient((_, sent) =>
		sent === 0 ? busy : jsonResponse(201, { id: KEY_ID }),
	);
	const response = await clock.run(client.request(createKeyCall(PROJECT, {})));
	expect(response.status).toBe(201);
	expect(clock.now()).toBeGreaterThanOrEqual(1_700_000_007_000);
	expect(clock.now()).toBeLessThan(1_700_000_008_000);
});

it('buckets of the limiter are paced apart: waiting to create holds no read up', async () => {
	const { client, clock } = scriptedClient(({ method }, sent) =>
		method === 'POST' && sent === 0
			? jsonResponse(429, {}, { 'retry-after': '60' })
			: jsonResponse(method === 'POST' ? 201 : 200, { id: KEY_ID }),
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
	['found', jsonResponse(200, { id: KEY_ID }), KEY_ID],
	['missing', jsonResponse(404, { detail: 'The requested resource does not exist' }), undefined],
])('a key that is %s', async (_, attempt, id) => {
	const { client, clock } = scriptedClient(() => attempt);
	const response = await clock.run(findKey(client, PROJECT, KEY_ID));
	expect(response?.body.id).toBe(id);
});

it('a key is not called missing when its look-up fails', async () => {
	const { client, clock } = scriptedClient(() => jsonResponse(403, { detail: 'No.' }));
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
	const { client, clock, requests } = scriptedClient(() => jsonResponse(status, {}, headers));
	const start = clock.now();
	const read = clock.run(client.request(getKeyCall(PROJECT, KEY_ID)));
	await expect(read).rejects.toMatchObject({ details: { code } });
	expect(requests).toHaveLength(1);
	expect(clock.now()).toBe(start);
});

describe('a deletion that is sent again', () => {
	const MISSING = jsonResponse(404, { detail: 'The requested resource does not exist' });
	const remove = async (...responses: Attempt[]) => {
		const { client, clock } = scriptedClient((_, sent) => responses[sent] ?? MISSING);
		return await clock.run(client.request(deleteKeyCall(PROJECT, KEY_ID)));
	};

	it.each<[string, Attempt]>([
		['whose response was lost', noResponse('ECONNRESET')],
		['that failed', jsonResponse(503, {})],
	])('%s is done, if the key is gone by then', async (_, first) => {
		expect(await remove(first)).toMatchObject({
			status: 404,
			body: { detail: 'The requested resource does not exist' },
		});
	});

	it.each<[string, Attempt]>([
		['was refused as one too many', jsonResponse(429, { detail: 'Too many requests' })],
		['never left', noResponse('ECONNREFUSED')],
	])('after one that %s found no key', async (_, first) => {
		await expect(remove(first)).rejects.toMatchObject({ details: { code: 'not_found' } });
	});

	it.each<[string, Attempt]>([
		['a page', textResponse(404, '<h1>404 page not found</h1>')],
		["a gateway's JSON", jsonResponse(404, { message: 'no route' })],
		['a list', jsonResponse(404, [])],
		['nothing', noResponse('ECONNRESET')],
	])('is not believed to be done by %s', async (_, second) => {
		await expect(remove(noResponse('ECONNRESET'), second)).rejects.toThrow('Sentry did not delete');
	});

	it('is the only kind of request that a missing key says so of', async () => {
		const { client, clock } = scriptedClient((_, sent) =>
			sent === 0 ? noResponse('ECONNRESET') : MISSING,
		);
		await expect(clock.run(client.request(updateKeyCall(PROJECT, KEY_ID, {})))).rejects.toThrow(
			'does not exist',
		);
	});
});

describe('a dry run', () => {
	it('reads', async () => {
		const { client, clock, requests } = scriptedClient(() => jsonResponse(200, { id: KEY_ID }), {
			isDryRun: true,
		});
		await clock.run(client.request(getKeyCall(PROJECT, KEY_ID)));
		expect(client.isDryRun).toBe(true);
		expect(requests).toHaveLength(1);
	});

	it.each([
		[createKeyCall(PROJECT, { name: 'x' }), undefined, { name: 'x' }],
		[updateKeyCall(PROJECT, KEY_ID, { name: 'x' }), KEY_ID, { name: 'x' }],
		[deleteKeyCall(PROJECT, KEY_ID), KEY_ID, {}],
	])('sends no $method', async (call, keyId, body) => {
		const { client, clock, requests } = scriptedClient(() => jsonResponse(200, { id: KEY_ID }), {
			isDryRun: true,
		});
		await expect(clock.run(client.request(call))).rejects.toMatchObject({
			method: call.method,
			keyId,
			body,
		});
		expect(requests).toEqual([]);
	});

	it('is none unless it was asked for', () => {
		expect(scriptedClient(() => jsonResponse(200, {})).client.isDryRun).toBe(false);
	});
});

describe('a response', () => {
	const answered = async (call: ApiCall, body: unknown) => {
		const { client, clock } = scriptedClient(() => jsonResponse(call.success.status, body));
		return await clock.run(
			client.request(call).then(
				() => true,
				() => false,
			),
		);
	};
	const entries: ApiCall = {
		...listKeysCall(PROJECT),
		success: { status: 200, shape: 'entries' },
	};
	const acme = { slug: 'acme', name: 'Acme' };

	it.each<[string, ApiCall, unknown, boolean]>([
		['a key', getKeyCall(PROJECT, KEY_ID), { id: KEY_ID }, true],
		['the key in capitals', getKeyCall(PROJECT, KEY_ID), { id: KEY_ID.toUpperCase() }, true],
		['another key', getKeyCall(PROJECT, KEY_ID), { id: 'b'.repeat(32) }, false],
		['a key of no ID', createKeyCall(PROJECT, {}), { id: '' }, false],
		['a key whose ID is a number', createKeyCall(PROJECT, {}), { id: 5 }, false],
		['keys', listKeysCall(PROJECT), [{ id: KEY_ID }, { id: 'b' }], true],
		['no keys', listKeysCall(PROJECT), [], true],
		['keys of which one has no ID', listKeysCall(PROJECT), [{ id: KEY_ID }, {}], false],
		['a key in place of keys', listKeysCall(PROJECT), { id: KEY_ID }, false],
		['a body where there is to be none', deleteKeyCall(PROJECT, KEY_ID), {}, false],
		['projects', entries, [acme, { ...acme, organization: acme }], true],
		['projects of which one has no slug', entries, [acme, { name: 'Acme' }], false],
		['projects of which one has no name', entries, [acme, { slug: 'acme' }], false],
		['projects of an odd organization', entries, [{ ...acme, organization: {} }], false],
		['projects that are none', entries, [acme, null], false],
		['a project in place of projects', entries, acme, false],
	])('with %s is a success: %4$p', async (_, call, body, isSuccess) => {
		expect(await answered(call, body)).toBe(isSuccess);
	});

	it('teaches by keys alone how IDs are written', async () => {
		const dashed = '01234567-89ab-cdef-0123-456789abcdef';
		const { client, clock } = scriptedClient(({ url }) =>
			url.endsWith('/keys/')
				? jsonResponse(200, [{ id: dashed }])
				: jsonResponse(200, { id: dashed }),
		);
		await clock.run(
			client.request({
				...getKeyCall(PROJECT, KEY_ID),
				success: { status: 200, shape: 'entity' },
			}),
		);
		expect(client.names.areIdsUuids).toBe(false);
		await clock.run(client.request(listKeysCall(PROJECT)));
		expect(client.names.areIdsUuids).toBe(true);
	});
});

describe('a failure shows no secret', () => {
	const tell = async (text: string) => {
		const { client, clock } = scriptedClient(() => jsonResponse(400, { detail: text }), {
			secrets: ['12345678', 'a-header-value', 'short'],
		});
		return await clock.run(
			client.request(getKeyCall(PROJECT, KEY_ID)).then(
				() => '',
				({ remedy, details }: { remedy: string; details: object }) =>
					remedy + JSON.stringify(details),
			),
		);
	};

	it.each([
		['the token', 'Wrong: 12345678, 12345678.', 'Wrong: …, …'],
		['a header', 'X-Access: a-header-value', 'X-Access: …'],
		['any bearer', 'Authorization: bearer  abc.DEF~1+/=-_ here', 'Authorization: bearer  … here'],
	])('that a response repeats: %s', async (_, text, shown) => {
		const told = await tell(text);
		expect(told).toContain(shown);
		expect(told).not.toMatch(/12345678|a-header-value|DEF/);
	});

	it('and no hole where a short value stands for something else', async () => {
		expect(await tell('Too short')).toContain('Too short');
	});
});

it('calls of one bucket share its pace, those of another do not', async () => {
	const used = {
		'x-sentry-rate-limit-limit': '5',
		'x-sentry-rate-limit-remaining': '0',
		'x-sentry-rate-limit-reset': '1700000001',
	};
	const { client, clock } = scriptedClient(({ url }) =>
		jsonResponse(200, url.endsWith('/keys/') ? [] : { id: KEY_ID }, used),
	);
	const start = clock.now();
	await clock.run(client.request(getKeyCall(PROJECT, KEY_ID)));
	await clock.run(client.request(listKeysCall(PROJECT)));
	expect(clock.now()).toBe(start);
	await clock.run(client.request(getKeyCall(PROJECT, KEY_ID)));
	expect(clock.now() - start).toBeGreaterThanOrEqual(1000);
});
