import { readFile } from 'node:fs/promises';

import type { IDataObject } from 'n8n-workflow';

import { IS_N8N_1 } from '../../tools/n8nInstall.cts';
import { startQueueMode, until } from './queueMode.cts';
import type { ListedExecution, QueueMode } from './queueMode.cts';
import { chain, locator, sentry, splitOut, webhook } from './workflows.cts';

const CREATES = 200;
const ROTATIONS = 20;
const TIMEOUT_MS = 300_000;

let queue: QueueMode;

/** Few enough at a time that the worker is killed in the middle. */
const options = { maxConcurrentRequests: 10 };
const create = { name: '={{ $json.name }}', options };

beforeAll(async () => {
	queue = await startQueueMode(
		[
			sentry('plain', create),
			sentry('idempotent', {
				...create,
				options: { ...options, idempotencyKey: '={{ $json.name }}' },
			}),
			sentry('upsert', { ...create, operation: 'upsert' }, { token: 'admin' }),
			sentry(
				'rotate',
				{
					operation: 'rotate',
					previousKey: 'disable',
					clientKey: locator('={{ $json.id }}'),
					options: { maxConcurrentRequests: 5 },
				},
				{ token: 'admin' },
			),
		].map((node) => chain(node.name, [webhook(node.name, 'onReceived'), splitOut(), node])),
		[100, 300],
	);
}, 600_000);

afterAll(async () => await queue.stop());

/**
 * Triggers a workflow, kills the worker that has the execution when its work is half done, and does
 * what a user does then: nothing on n8n 1.x, which runs the execution again; else trigger it again.
 */
async function surviveKill(
	workflow: string,
	items: IDataObject[],
	isHalfDone: () => boolean,
): Promise<void> {
	const ended = async (count: number) =>
		await until(`the end of execution ${count} of ${workflow}`, async () => {
			const executions = await queue.executions(workflow);
			const isOver = !['new', 'running', 'waiting'].includes(executions[0]?.status ?? 'new');
			return executions.length === count && isOver ? executions[0] : undefined;
		});
	await queue.call(workflow, { items });
	await until('half of the work', isHalfDone);
	const [execution] = await queue.executions(workflow);
	await queue.killWorkerOf(execution as ListedExecution);
	if (!IS_N8N_1) await queue.addWorker();
	expect((await ended(1)).status).toBe(IS_N8N_1 ? 'success' : 'error');
	if (IS_N8N_1) return await queue.addWorker();
	await queue.call(workflow, { items });
	expect((await ended(2)).status).toBe('success');
}

const keysOf = (job: string) =>
	queue.sandbox.keys.all().filter(({ label }) => label.startsWith(`${job} `));

describe(`a worker killed in the middle of ${CREATES} keys leaves neither a second key nor a gap`, () => {
	it.each([
		['idempotent', 'Create with an Idempotency Key'],
		['upsert', 'Create or Update'],
		// Only n8n 1.x runs the execution again under its ID, which is all that Create needs.
		...(IS_N8N_1 ? [['plain', 'Create']] : []),
	])(
		'%s: %s',
		async (workflow) => {
			const names = Array.from({ length: CREATES }, (_, n) => `${workflow} ${n}`);
			let madeBefore = 0;
			await surviveKill(
				workflow,
				names.map((name) => ({ name })),
				() => {
					madeBefore = keysOf(workflow).length;
					return madeBefore >= CREATES / 4;
				},
			);
			expect(madeBefore).toBeLessThan(CREATES);
			const labels = keysOf(workflow).map(({ label }) => label);
			expect(labels.sort()).toEqual(names.sort());
		},
		TIMEOUT_MS,
	);
});

it(
	`a worker killed in the middle of ${ROTATIONS} rotations leaves no project without a working key`,
	async () => {
		const old = queue.sandbox.addKeys('acme', 'web-app', ROTATIONS, (n) => ({
			label: `rotated ${n}`,
		}));
		const active = (label: string) =>
			keysOf('rotated').filter((key) => key.label === label && key.isActive);
		const withoutKey = new Set<string>();
		const watch = setInterval(() => {
			for (const { label } of old) if (active(label).length === 0) withoutKey.add(label);
		}, 5);
		let disabledBefore = 0;
		await surviveKill(
			'rotate',
			old.map((key) => ({ id: key.public })),
			() => {
				disabledBefore = old.filter(({ isActive }) => !isActive).length;
				return disabledBefore >= ROTATIONS / 4;
			},
		).finally(() => clearInterval(watch));
		expect(disabledBefore).toBeLessThan(ROTATIONS);
		expect([...withoutKey]).toEqual([]);
		expect(old.filter(({ isActive }) => isActive)).toEqual([]);
		expect(keysOf('rotated')).toHaveLength(2 * ROTATIONS);
		for (const { label } of old) expect(active(label)).toHaveLength(1);
	},
	TIMEOUT_MS,
);

it('the workers said meanwhile how far they were', async () => {
	const logs = await Promise.all(
		queue.workers.map(async ({ logFile }) => await readFile(logFile, 'utf8')),
	);
	expect(logs.join()).toMatch(/\b\d+ of 200 items \(node "idempotent", execution \d+\)/);
});
