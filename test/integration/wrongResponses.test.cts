import { runWorkflow } from '../../tools/engine.cts';
import type { KeyRecord, Sandbox } from '../../sandbox/index.cts';
import { oldKey, runAsAdmin } from './capabilities.cts';
import { meddlersThat } from './meddlers.cts';
import type { Passing } from './meddlers.cts';
import {
	addKeys,
	createdIn,
	locator,
	NAMED,
	numbered,
	result,
	sentryNode,
	serversThat,
	stopText,
	workflowOf,
} from './support.cts';

const serverThat = serversThat();
const meddlerOf = meddlersThat();

const labelled = (server: Sandbox, name: string): KeyRecord | undefined =>
	createdIn(server).find(({ label }) => label === name);

describe('a cache that answers with another key', () => {
	const twoKeys = async () => {
		const server = await serverThat();
		const [wanted, other] = ['wanted', 'other'].map((label) => oldKey(server, { label }));
		if (wanted === undefined || other === undefined) throw new Error('No key was added');
		const { public: id, projectId, dateCreated } = other;
		const text = JSON.stringify({ id, name: 'other', projectId, isActive: true, dateCreated });
		return { server, wanted, text };
	};

	it.each([
		['get', {}],
		['update', { updateFields: { isActive: false } }],
		['rotate', { previousKey: 'disable' }],
		['rotate', { previousKey: 'delete' }],
	])('is not believed: %s %j changes neither', async (operation, parameters) => {
		const { server, wanted, text } = await twoKeys();
		const { public: id } = wanted;
		const isRead = ({ method, path }: Passing) => method === 'GET' && path.includes(id);
		const baseUrl = await meddlerOf(server, (passing) => (isRead(passing) ? { text } : undefined));
		const asked = { operation, clientKey: locator(id), ...parameters };
		const { message } = stopText(await runAsAdmin(server, asked, { baseUrl }));
		expect(message).toContain('the response is an object of another kind');
		expect(createdIn(server).map(({ label, isActive }) => [label, isActive])).toEqual([
			['other', true],
			['wanted', true],
		]);
	});

	it('is not taken for the key that was made', async () => {
		const { server, text } = await twoKeys();
		let left = 1;
		const baseUrl = await meddlerOf(server, ({ method }) =>
			method === 'POST' && left-- > 0 ? { text } : undefined,
		);
		const [row] = result(await runAsAdmin(server, { name: 'new' }, { baseUrl }));
		expect(row?.id).toBe(labelled(server, 'new')?.public);
	});

	it('is not taken for the key of another item', async () => {
		const { server } = await twoKeys();
		let first: string | undefined;
		const baseUrl = await meddlerOf(server, ({ method, text }) =>
			method === 'POST' ? { text: (first ??= text) } : undefined,
		);
		const done = await runAsAdmin(server, NAMED, { baseUrl, items: numbered(3) });
		expect(result(done).map(({ name }) => name)).toEqual(['key 0', 'key 1', 'key 2']);
		expect(createdIn(server)).toHaveLength(5);
	});
});

describe('a server that repeats the request in its response', () => {
	const HEADER = 'a-secret-of-the-proxy';

	it.each([200, 201, 400, 403, 404, 500])('shows no token with status %i', async (status) => {
		const server = await serverThat();
		const { public: id } = oldKey(server);
		const baseUrl = await meddlerOf(server, ({ requestHeaders }) => ({
			status,
			text: JSON.stringify({ headers: requestHeaders }),
		}));
		for (const operation of ['create', 'delete', 'getAll', 'rotate', 'update', 'upsert']) {
			const asked = {
				operation,
				clientKey: locator(id),
				name: 'x',
				updateFields: { name: 'x' },
				options: { maxRetries: 0 },
			};
			const authToken = server.tokens.admin;
			const credential = { authToken, baseUrl, headerName1: 'X-Access', headerValue1: HEADER };
			const done = await runWorkflow(workflowOf(numbered(1), sentryNode(asked)), {
				credentials: { sentry: credential },
			});
			expect(done.status).toBe('error');
			const shown = JSON.stringify(done.data.resultData);
			expect(shown).not.toContain(authToken);
			expect(shown).not.toContain(HEADER);
		}
	});
});

it.each([
	['create', 'POST', 200, { publicKeys: 'ignored' }],
	['update', 'PUT', 202, {}],
] as const)(
	'the key in a success of another kind shows no secret (%s)',
	async (operation, changed, status, ways) => {
		const server = await serverThat(ways);
		const key = oldKey(server);
		const baseUrl = await meddlerOf(server, ({ method }) =>
			method === changed ? { status } : undefined,
		);
		const asked = { operation, clientKey: locator(key.public), updateFields: { name: 'new' } };
		const done = await runAsAdmin(server, { name: 'new', ...asked }, { baseUrl });
		expect(done.status).toBe('error');
		const shown = JSON.stringify(done.data.resultData);
		for (const { secret } of createdIn(server)) expect(shown).not.toContain(secret);
	},
);

describe('a 404 that is not the word of Sentry', () => {
	/** A server that deletes nothing, behind a gateway that answers 404 in its place. */
	const undeletable = async (text: string) => {
		const server = await serverThat();
		const { public: id } = oldKey(server);
		server.faults.add({ kind: 'error503', method: 'DELETE' });
		const baseUrl = await meddlerOf(server, ({ method }) =>
			method === 'DELETE' ? { status: 404, text } : undefined,
		);
		return { server, id, baseUrl };
	};
	const GATEWAY = '{"message":"no Route matched with those values"}';

	it.each([GATEWAY, ''])(
		'is no proof that a key is gone, also if that may be (%s)',
		async (text) => {
			const { server, id, baseUrl } = await undeletable(text);
			const asked = {
				operation: 'delete',
				clientKey: locator(id),
				options: { ifNotFound: 'ignore' },
			};
			const done = await runAsAdmin(server, asked, { baseUrl });
			expect(stopText(done).message).toMatch(/^Sentry did not delete the client key/);
		},
	);

	it.each([GATEWAY, ''])('does not end a rotation (%s)', async (text) => {
		const { server, id, baseUrl } = await undeletable(text);
		const asked = { operation: 'rotate', clientKey: locator(id), previousKey: 'delete' };
		const done = await runAsAdmin(server, asked, { baseUrl });
		expect(stopText(done).description).toContain(`The old one, ${id}, may still work.`);
	});

	it('does not make a new rotation of an old one', async () => {
		const server = await serverThat();
		const { public: id } = oldKey(server);
		const asked = { operation: 'rotate', clientKey: locator(id) };
		await runAsAdmin(server, { ...asked, previousKey: 'keep' });
		server.faults.add({ kind: 'notFound', method: 'GET', path: id, times: 1 });
		const parameters = { ...asked, previousKey: 'delete' };
		const done = await runAsAdmin(server, parameters, { executionId: 'another' });
		expect(stopText(done).message).toContain('lists it all the same');
	});
});

it.each(['<!doctype html><p>Welcome', '[]'])(
	'a create whose response was replaced by %j is not sent again under other names',
	async (text) => {
		const server = await serverThat();
		const { projectId } = oldKey(server);
		const baseUrl = await meddlerOf(server, ({ method }) =>
			method === 'POST' ? { status: 200, text } : undefined,
		);
		const asked = { name: 'new', project: locator(projectId), options: { safeRetry: false } };
		const done = await runAsAdmin(server, asked, { baseUrl });
		expect(stopText(done).message).toContain('may have been created');
		expect(createdIn(server)).toHaveLength(2);
	},
);

it.each([
	['upsert', { name: 5 }],
	['update', { browserSdk: { choices: {} } }],
	['update', { browserSdk: { choices: [null] } }],
])('%s does its work also where the keys have %j', async (operation, odd) => {
	const server = await serverThat();
	const { public: id } = oldKey(server);
	// What is written, and answered to that, stays as it is.
	const baseUrl = await meddlerOf(server, ({ method, path, text }) => {
		if (method !== 'GET' || !path.includes('/keys/')) return undefined;
		const body = JSON.parse(text) as object | object[];
		const change = (key: object) => ({ ...key, ...odd });
		return { text: JSON.stringify(Array.isArray(body) ? body.map(change) : change(body)) };
	});
	const asked = { operation, clientKey: locator(id), updateFields: { isActive: false } };
	const done = await runAsAdmin(server, { name: 'new', ...asked }, { baseUrl });
	expect(done.status).toBe('success');
});

it('a full page whose way to the next one was dropped is not taken for the whole list', async () => {
	const server = await serverThat();
	const { label } = oldKey(server);
	addKeys(server, 120);
	const baseUrl = await meddlerOf(server, ({ method }) =>
		method === 'GET' ? { headers: {} } : undefined,
	);
	for (const asked of [
		{ operation: 'getAll', returnAll: true },
		{ operation: 'upsert', name: label },
	]) {
		const { message } = stopText(await runAsAdmin(server, asked, { baseUrl }));
		expect(message).toContain('whether there are more is not known');
	}
	expect(createdIn(server)).toHaveLength(121);
});
