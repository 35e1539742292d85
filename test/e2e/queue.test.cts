import { readFile } from 'node:fs/promises';

import axios from 'axios';
import type { IDataObject } from 'n8n-workflow';

import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox } from '../../sandbox/index.cts';
import { N8nInstance } from '../../tools/n8nInstance.cts';
import type { N8nSession } from '../../tools/n8nSession.cts';
import { startRedis } from '../../tools/redis.cts';
import type { Redis } from '../../tools/redis.cts';
import { chain, credentialsOf, sentry, webhook } from './workflows.cts';

const AT_ONCE = 8;
const ROUNDS = 4;

let redis: Redis;
let sandbox: Sandbox;
let n8n: N8nInstance;
let session: N8nSession;
let workerLogs: string[];

const upsert = { operation: 'upsert', name: '={{ $json.body.name }}' };

beforeAll(async () => {
	redis = await startRedis();
	// Long enough that every execution has looked before the first one has made its key.
	sandbox = await startSandbox({ latencyMs: [100, 300] });
	n8n = await N8nInstance.create({
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		N8N_LOG_LEVEL: 'info',
	});
	await n8n.importCredentials(credentialsOf(sandbox));
	await n8n.importWorkflows([
		chain('admin', [webhook('admin'), sentry('Upsert', upsert, { token: 'admin' })]),
		chain('write', [webhook('write'), sentry('Upsert', upsert, { token: 'write' })]),
		chain('rotate', [
			webhook('rotate'),
			sentry(
				'Rotate',
				{
					operation: 'rotate',
					clientKey: { __rl: true, mode: 'id', value: '={{ $json.body.name }}' },
				},
				{ token: 'admin' },
			),
		]),
	]);
	session = await n8n.start();
	workerLogs = [await n8n.startWorker(), await n8n.startWorker()];
	for (const workflow of ['admin', 'write', 'rotate']) await session.activate(workflow);
}, 600_000);

afterAll(async () => {
	await n8n.remove();
	await sandbox.close();
	await redis.stop();
});

/** Starts so many executions of a workflow at the same moment, and returns their rows. */
async function race(workflow: string, name: string, atOnce = AT_ONCE): Promise<IDataObject[]> {
	const answers = await Promise.all(
		Array.from({ length: atOnce }, async () => await call(workflow, name)),
	);
	return answers.flat();
}

/** n8n starts to listen some time after it has said that a workflow is active. */
async function call(workflow: string, name: string): Promise<IDataObject[]> {
	for (let tries = 0; ; tries++) {
		const { status, data } = await axios.post<IDataObject[]>(
			`${session.url}/webhook/${workflow}`,
			{ name },
			{ validateStatus: () => true },
		);
		if (status === 200) return data;
		if (status !== 404 || tries === 40) throw new Error(`${status} ${JSON.stringify(data)}`);
		await new Promise((resolve) => setTimeout(resolve, 250));
	}
}

const keysNamed = (name: string) => sandbox.keys.all().filter(({ label }) => label === name);
const idsOf = (rows: IDataObject[]) => [...new Set(rows.map(({ id }) => id))];

it('executions on two workers that want the same key end with one, and return it', async () => {
	for (let round = 1; round <= ROUNDS; round++) {
		const rows = await race('admin', `round ${round}`);
		const keys = keysNamed(`round ${round}`);
		expect(keys).toHaveLength(1);
		expect(rows).toHaveLength(AT_ONCE);
		expect(idsOf(rows)).toEqual([keys[0]?.public]);
	}
	const logs = await Promise.all(workerLogs.map(async (file) => await readFile(file, 'utf8')));
	for (const log of logs) expect(log).toMatch(/finished execution/i);
	const creates = sandbox.requests.filter(({ method }) => method === 'POST');
	expect(creates.length).toBeGreaterThan(ROUNDS);
}, 120_000);

it('two without the right to delete return the oldest all the same', async () => {
	// A third one that starts late would find two keys that stay, and refuse to choose.
	const rows = await race('write', 'no admin', 2);
	expect(idsOf(rows)).toEqual([keysNamed('no admin').at(-1)?.public]);
}, 60_000);

it('executions that rotate the same key end with one new key', async () => {
	const [old] = sandbox.addKeys('acme', 'web-app', 1, { label: 'to rotate' });
	const rows = await race('rotate', old?.public ?? '');
	expect(idsOf(rows)).toHaveLength(1);
	expect(keysNamed('to rotate')).toHaveLength(2);
}, 60_000);
