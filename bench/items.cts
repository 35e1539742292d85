import axios from 'axios';

import { startSandbox } from '../sandbox/index.cts';
import type { Sandbox } from '../sandbox/index.cts';
import { jsonOf, NODE_TYPE, runWorkflow } from '../tools/engine.cts';

const COUNTS = [250, 500, 1000, 2000, 4000];
const CONCURRENCY = 20;

/**
 * How time and memory grow with the number of items, on n8n's engine against the sandbox; beside it the
 * floor: the same requests sent by axios alone, as many at a time.
 */
async function main(): Promise<void> {
	const sandbox = await startSandbox();
	await create(sandbox, 100);
	await post(sandbox, 100);
	console.log('items   node      floor     ratio   per item   heap kept');
	for (const count of COUNTS) {
		sandbox.reset();
		const floor = await timed(async () => await post(sandbox, count));
		sandbox.reset();
		const before = heap();
		let rows: unknown[] = [];
		const node = await timed(async () => {
			rows = await create(sandbox, count);
		});
		const kept = heap() - before;
		if (rows.length !== count) throw new Error(`${rows.length} rows for ${count} items`);
		console.log(
			[
				String(count).padEnd(6),
				`${node.toFixed(0)} ms`.padEnd(8),
				`${floor.toFixed(0)} ms`.padEnd(8),
				(node / floor).toFixed(2).padEnd(6),
				`${(node / count).toFixed(2)} ms`.padEnd(9),
				`${(kept / 1024 / 1024).toFixed(1)} MB`,
			].join('  '),
		);
	}
	await sandbox.close();
}

async function create(sandbox: Sandbox, count: number): Promise<unknown[]> {
	const run = await runWorkflow(
		{
			nodes: [
				{
					id: 'trigger',
					name: 'Trigger',
					type: 'n8n-nodes-base.manualTrigger',
					typeVersion: 1,
					position: [0, 0],
					parameters: {},
				},
				{
					id: 'node',
					name: 'Node',
					type: NODE_TYPE,
					typeVersion: 1,
					position: [0, 0],
					parameters: {
						resource: 'clientKey',
						operation: 'create',
						organization: 'acme',
						project: 'web-app',
						name: '=key {{ $json.n }}',
						options: { maxConcurrentRequests: CONCURRENCY },
					},
					credentials: { sentryClientKeysApi: { id: 'sentry', name: 'Sentry' } },
				},
			],
			connections: { Trigger: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } },
			pinData: { Trigger: Array.from({ length: count }, (_, n) => ({ json: { n } })) },
		},
		{ credentials: { sentry: { authToken: sandbox.tokens.write, baseUrl: sandbox.url } } },
	);
	return jsonOf(run, 'Node');
}

async function post({ url, tokens }: Sandbox, count: number): Promise<void> {
	let next = 0;
	const worker = async () => {
		while (next < count) {
			const name = `key ${next++}`;
			await axios.post(
				`${url}/api/0/projects/acme/web-app/keys/`,
				{ name },
				{
					headers: { Authorization: `Bearer ${tokens.write}` },
				},
			);
		}
	};
	await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	await work();
	return performance.now() - start;
}

/** Bytes in use after a collection. */
function heap(): number {
	globalThis.gc?.();
	return process.memoryUsage().heapUsed;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
