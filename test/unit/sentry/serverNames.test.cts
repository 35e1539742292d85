import {
	createKeyCall,
	deleteKeyCall,
	getKeyCall,
	listKeysCall,
	updateKeyCall,
} from '../../../nodes/SentryClientKeys/sentry/endpoints.ts';
import type { Attempt, HttpRequest } from '../../../nodes/SentryClientKeys/sentry/types.ts';
import { jsonResponse, scriptedClient, textResponse } from '../support/scriptedSend.cts';

const DIGITS = '0123456789abcdef0123456789abcdef';
const DASHED = '01234567-89ab-cdef-0123-456789abcdef';
const PAGE = '<!DOCTYPE html><title>GlitchTip</title>';
const MISSING = jsonResponse(404, { detail: 'The requested resource does not exist' });
const project = { organization: 'acme', project: 'web-app' };
const pathOf = ({ url }: HttpRequest) => url.replace('https://sentry.io/api/0', '');

describe('a server that writes IDs with dashes', () => {
	/** As GlitchTip answers (recordings): digits match no route of the API. */
	const response = (request: HttpRequest): Attempt => {
		const path = pathOf(request);
		if (path.endsWith('/keys/')) return jsonResponse(200, [{ id: DASHED }]);
		if (!path.includes(DASHED)) return textResponse(request.method === 'GET' ? 200 : 403, PAGE);
		return request.method === 'DELETE'
			? textResponse(204, '')
			: jsonResponse(200, { id: DASHED, name: 'app' });
	};

	it.each([
		['GET', getKeyCall(project, DIGITS)],
		['PUT', updateKeyCall(project, DIGITS, { name: 'x' })],
		['DELETE', deleteKeyCall(project, DIGITS)],
	])('is sent them so from the first %s on that finds it out', async (method, call) => {
		const { client, clock, sent } = scriptedClient(response);
		await clock.run(client.request(call));
		await clock.run(client.request(call));
		const keys = '/api/0/projects/acme/web-app/keys/';
		expect(sent()).toEqual([
			`${method} ${keys}${DIGITS}/`,
			`GET ${keys}?per_page=1`,
			`${method} ${keys}${DASHED}/`,
			`${method} ${keys}${DASHED}/`,
		]);
		expect(client.names.keyId(DIGITS)).toBe(DASHED);
	});

	it('is sent them so for each of many keys that are asked for at once', async () => {
		const { client, clock, sent } = scriptedClient(response);
		const calls = Array.from({ length: 30 }, () => client.request(getKeyCall(project, DIGITS)));
		const found = await clock.run(Promise.all(calls));
		expect(found.map(({ body }) => body)).toEqual(Array(30).fill({ id: DASHED, name: 'app' }));
		expect(sent().filter((request) => request.includes('per_page=1'))).toHaveLength(1);
	});

	it('is known by its lists as well', async () => {
		const { client, clock, sent } = scriptedClient(response);
		await clock.run(client.request(listKeysCall(project)));
		await clock.run(client.request(getKeyCall(project, DIGITS)));
		expect(sent()).toHaveLength(2);
	});
});

it('a key that Sentry does not have costs one look at how it writes IDs', async () => {
	const { client, clock, sent } = scriptedClient((request) =>
		pathOf(request).endsWith('/keys/') ? jsonResponse(200, [{ id: 'f'.repeat(32) }]) : MISSING,
	);
	const call = getKeyCall(project, DIGITS);
	await expect(clock.run(client.request(call))).rejects.toThrow('does not exist');
	await expect(clock.run(client.request(call))).rejects.toThrow('does not exist');
	expect(sent()).toHaveLength(3);
});

it('a firewall’s page says nothing of how IDs are written', async () => {
	let isBlocked = true;
	const { client, clock, sent } = scriptedClient((request) =>
		isBlocked
			? textResponse(403, PAGE)
			: pathOf(request).includes(DIGITS)
				? jsonResponse(200, { id: DIGITS })
				: MISSING,
	);
	const call = getKeyCall(project, DIGITS);
	await expect(clock.run(client.request(call))).rejects.toThrow('a web page');
	isBlocked = false;
	expect((await clock.run(client.request(call))).body).toEqual({ id: DIGITS });
	expect(sent().at(-1)).toContain(DIGITS);
});

describe('a server that takes slugs only', () => {
	/** As Sentry 24.5 answers (recordings): numbers are 404 everywhere. */
	const response =
		(listed: Record<string, unknown>) =>
		(request: HttpRequest): Attempt => {
			const path = pathOf(request);
			if (path === '/projects/acme/web-app/keys/') return jsonResponse(200, [{ id: DIGITS }]);
			return path in listed ? jsonResponse(200, listed[path]) : MISSING;
		};
	const acme = { id: '1', slug: 'acme', name: 'Acme' };
	const webApp = { id: '42', slug: 'web-app', name: 'Web App', organization: acme };
	const call = listKeysCall({ organization: '1', project: '42' });

	it.each<[string, Record<string, unknown>]>([
		[
			'in the lists of the organization',
			{ '/organizations/': [acme], '/organizations/acme/projects/': [webApp] },
		],
		['among its own projects, as an integration sees them', { '/projects/': [webApp] }],
	])('is sent those that it has %s', async (_, listed) => {
		const { client, clock, sent } = scriptedClient(response(listed));
		await clock.run(client.request(call));
		const before = sent().length;
		await clock.run(client.request(call));
		expect(sent().slice(before)).toEqual(['GET /api/0/projects/acme/web-app/keys/?per_page=100']);
	});

	it('is believed to have nothing under a number only once its slug is tried', async () => {
		const { client, clock, sent } = scriptedClient((request) =>
			pathOf(request) === '/projects/1/42/keys/'
				? jsonResponse(200, [])
				: response({ '/projects/': [webApp] })(request),
		);
		expect((await clock.run(client.request(call))).body).toEqual([{ id: DIGITS }]);
		expect(sent().at(-1)).toBe('GET /api/0/projects/acme/web-app/keys/?per_page=100');
	});

	it('that lists neither has refused the call', async () => {
		const { client, clock, sent } = scriptedClient(response({}));
		await expect(clock.run(client.request(call))).rejects.toMatchObject({
			details: { code: 'not_found' },
		});
		const before = sent().length;
		await expect(clock.run(client.request(call))).rejects.toThrow('does not exist');
		expect(sent().length - before).toBe(1);
	});

	it('is not asked about numbers where names were given', async () => {
		const { client, clock, sent } = scriptedClient(() => MISSING);
		const named = listKeysCall({ organization: 'acme', project: 'gone' });
		await expect(clock.run(client.request(named))).rejects.toThrow('does not exist');
		expect(sent()).toHaveLength(1);
	});
});

it('a key that is missing stays missing while the list of keys is away', async () => {
	const { client, clock } = scriptedClient(
		(request) =>
			pathOf(request).endsWith('/keys/') ? jsonResponse(503, { detail: 'unavailable' }) : MISSING,
		{ maxRetries: 0 },
	);
	await expect(clock.run(client.request(getKeyCall(project, DIGITS)))).rejects.toMatchObject({
		details: { code: 'not_found' },
	});
});

it('a number is asked about again after its look-up failed for the moment', async () => {
	const lists: Attempt[] = [jsonResponse(503, { detail: 'unavailable' })];
	const { client, clock } = scriptedClient(
		(request) => {
			const path = pathOf(request);
			if (path === '/projects/acme/web-app/keys/') return jsonResponse(200, [{ id: DIGITS }]);
			if (path === '/organizations/acme/projects/') {
				return lists.shift() ?? jsonResponse(200, [{ id: '42', slug: 'web-app', name: 'Web App' }]);
			}
			return MISSING;
		},
		{ maxRetries: 0 },
	);
	const call = listKeysCall({ organization: 'acme', project: '42' });
	await expect(clock.run(client.request(call))).rejects.toMatchObject({
		details: { code: 'sentry_unavailable' },
	});
	expect((await clock.run(client.request(call))).body).toEqual([{ id: DIGITS }]);
});

describe('how IDs are written', () => {
	it.each<[string, unknown, boolean, string]>([
		['a key with dashes', { id: DASHED }, true, DASHED],
		['a list that begins with one', [{ id: DASHED }, { id: 'odd' }], true, DASHED],
		['a key with digits alone', { id: DIGITS }, false, DIGITS],
		['nothing', undefined, false, DASHED],
		['an empty list', [], false, DASHED],
		['a number', { id: 5 }, false, DASHED],
		['an ID of another form', { id: 'key-1' }, false, DASHED],
		['a longer ID', { id: `${DASHED}0` }, false, DASHED],
		['an ID with more before it', { id: `x${DASHED}` }, false, DASHED],
	])('is learned from %s', (_, body, areUuids, written) => {
		const { client } = scriptedClient(() => MISSING);
		client.names.observe(body);
		expect(client.names.areIdsUuids).toBe(areUuids);
		expect(client.names.keyId(DASHED)).toBe(written);
	});

	it('stays as it was given, until it is known', () => {
		const { client } = scriptedClient(() => MISSING);
		expect(client.names.keyId('ABC-def')).toBe('ABC-def');
		client.names.observe({ id: DIGITS });
		expect(client.names.keyId(DASHED.toUpperCase())).toBe(DIGITS);
	});

	it('is guessed where no key shows it, and only a success counts', async () => {
		const guess = async (second: Attempt) => {
			const { client, clock, sent } = scriptedClient(
				(request) => {
					const path = pathOf(request);
					if (path.endsWith('/keys/')) return jsonResponse(403, { detail: 'No' });
					return path.includes(DASHED) ? second : textResponse(200, PAGE);
				},
				{ maxRetries: 0 },
			);
			const found = await clock.run(
				client.request(getKeyCall(project, DIGITS)).then(
					({ body }) => JSON.stringify(body),
					({ message }: Error) => message,
				),
			);
			return { found, requests: sent().length };
		};
		expect(await guess(jsonResponse(200, { id: DASHED }))).toEqual({
			found: JSON.stringify({ id: DASHED }),
			requests: 3,
		});
		expect((await guess(MISSING)).found).toContain('a web page');
	});

	it('is believed by any response where the project has no key', async () => {
		const { client, clock } = scriptedClient((request) => {
			const path = pathOf(request);
			if (path.endsWith('/keys/')) return jsonResponse(200, []);
			return path.includes(DASHED) ? MISSING : textResponse(200, PAGE);
		});
		await expect(clock.run(client.request(getKeyCall(project, DIGITS)))).rejects.toMatchObject({
			details: { code: 'not_found' },
		});
	});
});

describe('a create is sent under another name', () => {
	const webApp = { id: '42', slug: 'web-app', name: 'Web App' };
	const create = async (first: Attempt) => {
		const { client, clock, sent } = scriptedClient(
			(request) => {
				const path = pathOf(request);
				if (path === '/organizations/acme/projects/') return jsonResponse(200, [webApp]);
				return path.includes('/42/') ? first : jsonResponse(201, { id: DIGITS });
			},
			{ maxRetries: 0 },
		);
		const call = createKeyCall({ organization: 'acme', project: '42' }, {});
		await clock.run(client.request(call).catch(() => undefined));
		return sent().filter((one) => one.startsWith('POST')).length;
	};

	it('after a 404 of Sentry’s own', async () => {
		expect(await create(MISSING)).toBe(2);
	});

	it.each<[string, Attempt]>([
		[
			"after a gateway's 404, which may hide that a key was made",
			jsonResponse(404, { error: 'x' }),
		],
		['after a 404 that is a page', textResponse(404, PAGE)],
		['after a page with 200', textResponse(200, PAGE)],
		['after a 403 that is a page', textResponse(403, PAGE)],
		['after an empty list', jsonResponse(200, [])],
		['without a response', { noResponse: { code: 'ECONNRESET', reason: 'x' } }],
	])('but not %s', async (_, first) => {
		expect(await create(first)).toBe(1);
	});
});

it('a look-up looks nothing up itself', async () => {
	const { client, clock, sent } = scriptedClient(() => MISSING);
	const call = { ...getKeyCall({ organization: '1', project: '42' }, DIGITS), isLookUp: true };
	await expect(clock.run(client.request(call))).rejects.toThrow('does not exist');
	expect(sent()).toHaveLength(1);
});

it('a key of no project is not looked for', async () => {
	const { client, clock, sent } = scriptedClient(() => MISSING);
	const call = {
		...getKeyCall(project, DIGITS),
		path: '/api/0/keys/{keyId}/',
		subject: { action: 'return the client key', scopes: 'project:read', keyId: DIGITS },
	};
	await expect(clock.run(client.request(call))).rejects.toThrow('does not exist');
	expect(sent()).toHaveLength(1);
});
