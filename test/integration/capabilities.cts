import type { IDataObject, IRun } from 'n8n-workflow';

import type { KeyRecord, Sandbox } from '../../sandbox/index.cts';
import { hints, locator, result, run } from './support.cts';
import type { RunSettings } from './support.cts';

/** One thing that users want of a server, and whether the node can do it there. */
interface Capability {
	title: string;
	isThere: (server: Sandbox) => Promise<boolean>;
}

const LIMIT = { limit: { count: 5, window: 60 } };
const DAY_MS = 86_400_000;

/** A key that was there long before, as a project that is in use has. */
export function oldKey(server: Sandbox, fields: Partial<KeyRecord> = {}): KeyRecord {
	const dateCreated = new Date(Date.now() - 30 * DAY_MS);
	const [key] = server.addKeys('acme', 'web-app', 1, { label: 'old', dateCreated, ...fields });
	if (key === undefined) throw new Error('No key was added');
	return key;
}

/** Runs the node with a token that may do everything. */
export async function runAsAdmin(
	server: Sandbox,
	parameters: IDataObject,
	settings: RunSettings = {},
): Promise<IRun> {
	return await run(server, parameters, { token: server.tokens.admin, ...settings });
}

const isDone = async (server: Sandbox, parameters: IDataObject): Promise<boolean> =>
	(await runAsAdmin(server, parameters)).status === 'success';

const keyOf = (server: Sandbox, { public: id }: KeyRecord): KeyRecord | undefined =>
	server.keys.all().find((key) => key.public === id);

const dsnOf = ({ url }: Sandbox, { public: id, projectId }: KeyRecord): string =>
	`${url.replace('://', `://${id}@`)}/${projectId}`;

async function rotates(server: Sandbox, previousKey: string): Promise<boolean> {
	const { public: id } = oldKey(server);
	return await isDone(server, { operation: 'rotate', clientKey: locator(id), previousKey });
}

/** Whether a user gets the key in spite of a response that was lost on the way. */
async function settlesLostCreate(server: Sandbox): Promise<boolean> {
	oldKey(server);
	server.faults.add({ kind: 'loseResponse', method: 'POST', times: 1 });
	return await isDone(server, { name: 'lost' });
}

/** In the order of the table in the reference. */
export const CAPABILITIES: Capability[] = [
	{ title: 'Create', isThere: async (server) => await isDone(server, { name: 'new' }) },
	{
		title: 'Create without a name',
		isThere: async (server) => {
			oldKey(server);
			return await isDone(server, { name: '' });
		},
	},
	{
		title: 'Rate limit of a new key',
		isThere: async (server) => {
			const done = await runAsAdmin(server, { name: 'limited', rateLimit: LIMIT });
			return result(done)[0]?.rateLimit !== null;
		},
	},
	{ title: 'The key of a create whose response was lost', isThere: settlesLostCreate },
	{
		title: 'Idempotency Key',
		isThere: async (server) => {
			const once = { name: 'once', options: { idempotencyKey: 'order 7' } };
			const [first, second] = [await runAsAdmin(server, once), await runAsAdmin(server, once)];
			return result(first)[0]?.id === result(second)[0]?.id;
		},
	},
	{
		title: 'Create or Update, of a new key',
		isThere: async (server) => {
			await runAsAdmin(server, { operation: 'upsert', name: 'one' });
			await runAsAdmin(server, { operation: 'upsert', name: 'one' });
			return server.keys.all().filter(({ label }) => label === 'one').length === 1;
		},
	},
	{
		title: 'Create or Update, of a key with other settings',
		isThere: async (server) => {
			const key = oldKey(server);
			const additionalFields = { rateLimit: LIMIT };
			const parameters = { operation: 'upsert', name: 'old', additionalFields };
			return (await isDone(server, parameters)) && keyOf(server, key)?.rateLimitCount === 5;
		},
	},
	{
		title: 'Update',
		isThere: async (server) => {
			const key = oldKey(server);
			const parameters = {
				operation: 'update',
				clientKey: locator(key.public),
				updateFields: { name: 'renamed' },
			};
			return (await isDone(server, parameters)) && keyOf(server, key)?.label === 'renamed';
		},
	},
	{
		title: 'Rotate, old key kept',
		isThere: async (server) => await rotates(server, 'keep'),
	},
	{
		title: 'Rotate, old key deleted',
		isThere: async (server) => await rotates(server, 'delete'),
	},
	{
		title: 'Rotate, old key disabled',
		isThere: async (server) => await rotates(server, 'disable'),
	},
	{
		title: 'Delete',
		isThere: async (server) => {
			const key = oldKey(server);
			const done = await isDone(server, { operation: 'delete', clientKey: locator(key.public) });
			return done && keyOf(server, key) === undefined;
		},
	},
	{
		title: 'Get, also by the DSN alone',
		isThere: async (server) => {
			const key = oldKey(server);
			const byId = { operation: 'get', clientKey: locator(key.public.toUpperCase()) };
			const byDsn = { operation: 'get', identifyBy: 'dsn', dsn: dsnOf(server, key) };
			return (await isDone(server, byId)) && (await isDone(server, byDsn));
		},
	},
	{
		title: 'Organization and project by number',
		isThere: async (server) => {
			const { projectId } = oldKey(server);
			const parameters = {
				operation: 'getAll',
				organization: locator('4504765715316736'),
				project: locator(String(projectId)),
			};
			return result(await runAsAdmin(server, parameters)).length === 2;
		},
	},
	{
		title: "Get Many, a whole organization's keys in one list",
		isThere: async (server) => {
			const parameters = { operation: 'getAll', scope: 'organization', returnAll: true };
			const done = await isDone(server, parameters);
			return done && server.requests.length < 5;
		},
	},
	{
		title: 'Get Many, filter by status',
		isThere: async (server) => {
			oldKey(server, { isActive: false });
			const parameters = { operation: 'getAll', filters: { status: 'inactive' } };
			const done = await runAsAdmin(server, parameters);
			return done.status === 'success' && result(done).length === 1;
		},
	},
	{
		title: 'Include Usage',
		isThere: async (server) => {
			const { public: id } = oldKey(server);
			const parameters = {
				operation: 'get',
				clientKey: locator(id),
				options: { includeUsage: true },
			};
			const done = await runAsAdmin(server, parameters);
			return done.status === 'success' && hints(done) === '';
		},
	},
	{
		title: 'Columns `secret` and `isActive`',
		isThere: async (server) => {
			const [row] = result(await runAsAdmin(server, { name: 'new' }));
			return row?.secret !== null && row?.isActive !== null;
		},
	},
];
