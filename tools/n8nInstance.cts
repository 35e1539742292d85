import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import axios from 'axios';
import type { IRun } from 'n8n-workflow';

import { N8nSession } from './n8nSession.cts';
import { ensureN8n } from './n8nInstall.cts';
import type { N8nInstallation } from './n8nInstall.cts';
import { PACKAGE_NAME, packPackage, REPOSITORY } from './package.cts';
import { freePort, run, runOrThrow, stopGroup } from './process.cts';
import type { Finished } from './process.cts';

/** A credential as `n8n import:credentials` takes it, unencrypted. */
export interface CredentialImport {
	id: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}

/** A workflow as `n8n import:workflow` takes it. */
export interface WorkflowImport {
	id: string;
	name: string;
	[field: string]: unknown;
}

export interface HeadlessRun extends Finished {
	/** What n8n stored of the run; undefined if it printed none. */
	run: IRun | undefined;
}

/** A process that takes executions from the queue. */
export interface Worker {
	logFile: string;
	/** Ends it at once, without a chance to finish or to say goodbye (SIGKILL). */
	kill(): Promise<void>;
}

/** How long n8n may take to start, in milliseconds. */
const START_TIMEOUT_MS = 120_000;

/**
 * A real n8n with a data folder of its own, the package installed from its tarball where n8n's own
 * installer would put it.
 */
export class N8nInstance {
	private server: ChildProcess | undefined;
	private readonly workers: ChildProcess[] = [];
	private brokerPort = 0;

	private constructor(
		private readonly n8n: N8nInstallation,
		/** Holds `.n8n`; removed when the instance is. */
		readonly folder: string,
		private readonly extraEnv: NodeJS.ProcessEnv,
		private readonly encryptionKey: string,
	) {}

	/** Prepares an instance; needs the built package. */
	static async create(extraEnv: NodeJS.ProcessEnv = {}): Promise<N8nInstance> {
		const n8n = await ensureN8n();
		const folder = await mkdtemp(join(tmpdir(), 'n8n-'));
		const instance = new N8nInstance(n8n, folder, extraEnv, randomBytes(24).toString('hex'));
		const tarball = await packPackage(join(folder, 'package'));
		const { nodes } = instance;
		await mkdir(nodes, { recursive: true });
		await writeFile(join(nodes, 'package.json'), '{ "private": true }\n');
		await runOrThrow(
			'npm',
			[
				'install',
				'--omit=dev',
				'--legacy-peer-deps',
				'--ignore-scripts',
				'--no-audit',
				'--no-fund',
				tarball,
			],
			{ cwd: nodes },
		);
		instance.brokerPort = await freePort();
		return instance;
	}

	/** Where n8n's own installer puts packages. */
	private get nodes(): string {
		return join(this.folder, '.n8n', 'nodes');
	}

	/**
	 * Puts the package as it was just built in the place of the installed one. An n8n that runs with
	 * N8N_DEV_RELOAD notices, and tells open editors.
	 */
	async updatePackage(): Promise<void> {
		const installed = join(this.nodes, 'node_modules', PACKAGE_NAME, 'dist');
		await cp(join(REPOSITORY, 'dist'), installed, { recursive: true });
	}

	get logFile(): string {
		return join(this.folder, 'n8n.log');
	}

	async importCredentials(credentials: CredentialImport[]): Promise<void> {
		await this.import('credentials', credentials);
	}

	async importWorkflows(workflows: WorkflowImport[]): Promise<void> {
		await this.import('workflow', workflows);
	}

	/** Runs one workflow without a server: `n8n execute`. */
	async execute(workflowId: string): Promise<HeadlessRun> {
		const finished = await run(
			this.n8n.node,
			[this.n8n.script, 'execute', `--id=${workflowId}`, '--rawOutput'],
			{ env: this.env() },
		);
		const json = /^\{[\s\S]*\}\s*$/m.exec(finished.stdout)?.[0];
		return { ...finished, run: json === undefined ? undefined : (JSON.parse(json) as IRun) };
	}

	/** Starts the server and logs its owner in. */
	async start(port?: number): Promise<N8nSession> {
		const chosen = await freePort(port);
		const server = this.launch(['start'], this.logFile, { N8N_PORT: String(chosen) });
		this.server = server;
		const url = `http://127.0.0.1:${chosen}`;
		// `/healthz` answers before the API does; an API call tells when n8n is really there.
		await this.until(server, this.logFile, async () => {
			const { status, data } = await axios.get<unknown>(`${url}/rest/settings`, {
				validateStatus: () => true,
			});
			return status === 200 && typeof data === 'object';
		});
		return await N8nSession.asOwner(url);
	}

	/** Starts a worker for the queue; the instance must be in queue mode. */
	async startWorker(): Promise<Worker> {
		const logFile = join(this.folder, `worker-${this.workers.length + 1}.log`);
		const worker = this.launch(['worker', '--concurrency=5'], logFile, {
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			QUEUE_HEALTH_CHECK_PORT: String(await freePort()),
		});
		this.workers.push(worker);
		await this.until(worker, logFile, async () =>
			(await readFile(logFile, 'utf8')).includes('n8n worker is now ready'),
		);
		return { logFile, kill: async () => await stopGroup(worker, 'SIGKILL') };
	}

	/** Stops the server and the workers. */
	async stop(): Promise<void> {
		await Promise.all(this.workers.splice(0).map(async (worker) => await stopGroup(worker)));
		if (this.server !== undefined) await stopGroup(this.server);
		this.server = undefined;
	}

	/** Stops the server and removes all data. */
	async remove(): Promise<void> {
		await this.stop();
		await rm(this.folder, { recursive: true, force: true });
	}

	private async import(what: 'credentials' | 'workflow', records: object[]): Promise<void> {
		const file = join(this.folder, `${what}.json`);
		await writeFile(file, JSON.stringify(records));
		try {
			await runOrThrow(this.n8n.node, [this.n8n.script, `import:${what}`, `--input=${file}`], {
				env: this.env(),
			});
		} finally {
			await rm(file);
		}
	}

	/** Starts n8n as a process that leads a group of its own. */
	private launch(args: string[], logFile: string, env: NodeJS.ProcessEnv): ChildProcess {
		const log = createWriteStream(logFile, { flags: 'a' });
		const child = spawn(this.n8n.node, [this.n8n.script, ...args], {
			env: { ...process.env, ...this.env(), ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
			detached: true,
		});
		child.stdout.pipe(log, { end: false });
		child.stderr.pipe(log, { end: false });
		return child;
	}

	/** Waits until a process is ready; stops everything if it never is. */
	private async until(
		child: ChildProcess,
		logFile: string,
		isReady: () => Promise<boolean>,
	): Promise<void> {
		const deadline = Date.now() + START_TIMEOUT_MS;
		while (Date.now() < deadline && child.exitCode === null) {
			if (await isReady().catch(() => false)) return;
			await delay(250);
		}
		const log = await readFile(logFile, 'utf8').catch(() => '');
		await this.stop();
		throw new Error(`n8n did not start:\n${log.split('\n').slice(-20).join('\n')}`);
	}

	private env(): NodeJS.ProcessEnv {
		return {
			// Under a test runner's 'test', n8n does nothing and says nothing.
			NODE_ENV: 'production',
			PATH: [dirname(this.n8n.node), process.env.PATH].join(delimiter),
			N8N_USER_FOLDER: this.folder,
			N8N_ENCRYPTION_KEY: this.encryptionKey,
			N8N_RUNNERS_BROKER_PORT: String(this.brokerPort),
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_SECURE_COOKIE: 'false',
			N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
			// Nothing that would call a server of n8n's.
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_HIRING_BANNER_ENABLED: 'false',
			...this.extraEnv,
		};
	}
}
