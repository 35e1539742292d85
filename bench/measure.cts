import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import axios from 'axios';
import { build } from 'esbuild';

import { SENTRY_IO } from '../sandbox/limiter.cts';
import { N8nInstance } from '../tools/n8nInstance.cts';
import { freePort } from '../tools/process.cts';
import { runBare } from './bare.cts';
import { CASES } from './cases.cts';
import type { BenchItem, Case, CaseName, Least } from './cases.cts';
import { axiosSend, IN_N8N, pathOf, workflowOf } from './contenders.cts';
import type { ContenderName, Setting } from './contenders.cts';
import type { NodeReading } from './floorNode/Meter.node.cts';
import { startMeter } from './meter.cts';
import { SandboxProcess } from './sandboxProcess.cts';
import type { Traffic } from './sandboxProcess.cts';

/** One cell of the table. */
export interface Run {
	contender: ContenderName;
	case: CaseName;
	count: number;
}

/** What a run came to. */
export interface Result extends Run, Omit<NodeReading, 'rows'>, Omit<Traffic, 'phaseMs'> {
	limiter: boolean;
	/** The shortest time in which any client can do it. */
	limitMs: number;
}

/** One n8n and one sandbox, with a workflow for each contender and case. */
export class Stage {
	private constructor(
		private readonly setting: Setting,
		private readonly sandbox: SandboxProcess,
		private readonly n8n: N8nInstance,
		private readonly n8nUrl: string,
		private readonly nodesFolder: string,
	) {}

	static async set(
		names: CaseName[],
		{ inFlight, latencyMs, limiter }: Omit<Setting, 'url'>,
	): Promise<Stage> {
		const sandbox = await SandboxProcess.start({ port: await freePort(), latencyMs, limiter });
		const setting: Setting = { url: sandbox.url, inFlight, latencyMs, limiter };
		const nodesFolder = await mkdtemp(join(tmpdir(), 'bench-nodes-'));
		await build({
			entryPoints: ['Meter', 'Bare'].map((name) => join(__dirname, `floorNode/${name}.node.cts`)),
			outdir: nodesFolder,
			bundle: true,
			platform: 'node',
		});
		const n8n = await N8nInstance.create({ N8N_CUSTOM_EXTENSIONS: nodesFolder });
		await n8n.importCredentials([
			{
				id: 'sentry',
				name: 'Sentry',
				type: 'sentryClientKeysApi',
				data: { authToken: sandbox.token, baseUrl: sandbox.url },
			},
		]);
		const workflows = IN_N8N.flatMap((contender) =>
			names.map((name) => workflowOf(contender, name, setting)),
		);
		await n8n.importWorkflows(workflows);
		const session = await n8n.start();
		for (const { id } of workflows) await session.activate(id);
		return new Stage(setting, sandbox, n8n, session.url, nodesFolder);
	}

	async clear(): Promise<void> {
		await this.n8n.remove();
		await this.sandbox.stop();
		await rm(this.nodesFolder, { recursive: true });
	}

	async measure(run: Run): Promise<Result> {
		const { contender, count } = run;
		const { world, items: itemsOf, least, makesKeys }: Case = CASES[run.case];
		const items = itemsOf(count, await this.sandbox.make(world(count)));
		if (this.setting.limiter) await nextSecond();
		const { rows, failures, ...reading } =
			contender === 'axios' ? await this.byAxios(run, items) : await this.byN8n(run, items);
		const { phaseMs, ...traffic } = await this.sandbox.tell();
		// The comparison of the list with unchanged items leaves none.
		const rowsWanted = contender === 'httpRequest' && run.case === 'upsertSame' ? 0 : count;
		return {
			...run,
			limiter: this.setting.limiter,
			...reading,
			...traffic,
			failures: Math.max(failures, rowsWanted - rows, makesKeys ? count - traffic.keysMade : 0),
			limitMs: limitOf(least(count), this.setting, phaseMs),
		};
	}

	private async byN8n({ contender, case: name }: Run, items: BenchItem[]): Promise<NodeReading> {
		const url = `${this.n8nUrl}/webhook/${pathOf(contender, name)}`;
		// n8n registers a workflow's webhook a while after it says that the workflow is active.
		for (let tries = 0; ; tries++) {
			const { data, status } = await axios.post<NodeReading>(
				url,
				{ items },
				{ validateStatus: (code) => code < 300 || (code === 404 && tries < 50) },
			);
			if (status !== 404) return data;
			await delay(200);
		}
	}

	private async byAxios({ case: name }: Run, items: BenchItem[]): Promise<NodeReading> {
		const { setting, sandbox } = this;
		const stop = startMeter();
		const rows = await runBare(
			name,
			items,
			setting.inFlight,
			axiosSend(setting.url, sandbox.token),
		);
		const reading = stop();
		const failures = rows.filter((row) => 'error' in row).length;
		return { ...reading, rows: rows.length - failures, failures };
	}
}

/**
 * The physical limit.
 *
 * @param phaseMs how far the limiter's second is when the work begins
 */
export function limitOf(
	{ requests, inOneBucket, inSequence }: Least,
	{ inFlight, latencyMs, limiter }: Omit<Setting, 'url'>,
	phaseMs = 0,
): number {
	const rounds = Math.max(inSequence, Math.ceil(requests / inFlight));
	const seconds = Math.ceil(inOneBucket / SENTRY_IO.limit) - 1;
	const paced = limiter && seconds > 0 ? seconds * 1000 - phaseMs + latencyMs : 0;
	return Math.max(rounds * latencyMs, paced);
}

/** The limiter's windows begin on full seconds; each run begins with one. */
async function nextSecond(): Promise<void> {
	await delay(1000 - (Date.now() % 1000));
}
