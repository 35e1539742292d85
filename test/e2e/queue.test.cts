import { readFile } from 'node:fs/promises';

import type { IDataObject } from 'n8n-workflow';

import { startQueueMode } from './queueMode.cts';
import type { QueueMode } from './queueMode.cts';
import { chain, locator, sentry, splitOut, webhook } from './workflows.cts';

const AT_ONCE = 8;
const ROUNDS = 4;

let queue: QueueMode;

const upsert = { operation: 'upsert', name: '={{ $json.body.name }}' };

beforeAll(async () => {
	queue = await startQueueMode(
		[
			chain('create', [
				webhook('create'),
				splitOut(),
				sentry('Create', { name: '={{ $json.name }}' }),
			]),
			chain('admin', [webhook('admin'), sentry('Upsert', upsert, { token: 'admin' })]),
			chain('write', [webhook('write'), sentry('Upsert', upsert, { token: 'write' })]),
			chain('rotate', [
				webhook('rotate'),
				sentry(
					'Rotate',
					{ operation: 'rotate', clientKey: locator('={{ $json.body.name }}') },
					{ token: 'admin' },
				),
			]),
		],
		// Long enough that every execution has looked before the first one has made its key.
		[100, 300],
	);
}, 600_000);

afterAll(async () => await queue.stop());

/** Starts so many executions of a workflow at the same moment, and returns their rows. */
async function race(workflow: string, name: string, atOnce = AT_ONCE): Promise<IDataObject[]> {
	const responses = await Promise.all(
		Array.from({ length: atOnce }, async () => await queue.call(workflow, { name })),
	);
	return responses.flat();
}

const keysNamed = (name: string) => queue.sandbox.keys.all().filter(({ label }) => label === name);
const idsOf = (rows: IDataObject[]) => [...new Set(rows.map(({ id }) => id))];

it('both workers make the keys that webhooks ask for, all at once', async () => {
	const jobs = Array.from({ length: AT_ONCE }, (_, job) =>
		Array.from({ length: 5 }, (_, n) => ({ name: `job ${job}, key ${n}` })),
	);
	const rows = await Promise.all(jobs.map(async (items) => await queue.call('create', { items })));
	const names = jobs.flat().map(({ name }) => name);
	expect(rows.flat().map(({ name }) => name)).toEqual(names);
	const made = queue.sandbox.keys.all().filter(({ label }) => label.startsWith('job '));
	expect(made.map(({ label }) => label).sort()).toEqual(names.sort());
	for (const { logFile } of queue.workers) {
		expect(await readFile(logFile, 'utf8')).toMatch(/finished execution/i);
	}
}, 120_000);

it('executions on two workers that want the same key end with one, and return it', async () => {
	for (let round = 1; round <= ROUNDS; round++) {
		const rows = await race('admin', `round ${round}`);
		const keys = keysNamed(`round ${round}`);
		expect(keys).toHaveLength(1);
		expect(rows).toHaveLength(AT_ONCE);
		expect(idsOf(rows)).toEqual([keys[0]?.public]);
	}
	const creates = queue.sandbox.requests.filter(({ method }) => method === 'POST');
	expect(creates.length).toBeGreaterThan(ROUNDS);
}, 120_000);

it('two without the right to delete return the oldest all the same', async () => {
	// A third one that starts late would find two keys that stay, and refuse to choose.
	const rows = await race('write', 'no admin', 2);
	expect(idsOf(rows)).toEqual([keysNamed('no admin').at(-1)?.public]);
}, 60_000);

it('executions that rotate the same key end with one new key', async () => {
	const [old] = queue.sandbox.addKeys('acme', 'web-app', 1, { label: 'to rotate' });
	const rows = await race('rotate', old?.public ?? '');
	expect(idsOf(rows)).toHaveLength(1);
	expect(keysNamed('to rotate')).toHaveLength(2);
}, 60_000);
