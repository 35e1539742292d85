import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { IDataObject, INode } from 'n8n-workflow';

import { startSandbox } from '../../sandbox/index.cts';
import type { KeyRecord, Sandbox } from '../../sandbox/index.cts';
import { N8nInstance } from '../../tools/n8nInstance.cts';
import { callTool, connectMcp, mcpServer } from './mcp.cts';
import { credentialsOf, locator, NODE_TYPE, sentry } from './workflows.cts';

let sandbox: Sandbox;
let n8n: N8nInstance;
let mcp: Client;

/** What the agent is to fill in, with its type and how n8n describes it to the model. */
const ask = (name: string, type = 'string', fallback?: string): string =>
	`={{ $fromAI('${name}', '${name}', '${type}'${fallback === undefined ? '' : `, ${fallback}`}) }}`;

const WHERE: IDataObject = {
	organization: locator(ask('organization', 'string', "'acme'")),
	project: locator(ask('project', 'string', "'web-app'")),
};
const DRY = { options: { dryRun: ask('dryRun', 'string', "'false'") } };

/** One tool for each operation, its arguments under names that an agent would understand. */
function tool(
	name: string,
	parameters: IDataObject,
	token: keyof Sandbox['tokens'] = 'admin',
): INode {
	return sentry(name, { ...WHERE, ...parameters }, { type: `${NODE_TYPE}Tool`, token });
}

const KEY: IDataObject = { clientKey: locator(ask('key')) };
const BY_DSN: IDataObject = { identifyBy: 'dsn', dsn: ask('dsn') };

const TOOLS = [
	tool('create', { name: ask('name', 'string', "''"), ...DRY }),
	tool('create_json', { specifyBody: 'json', body: ask('body') }),
	tool('upsert', {
		operation: 'upsert',
		name: ask('name'),
		additionalFields: {
			rateLimit: { limit: { count: ask('count', 'string'), window: ask('window', 'string') } },
		},
		...DRY,
	}),
	tool('get', { operation: 'get', ...KEY }),
	tool('get_by_dsn', { operation: 'get', ...BY_DSN }),
	tool('list', { operation: 'getAll', limit: ask('limit', 'string', "'50'") }),
	tool('list_status', { operation: 'getAll', filters: { status: ask('status') } }),
	tool('update', {
		operation: 'update',
		...KEY,
		updateFields: { isActive: ask('active', 'string') },
		...DRY,
	}),
	tool('rotate', { operation: 'rotate', ...BY_DSN, previousKey: ask('previousKey'), ...DRY }),
	tool('delete', { operation: 'delete', ...KEY, ...DRY }),
	tool('delete_without_right', { operation: 'delete', ...KEY }, 'write'),
	tool('create_read_only', { name: ask('name') }, 'readOnly'),
	tool('projects', { resource: 'project', operation: 'getAll', returnAll: true }),
	tool('organizations', { resource: 'organization', operation: 'getAll' }),
];

beforeAll(async () => {
	sandbox = await startSandbox();
	n8n = await N8nInstance.create();
	await n8n.importCredentials(credentialsOf(sandbox));
	await n8n.importWorkflows([mcpServer('keys', TOOLS)]);
	const session = await n8n.start();
	await session.activate('keys');
	mcp = await connectMcp(`${session.url}/mcp/keys`);
}, 600_000);

afterEach(() => sandbox.reset());

afterAll(async () => {
	await mcp.close();
	await n8n.remove();
	await sandbox.close();
});

/** Every token and every secret of a key, which no agent may see. */
function expectNoSecret(text: string): void {
	for (const token of Object.values(sandbox.tokens)) expect(text).not.toContain(token);
	for (const { secret } of sandbox.keys.all()) expect(text).not.toContain(secret);
}

async function call(name: string, args: object = {}): Promise<string> {
	const text = await callTool(mcp, name, args);
	expectNoSecret(text);
	return text;
}

function addKey(fields: Partial<KeyRecord> = {}): { id: string; dsn: string } {
	const [key] = sandbox.addKeys('acme', 'web-app', 1, { label: 'app', ...fields });
	if (key === undefined) throw new Error('No key was added');
	const dsn = `${sandbox.url.replace('://', `://${key.public}@`)}/${key.projectId}`;
	return { id: key.public, dsn };
}

/** Each project has the key that came with it. */
const SEEDED_KEYS = 32;

const keysOf = (name: string): KeyRecord[] =>
	sandbox.keys.ofProject('acme', 'web-app').filter(({ label }) => label === name);
const keyOf = (id: string): KeyRecord | undefined =>
	sandbox.keys.all().find((key) => key.public === id);
const writes = (): number => sandbox.requests.filter(({ method }) => method !== 'GET').length;

it('an agent sees each tool, with a description that names what it is about', async () => {
	const { tools } = await mcp.listTools();
	expect(tools.map(({ name }) => name).sort()).toEqual(TOOLS.map(({ name }) => name).sort());
	for (const { description, name } of tools) {
		expect(description).toMatch(
			/organization|project/.test(name) ? /project|organization/i : /DSN/,
		);
	}
});

describe('a call that is right', () => {
	it('creates a key each time', async () => {
		const said = [await call('create', { name: 'bot' }), await call('create', { name: 'bot' })];
		expect(keysOf('bot')).toHaveLength(2);
		for (const { public: id } of keysOf('bot')) expect(said.join()).toContain(id);
	});

	it.each([
		['plain JSON', '{"name": "json", "rateLimit": {"count": 5, "window": 60}}'],
		['a code fence', '```json\n{"name": "json", "rateLimit": {"count": 5, "window": 60}}\n```'],
	])('creates a key from %s', async (_, body) => {
		await call('create_json', { body });
		expect(keysOf('json')).toMatchObject([{ rateLimitCount: 5, rateLimitWindow: 60 }]);
	});

	it('creates or updates one key, with numbers as text', async () => {
		await call('upsert', { name: 'one', count: '7', window: '60' });
		await call('upsert', { name: 'one', count: ' 9 ', window: '60' });
		expect(keysOf('one')).toMatchObject([{ rateLimitCount: 9 }]);
	});

	it('gets a key by its ID, in capitals too', async () => {
		const { id } = addKey();
		expect(await call('get', { key: id })).toContain(id);
		expect(await call('get', { key: id.toUpperCase() })).toContain(id);
	});

	it('says whose DSN it is', async () => {
		const said = await call('get_by_dsn', { dsn: addKey().dsn });
		expect(said).toContain('acme');
		expect(said).toContain('web-app');
	});

	it('lists keys, as many as asked for, and says that there are more', async () => {
		for (let n = 0; n < 3; n++) addKey();
		const said = await call('list', { limit: '2' });
		expect(said.match(/"dateCreated"/g)).toHaveLength(2);
		expect(said).toContain('list_cut');
	});

	it('lists keys of a status', async () => {
		const { id } = addKey({ isActive: false });
		const said = await call('list_status', { status: 'inactive' });
		expect(said).toContain(id);
		expect(said.match(/"dateCreated"/g)).toHaveLength(1);
	});

	it.each(['false', 'no', '0'])('switches a key off, told %j', async (active) => {
		const { id } = addKey();
		expect(await call('update', { key: id, active })).toContain('key_inactive');
		expect(keyOf(id)?.isActive).toBe(false);
	});

	it.each([
		['delete', undefined],
		['disable', false],
		['keep', true],
	])('rotates a leaked DSN, old key: %s', async (previousKey, isActive) => {
		const { id, dsn } = addKey();
		const said = await call('rotate', { dsn, previousKey });
		const successor = keysOf('app').find((key) => key.public !== id);
		expect(said).toContain(successor?.public);
		expect(keyOf(id)?.isActive).toBe(isActive);
	});

	it('deletes a key', async () => {
		const { id } = addKey();
		expect(await call('delete', { key: id })).toContain('"deleted":true');
		expect(keyOf(id)).toBeUndefined();
	});

	it('lists projects and organizations', async () => {
		expect(await call('projects')).toContain('service-27');
		expect(await call('organizations')).toContain('globex');
	});
});

describe('a dry run', () => {
	it.each<[string, (key: { id: string; dsn: string }) => object]>([
		['create', () => ({ name: 'dry' })],
		['upsert', () => ({ name: 'dry', count: '5', window: '60' })],
		['update', ({ id }) => ({ key: id, active: 'false' })],
		['rotate', ({ dsn }) => ({ dsn, previousKey: 'delete' })],
		['delete', ({ id }) => ({ key: id })],
	])('of %s says what would be done, and writes nothing', async (name, args) => {
		const key = addKey();
		const said = await call(name, { ...args(key), dryRun: 'true' });
		expect(said).toMatch(/"outcome":"would[A-Z]/);
		expect(writes()).toBe(0);
	});
});

describe('a call that is wrong leads to the right one', () => {
	const UNKNOWN = '0'.repeat(32);

	it.each<[string, string, object, RegExp[]]>([
		['an unknown project', 'create', { name: 'x', project: 'nope' }, [/nope/, /slug/]],
		['an unknown organization', 'create', { name: 'x', organization: 'nope' }, [/nope/, /slug/]],
		['a display name', 'create', { name: 'x', project: 'Web App' }, [/Project/, /slug/]],
		['a path for a project', 'create', { name: 'x', project: 'acme/web-app' }, [/slug/]],
		['a name that is too long', 'create', { name: 'x'.repeat(65) }, [/'Name'/, /64/]],
		['an empty name', 'upsert', { name: '', count: '1', window: '60' }, [/'Name'/]],
		[
			'a number in words',
			'upsert',
			{ name: 'x', count: 'many', window: '60' },
			[/Count/i, /whole number/],
		],
		[
			'a window that is too long',
			'upsert',
			{ name: 'x', count: '1', window: '90000' },
			[/Window/i, /86400/],
		],
		[
			'a negative count',
			'upsert',
			{ name: 'x', count: '-1', window: '60' },
			[/Count/i, /whole number/],
		],
		['broken JSON', 'create_json', { body: '{"name": ' }, [/JSON/]],
		['JSON that is a list', 'create_json', { body: '[]' }, [/object/]],
		['a name where an ID is wanted', 'get', { key: 'production' }, [/32 hex digits/, /Get Many/]],
		['the number of a project', 'get', { key: '42' }, [/32 hex digits/]],
		['an unknown key', 'get', { key: UNKNOWN }, [/does not exist/]],
		['text that is no DSN', 'get_by_dsn', { dsn: 'hello' }, [/DSN/, /https:\/\//]],
		[
			'a DSN of another server',
			'get_by_dsn',
			{ dsn: `https://${UNKNOWN}@sentry.invalid/1` },
			[/DSN/],
		],
		['a limit of zero', 'list', { limit: '0' }, [/'Limit'/, /1/]],
		['a limit in words', 'list', { limit: 'all' }, [/'Limit'/, /Return All/]],
		['an unknown status', 'list_status', { status: 'on' }, [/Status/, /active/, /inactive/]],
		['a switch in words', 'update', { key: UNKNOWN, active: 'maybe' }, [/Active/, /true or false/]],
		[
			'an unknown choice',
			'rotate',
			{ dsn: `https://${UNKNOWN}@o1.ingest.sentry.io/1`, previousKey: 'archive' },
			[/Previous Key/, /keep/, /delete/],
		],
		[
			'a dry run in words',
			'delete',
			{ key: UNKNOWN, dryRun: 'perhaps' },
			[/Dry Run/, /true or false/],
		],
		['a key that is gone', 'delete', { key: UNKNOWN }, [/does not exist/]],
	])('%s', async (_, name, args, told) => {
		const said = await call(name, args);
		for (const pattern of told) expect(said).toMatch(pattern);
		expect(sandbox.keys.all()).toHaveLength(SEEDED_KEYS);
	});

	it('without the right to delete', async () => {
		const said = await call('delete_without_right', { key: addKey().id });
		expect(said).toMatch(/project:admin/);
	});

	it('without the right to create', async () => {
		const said = await call('create_read_only', { name: 'x' });
		expect(said).toMatch(/project:write/);
	});
});
