import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import axios from 'axios';
import type { INodeListSearchResult } from 'n8n-workflow';

import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox } from '../../sandbox/index.cts';
import { N8nInstance } from '../../tools/n8nInstance.cts';
import type { N8nSession } from '../../tools/n8nSession.cts';
import {
	chain,
	credentialsOf,
	NODE_TYPE,
	sentry,
	splitOut,
	trigger,
	webhook,
} from './workflows.cts';

let sandbox: Sandbox;
let n8n: N8nInstance;
let session: N8nSession;

beforeAll(async () => {
	sandbox = await startSandbox({ limiter: true });
	n8n = await N8nInstance.create({ N8N_LOG_LEVEL: 'debug' });
	await n8n.importCredentials(credentialsOf(sandbox));
	const slow = [webhook('slow', 'onReceived'), splitOut(), sentry('Create', {}, {})];
	await n8n.importWorkflows([
		chain('create', [trigger(), sentry('Create')]),
		{ ...chain('slow', slow), settings: { executionOrder: 'v1', executionTimeout: 2 } },
		chain('stopped', [webhook('stopped', 'onReceived'), ...slow.slice(1)]),
	]);
	session = await n8n.start();
	for (const id of ['slow', 'stopped']) await session.activate(id);
}, 600_000);

afterAll(async () => {
	await n8n.remove();
	await sandbox.close();
});

describe("the credential's Test button", () => {
	/** On a saved credential whose fields were changed and not saved yet, as the editor does it. */
	const press = async (authToken: string, baseUrl = sandbox.url) =>
		await session.post<{ status: string; message: string }>('/credentials/test', {
			credentials: {
				id: 'write',
				name: 'Sentry (write)',
				type: 'sentryClientKeysApi',
				data: { authToken, baseUrl },
			},
		});

	it('tells a good token, a wrong one, one that is not enough, and an address apart', async () => {
		expect(await press(sandbox.tokens.write)).toMatchObject({ status: 'OK' });
		expect((await press('sntryu_wrong')).message).toMatch(/does not accept the token/);
		expect((await press(sandbox.tokens.organization)).message).toMatch(/sntrys_/);
		expect((await press(sandbox.tokens.readOnly)).message).toMatch(/project:write/);
		expect((await press('x', 'http://127.0.0.1:1')).message).toMatch(/no response/);
	});
});

describe('the pickers', () => {
	const pick = async (methodName: string, extra: object = {}, token = 'write') =>
		await session.post<INodeListSearchResult>('/dynamic-node-parameters/resource-locator-results', {
			path: 'parameters.organization',
			methodName,
			nodeTypeAndVersion: { name: NODE_TYPE, version: 1 },
			currentNodeParameters: sentry('Create').parameters,
			credentials: { sentryClientKeysApi: { id: token, name: 'Sentry' } },
			...extra,
		});

	it('list organizations and projects, searched and page by page', async () => {
		expect((await pick('searchOrganizations')).results.map(({ value }) => value)).toEqual([
			'acme',
			'globex',
		]);
		expect((await pick('searchProjects', { filter: 'back' })).results).toMatchObject([
			{ name: 'Backend (backend)', value: 'backend' },
		]);
		sandbox.addProjects('acme', 100);
		const first = await pick('searchProjects');
		const second = await pick('searchProjects', { paginationToken: first.paginationToken });
		expect(first.results.length + second.results.length).toBe(130);
	});

	it('work for an integration, and say why a list stays empty', async () => {
		const { results } = await pick('searchOrganizations', {}, 'integration');
		expect(results.map(({ value }) => value)).toEqual(['acme']);
		await expect(pick('searchOrganizations', {}, 'organization')).rejects.toThrow(
			/organization tokens/,
		);
	});
});

it('the editor knows the columns before the first run', async () => {
	const { data } = await axios.get<{ properties: object }>(
		`${session.url}/schemas/${NODE_TYPE}/1.0.0/clientKey/create.json`,
		{ headers: { cookie: session.cookie } },
	);
	expect(Object.keys(data.properties)).toHaveLength(14);
});

it('the token is in no log and in the database only encrypted', async () => {
	const stored = await Promise.all(
		[
			n8n.logFile,
			...['', '-wal'].map((end) => join(n8n.folder, '.n8n', `database.sqlite${end}`)),
		].map(async (file) => await readFile(file, 'latin1').catch(() => '')),
	);
	expect(stored.join('')).toContain('sentryClientKeysApi');
	for (const token of Object.values(sandbox.tokens)) expect(stored.join('')).not.toContain(token);
});

describe('an execution that ends early sends nothing more', () => {
	/** More than Sentry's limiter lets through in the time that the execution has. */
	const ITEMS = Array.from({ length: 400 }, (_, n) => ({ n }));
	const creates = () => sandbox.requests.filter(({ method }) => method === 'POST').length;

	beforeEach(() => sandbox.reset());

	it("after n8n's time-out", async () => {
		await axios.post(`${session.url}/webhook/slow`, { items: ITEMS });
		await waitUntil(() => creates() > 0);
		await delay(4_000);
		const sent = creates();
		await delay(2_000);
		expect(creates()).toBe(sent);
		expect(sent).toBeLessThan(ITEMS.length);
	});

	it('after somebody stopped it', async () => {
		await axios.post(`${session.url}/webhook/stopped`, { items: ITEMS });
		await waitUntil(() => creates() > 0);
		const { data } = await session.get<{ data: { results: Array<{ id: string }> } }>(
			'/executions?filter={"status":["running"]}',
		);
		await session.post(`/executions/${data.results[0]?.id}/stop`, {});
		await delay(1_000);
		const sent = creates();
		await delay(2_000);
		expect(creates()).toBe(sent);
		expect(sent).toBeLessThan(ITEMS.length);
	});
});

async function waitUntil(isTrue: () => boolean): Promise<void> {
	while (!isTrue()) await delay(50);
}
