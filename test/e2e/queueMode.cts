import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import axios from 'axios';
import type { ExecutionStatus, IDataObject } from 'n8n-workflow';

import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox } from '../../sandbox/index.cts';
import { N8nInstance } from '../../tools/n8nInstance.cts';
import type { Worker, WorkflowImport } from '../../tools/n8nInstance.cts';
import type { N8nSession } from '../../tools/n8nSession.cts';
import { startPostgres } from '../../tools/postgres.cts';
import { startRedis } from '../../tools/redis.cts';
import { credentialsOf } from './workflows.cts';

/** An execution as n8n lists it. */
export interface ListedExecution {
	id: string;
	status: ExecutionStatus;
}

/** An n8n with Redis, PostgreSQL and two workers, and a sandbox that they work with. */
export interface QueueMode {
	sandbox: Sandbox;
	/** In the order in which they were started, the killed ones too. */
	workers: Worker[];
	/** Triggers a workflow through its webhook, and returns what the webhook answers. */
	call<T = IDataObject[]>(workflow: string, body: IDataObject): Promise<T>;
	/** A workflow's executions, the newest first. */
	executions(workflow: string): Promise<ListedExecution[]>;
	/** Kills the worker that has an execution. */
	killWorkerOf(execution: ListedExecution): Promise<void>;
	/**
	 * Starts another one. In the folder of a killed one it takes that one's executions for crashed, also where
	 * n8n is about to give them to a third.
	 */
	addWorker(): Promise<void>;
	stop(): Promise<void>;
}

/**
 * Starts all of it.
 *
 * @param workflows each begins with a webhook whose path is the workflow's ID
 */
export async function startQueueMode(
	workflows: WorkflowImport[],
	latencyMs: [number, number],
): Promise<QueueMode> {
	const stops: Array<() => Promise<void>> = [];
	const stop = async () => {
		for (const one of stops.splice(0).reverse()) await one();
	};
	try {
		const redis = await startRedis();
		stops.push(async () => await redis.stop());
		const postgres = await startPostgres();
		if (postgres !== undefined) stops.push(async () => await postgres.stop());
		const sandbox = await startSandbox({ latencyMs });
		stops.push(async () => await sandbox.close());
		const n8n = await N8nInstance.create({
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			// How soon a dead worker is noticed; by default that takes two minutes.
			QUEUE_WORKER_LOCK_DURATION: '5000',
			QUEUE_WORKER_LOCK_RENEW_TIME: '1000',
			QUEUE_WORKER_STALLED_INTERVAL: '2000',
			N8N_LOG_LEVEL: 'info',
			...postgres?.env,
		});
		stops.push(async () => await n8n.remove());
		await n8n.importCredentials(credentialsOf(sandbox));
		await n8n.importWorkflows(workflows);
		const session = await n8n.start();
		const workers = [await n8n.startWorker(), await n8n.startWorker()];
		for (const { id } of workflows) await session.activate(id);
		return {
			sandbox,
			workers,
			call: async (workflow, body) => await call(session, workflow, body),
			executions: async (workflow) => {
				const filter = encodeURIComponent(JSON.stringify({ workflowId: workflow }));
				const { data } = await session.get<{ data: { results: ListedExecution[] } }>(
					`/executions?filter=${filter}`,
				);
				return data.results;
			},
			killWorkerOf: async (execution) => {
				await (await workerOf(workers, execution)).kill();
			},
			addWorker: async () => {
				workers.push(await n8n.startWorker());
			},
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

/** Waits until there is a value, or the condition is true. */
export async function until<T>(
	what: string,
	probe: () => Promise<T> | T,
	timeoutMs = 180_000,
): Promise<NonNullable<T>> {
	for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await delay(50)) {
		const value = await probe();
		if (value) return value;
	}
	throw new Error(`Waited in vain: ${what}`);
}

/** n8n starts to listen some time after it has said that a workflow is active. */
async function call<T>(session: N8nSession, workflow: string, body: IDataObject): Promise<T> {
	for (let tries = 0; ; tries++) {
		const { status, data } = await axios.post<T>(`${session.url}/webhook/${workflow}`, body, {
			validateStatus: () => true,
		});
		if (status === 200) return data;
		if (status !== 404 || tries === 40) throw new Error(`${status} ${JSON.stringify(data)}`);
		await delay(250);
	}
}

async function workerOf(workers: Worker[], { id }: ListedExecution): Promise<Worker> {
	for (const worker of workers) {
		const log = await readFile(worker.logFile, 'utf8');
		if (log.includes(`started execution ${id} `)) return worker;
	}
	throw new Error(`No worker has execution ${id}`);
}
