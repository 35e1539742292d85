import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { startSandbox } from '../sandbox/index.cts';
import type { RequestRecord, Sandbox } from '../sandbox/index.cts';
import type { BenchItem, World } from './cases.cts';

/** How the sandbox is to be. */
export interface SandboxSettings {
	port: number;
	latencyMs: number;
	limiter: boolean;
}

/** What reached the sandbox since its world was made. */
export interface Traffic {
	requests: number;
	/** Of them, those that were answered 429. */
	refused: number;
	keysMade: number;
	mostInFlight: number;
	/** How far the limiter's second was at the first request, in milliseconds. */
	phaseMs: number;
}

type Order = { start: SandboxSettings } | { make: World } | { tell: true };

/** The sandbox in a process of its own, so that its work is not counted as the client's. */
export class SandboxProcess {
	private constructor(
		private readonly child: ChildProcess,
		readonly url: string,
		readonly token: string,
	) {}

	static async start(settings: SandboxSettings): Promise<SandboxProcess> {
		const child = fork(__filename, { execArgv: ['--require', 'tsx/cjs'] });
		const { url, token } = await ask<{ url: string; token: string }>(child, { start: settings });
		return new SandboxProcess(child, url, token);
	}

	/** Puts a new world in the place of the old one, and returns its keys. */
	async make(world: World): Promise<BenchItem[]> {
		return await ask(this.child, { make: world });
	}

	async tell(): Promise<Traffic> {
		return await ask(this.child, { tell: true });
	}

	async stop(): Promise<void> {
		const exit = once(this.child, 'exit');
		this.child.disconnect();
		await exit;
	}
}

async function ask<T>(child: ChildProcess, order: Order): Promise<T> {
	const response = once(child, 'message');
	child.send(order);
	const [message] = (await response) as [T];
	return message;
}

/** The child's side. */
function serve(): void {
	let sandbox: Sandbox;
	let settings: SandboxSettings;
	let keysBefore = 0;
	const obey = async (order: Order) => {
		if ('start' in order) {
			settings = order.start;
			sandbox = await startSandbox(settings);
			return { url: sandbox.url, token: sandbox.tokens.write };
		}
		if ('make' in order) {
			const keys = make(sandbox, order.make);
			keysBefore = keys.length;
			return keys;
		}
		const { requests } = sandbox;
		return {
			requests: requests.length,
			refused: requests.filter(({ status }) => status === 429).length,
			keysMade: sandbox.keys.all().length - keysBefore,
			mostInFlight: mostInFlight(requests, settings.latencyMs),
			phaseMs: (requests[0]?.startedAt ?? 0) % 1000,
		} satisfies Traffic;
	};
	process.on('message', (order: Order) => {
		void obey(order).then((response) => process.send?.(response));
	});
	process.once('disconnect', () => process.exit());
}

function make(sandbox: Sandbox, { projects, keysEach }: World): BenchItem[] {
	sandbox.reset();
	sandbox.clear();
	sandbox.addOrganizations({ id: 1, slug: 'acme', name: 'Acme', teams: [] });
	sandbox.addProjects('acme', projects);
	return Array.from({ length: projects }, (_, n) => `extra-${n + 1}`).flatMap((project) => {
		// Each project has one key from the start.
		sandbox.addKeys('acme', project, keysEach - 1);
		return sandbox.keys
			.ofProject('acme', project)
			.map((key) => ({ project, name: key.label, id: key.public }));
	});
}

/** How many requests were answered at the same time, each taking as long as the sandbox lets it take. */
function mostInFlight(requests: RequestRecord[], latencyMs: number): number {
	let most = 0;
	let first = 0;
	requests.forEach(({ startedAt }, index) => {
		while ((requests[first]?.startedAt ?? 0) + latencyMs <= startedAt) first += 1;
		most = Math.max(most, index - first + 1);
	});
	return most;
}

if (process.send !== undefined && require.main === module) serve();
