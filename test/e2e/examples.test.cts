import { setTimeout as delay } from 'node:timers/promises';

import axios from 'axios';
import type { INodeParameters } from 'n8n-workflow';

import { startSandbox } from '../../sandbox/index.cts';
import type { KeyRecord, Sandbox } from '../../sandbox/index.cts';
import {
	examples,
	otherCredentials,
	sentryCredential,
	withConfiguration,
	withCredentials,
} from '../../tools/examples.cts';
import type { Example } from '../../tools/examples.cts';
import { N8nInstance } from '../../tools/n8nInstance.cts';
import { callTool, connectMcp } from './mcp.cts';
import { startOtherServices } from './otherServices.cts';
import type { OtherServices } from './otherServices.cts';
import { locator, output } from './workflows.cts';

/** The key that the user picks, or whose DSN leaked. */
const PICKED = 'a'.repeat(32);
const DAY_MS = 24 * 60 * 60 * 1000;

let sandbox: Sandbox;
let services: OtherServices;
let n8n: N8nInstance;

beforeAll(async () => {
	sandbox = await startSandbox();
	services = await startOtherServices(['api.github.com', 'config.example.com', 'slack.com']);
	n8n = await N8nInstance.create({
		...services.env,
		// Files are part of the execution.
		N8N_DEFAULT_BINARY_DATA_MODE: 'default',
	});
	const credentials = [sentryCredential(sandbox.tokens.admin, sandbox.url), ...otherCredentials];
	await n8n.importCredentials(credentials);
	await n8n.importWorkflows(
		examples().map((example) => runnable(withCredentials(example, credentials))),
	);
}, 600_000);

afterEach(() => {
	sandbox.reset();
	services.requests.length = 0;
	services.response = () => ({ status: 200, body: {} });
});

afterAll(async () => {
	await n8n.remove();
	await services.close();
	await sandbox.close();
});

/** With what only a user can add: the key that is meant, and a click in place of a schedule. */
function runnable(workflow: Example): Example {
	const chosen: Record<string, INodeParameters> = {
		'Create the new key': { clientKey: locator(PICKED) as INodeParameters },
		'Time to deploy': { amount: 1, unit: 'seconds' },
		'Time to notice': { amount: 1, unit: 'seconds' },
	};
	const nodes = workflow.nodes.map((node) => ({
		...node,
		...(node.type === 'n8n-nodes-base.scheduleTrigger' && {
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
		}),
		parameters: { ...node.parameters, ...chosen[node.name] },
	}));
	return withConfiguration({ ...workflow, nodes }, { dsn: dsnOf(PICKED) });
}

/** The DSN of a key of acme's web-app. */
function dsnOf(publicKey: string): string {
	const [key] = sandbox.keys.ofProject('acme', 'web-app');
	return sandbox.url.replace('://', `://${publicKey}@`) + `/${key?.projectId}`;
}

const webAppKeys = () => sandbox.keys.ofProject('acme', 'web-app');
const idsOf = (keys: KeyRecord[]) => keys.map(({ public: id }) => id);
const named = (name: string) => sandbox.keys.all().filter(({ label }) => label === name);

it('create-client-key creates the key that its configuration describes', async () => {
	const done = await n8n.execute('create-client-key');
	expect(output(done, 'Sentry Client Keys')[0]?.json).toMatchObject({ name: 'Fabulous Key' });
	expect(output(done, 'Sentry Client Keys', 1)[0]?.json).toMatchObject({ keyName: 'Fabulous Key' });
	expect(webAppKeys()[0]).toMatchObject({
		label: 'Fabulous Key',
		rateLimitCount: 1000,
		rateLimitWindow: 7200,
	});
});

it('key-for-every-project leaves no project without one', async () => {
	const done = await n8n.execute('key-for-every-project');
	expect(output(done, 'A key in each of them')).toHaveLength(30);
	expect(named('production')).toHaveLength(30);
	expect(new Set(named('production').map(({ projectId }) => projectId)).size).toBe(30);
});

it('rotate-client-key delivers the new DSN before it retires the old key', async () => {
	sandbox.addKeys('acme', 'web-app', 1, { public: PICKED, label: 'picked', rateLimitCount: 5 });
	const activeOnDelivery: boolean[] = [];
	services.response = () => {
		activeOnDelivery.push(...named('picked').map(({ isActive }) => isActive));
		return { status: 204 };
	};
	const done = await n8n.execute('rotate-client-key');
	const [key, ...others] = named('picked');
	expect(others).toEqual([]);
	expect(key?.public).not.toBe(PICKED);
	expect(activeOnDelivery).toEqual([true, true]);
	expect(services.requests).toMatchObject([
		{
			method: 'PUT',
			url: 'https://config.example.com/apps/web-app',
			body: { SENTRY_DSN: dsnOf(key?.public ?? '') },
		},
	]);
	expect(output(done, 'Disable the old key')[0]?.json).toMatchObject({
		id: PICKED,
		isActive: false,
	});
	expect(output(done, 'Delete the old key')[0]?.json).toEqual({ deleted: true, id: PICKED });
});

it('rotate-client-key leaves both keys working if nobody takes the DSN', async () => {
	sandbox.addKeys('acme', 'web-app', 1, { public: PICKED, label: 'picked' });
	services.response = () => ({ status: 503, body: {} });
	const { exitCode } = await n8n.execute('rotate-client-key');
	expect(exitCode).toBe(1);
	expect(named('picked').map(({ isActive }) => isActive)).toEqual([true, true]);
});

it('leaked-dsn replaces the key of a DSN and disables it', async () => {
	sandbox.addKeys('acme', 'web-app', 1, { public: PICKED, label: 'leaked' });
	const done = await n8n.execute('leaked-dsn');
	const [key, old] = named('leaked');
	expect(old).toMatchObject({ public: PICKED, isActive: false });
	expect(key?.isActive).toBe(true);
	expect(output(done, 'Replace')[0]?.json).toMatchObject({
		dsn: dsnOf(key?.public ?? ''),
		previousKeyId: PICKED,
	});
});

it('switch-off-unused-keys disables what is old and brought nothing, and no other', async () => {
	const old = { dateCreated: new Date(Date.now() - 100 * DAY_MS) };
	const [unused, used] = sandbox.addKeys('acme', 'web-app', 2, old);
	sandbox.addKeys('acme', 'web-app', 1, { label: 'new' });
	sandbox.addUsage(used?.public ?? '', { accepted: 1 }, 60);
	await n8n.execute('switch-off-unused-keys');
	expect(idsOf(webAppKeys().filter(({ isActive }) => !isActive))).toEqual([unused?.public]);
});

it('limit-every-key limits what has no limit, and leaves other limits', async () => {
	const strict = { rateLimitCount: 5, rateLimitWindow: 60 };
	const [limited] = sandbox.addKeys('acme', 'backend', 1, strict);
	await n8n.execute('limit-every-key');
	const keys = sandbox.keys.all();
	expect(keys.filter(({ rateLimitCount }) => rateLimitCount === 1000)).toHaveLength(30);
	expect(keys.find(({ public: id }) => id === limited?.public)).toMatchObject(strict);
	expect(idsOf(keys.filter(({ rateLimitCount }) => rateLimitCount === null))).toEqual(
		idsOf([
			...sandbox.keys.ofProject('globex', 'shop'),
			...sandbox.keys.ofProject('globex', 'api'),
		]),
	);
});

it('audit-as-csv has a line for every key, and no secret', async () => {
	sandbox.addKeys('globex', 'shop', 1, { label: 'old, "retired"', isActive: false });
	const done = await n8n.execute('audit-as-csv');
	const { data = '', fileName } = output(done, 'CSV file')[0]?.binary?.data ?? {};
	const csv = Buffer.from(data, 'base64').toString();
	expect(fileName).toBe('sentry-client-keys.csv');
	for (const { public: id, secret } of sandbox.keys.all()) {
		expect(csv).toContain(id);
		expect(csv).not.toContain(secret);
	}
	const lines = csv.trim().split('\n');
	expect(lines).toHaveLength(1 + sandbox.keys.all().length);
	expect(lines[0]).toContain('organization,project,key,id,active,limit,created');
	expect(csv).toMatch(/globex,shop,"old, ""retired""",[0-9a-f]{32},no,none,/);
});

it('key-per-environment creates three keys of one configuration', async () => {
	const done = await n8n.execute('key-per-environment');
	const keys = webAppKeys().filter(({ label }) => label.startsWith('shop '));
	expect(keys.map(({ label, rateLimitCount }) => [label, rateLimitCount])).toEqual([
		['shop development', 100],
		['shop staging', 1000],
		['shop production', 10000],
	]);
	expect(output(done, 'All DSNs').map(({ json }) => json.dsn)).toEqual(
		idsOf(keys).reverse().map(dsnOf),
	);
});

it('errors-to-slack creates the other keys, and tells Slack once of those that were refused', async () => {
	services.response = () => ({ status: 200, body: { ok: true } });
	for (const path of ['/service-07/keys/', '/service-21/keys/']) {
		sandbox.faults.add({ kind: 'forbidden', path });
	}
	await n8n.execute('errors-to-slack');
	expect(named('production')).toHaveLength(28);
	expect(services.requests).toMatchObject([
		{
			method: 'POST',
			url: 'https://slack.com/api/chat.postMessage',
			authorization: 'Bearer slack-token',
			body: {
				channel: '#alerts',
				text: expect.stringMatching(
					/^acme\/service-07: Sentry did not .*\nacme\/service-21: Sentry did not /,
				) as string,
			},
		},
	]);
});

describe('dsn-to-github-variable', () => {
	const VARIABLES = 'https://api.github.com/repos/acme/web-app/actions/variables';
	const asked = () => services.requests.map(({ method, url }) => `${method} ${url}`);

	it('updates the variable that is there', async () => {
		services.response = () => ({ status: 204 });
		await n8n.execute('dsn-to-github-variable');
		expect(asked()).toEqual([`PATCH ${VARIABLES}/SENTRY_DSN`]);
		expect(services.requests).toMatchObject([
			{
				authorization: 'token github-token',
				body: { name: 'SENTRY_DSN', value: dsnOf(named('production')[0]?.public ?? '') },
			},
		]);
	});

	it('creates it if there is none', async () => {
		services.response = ({ method }) =>
			method === 'PATCH'
				? { status: 404, body: { message: 'Not Found' } }
				: { status: 201, body: {} };
		const { exitCode } = await n8n.execute('dsn-to-github-variable');
		expect(exitCode).toBe(0);
		expect(asked()).toEqual([`PATCH ${VARIABLES}/SENTRY_DSN`, `POST ${VARIABLES}`]);
		expect(services.requests[1]).toMatchObject({
			authorization: 'token github-token',
			body: { name: 'SENTRY_DSN', value: dsnOf(named('production')[0]?.public ?? '') },
		});
	});
});

describe('in a running n8n', () => {
	let url: string;

	beforeAll(async () => {
		const session = await n8n.start();
		url = session.url;
		await session.activate('dsn-by-webhook');
		await session.activate('mcp-server');
	}, 300_000);

	it('dsn-by-webhook answers with the DSN of one key, however often it is asked', async () => {
		const post = async (body: object, headers: Record<string, string> = {}) => {
			// n8n starts to listen some time after it has answered that the workflow is active.
			for (let tries = 1; ; tries++) {
				const response = await axios.post<Record<string, unknown>>(
					`${url}/webhook/sentry-dsn`,
					body,
					{ headers, validateStatus: () => true },
				);
				if (response.status !== 404 || tries === 40) return response;
				await delay(250);
			}
		};
		const known = { 'X-Deploy-Key': 'deploy-key' };
		const wanted = { project: 'web-app', name: 'production' };
		expect((await post(wanted)).status).toBe(403);
		expect(named('production')).toHaveLength(0);

		const first = await post(wanted, known);
		const [key, ...others] = named('production');
		expect(others).toEqual([]);
		expect(first).toMatchObject({ status: 200, data: { dsn: dsnOf(key?.public ?? '') } });
		expect(first.data.outcome).toBe('created');
		expect((await post(wanted, known)).data).toEqual({ ...first.data, outcome: 'unchanged' });

		const wrong = await post({ ...wanted, project: 'nope' }, known);
		expect(wrong.status).toBe(400);
		expect(wrong.data).toEqual({
			error: expect.stringContaining('does not exist') as string,
			advice: expect.any(String) as string,
		});
		sandbox.faults.add({ kind: 'unauthorized' });
		expect((await post(wanted, known)).status).toBe(502);
	});

	it('mcp-server lets agents look up, get and replace keys', async () => {
		const mcp = await connectMcp(`${url}/mcp/sentry-client-keys`, 'agent-token');
		const stranger = axios.post(`${url}/mcp/sentry-client-keys`, {});
		await expect(stranger).rejects.toThrow(/403/);
		expect(await callTool(mcp, 'List_projects', {})).toContain('"project":"service-27"');
		const got = await callTool(mcp, 'Key_of_a_name', { project: 'web-app', name: 'from an agent' });
		const [key] = named('from an agent');
		const dsn = dsnOf(key?.public ?? '');
		expect(got).toContain(dsn);
		expect(await callTool(mcp, 'List_keys', { project: 'web-app' })).toContain(dsn);

		const replaced = await callTool(mcp, 'Replace_a_key', { dsn });
		const [successor, old] = named('from an agent');
		expect(replaced).toContain(dsnOf(successor?.public ?? ''));
		expect(old).toMatchObject({ public: key?.public, isActive: true });
		expect(got + replaced).not.toContain(key?.secret);
	});
});
