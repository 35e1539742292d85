import { readdirSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';

/** Whose code is called; the innermost call that is somebody's counts. */
const OWNERS: ReadonlyArray<readonly [owner: string, urls: RegExp]> = [
	['n8n: expressions', /n8n-workflow.*(?:expression|data-proxy)|expression-runtime|luxon/],
	['n8n: reading the credential', /credentials-helper|\/encryption\/|typeorm|sqlite/],
	['n8n and axios: requests', /backend-network|request-helpers|\/axios\/|node:(?:_?http|net\b)/],
	['the node, and what it calls in n8n-core', /n8n-nodes-sentry-client-keys\/dist\//],
	['what measures', /node:inspector/],
];
const GARBAGE = 'collecting garbage';
const REST = 'n8n and Node: all else';

/** Milliseconds of the processor's time, by whose code took them; waiting is left out. */
function timeByOwner({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile) {
	const byId = new Map(nodes.map((node) => [node.id, node]));
	const callerOf = new Map(nodes.flatMap(({ id, children = [] }) => children.map((c) => [c, id])));
	const ownerOf = (id: number | undefined): string => {
		const frame = id === undefined ? undefined : byId.get(id)?.callFrame;
		if (frame === undefined) return REST;
		if (frame.functionName === '(garbage collector)') return GARBAGE;
		const [owner] = OWNERS.find(([, urls]) => urls.test(frame.url)) ?? [];
		return owner ?? ownerOf(callerOf.get(id as number));
	};
	const times = new Map<string, number>();
	samples.forEach((id, index) => {
		if (byId.get(id)?.callFrame.functionName === '(idle)') return;
		const owner = ownerOf(id);
		times.set(owner, (times.get(owner) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
	});
	return times;
}

/** Of each workflow's last profile in the folder a line for every owner, the most first. */
export function whereTimeGoes(folder: string): string {
	// By time, which follows the name: the first runs only warm up.
	const files = readdirSync(folder).sort();
	const last = new Map(files.map((file) => [file.replace(/-\d+\.cpuprofile$/, ''), file]));
	return [...last]
		.map(([workflow, file]) => {
			const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profiler.Profile;
			const lines = [...timeByOwner(profile)]
				.sort(([, a], [, b]) => b - a)
				.map(([owner, ms]) => `${ms.toFixed(0).padStart(8)} ms  ${owner}`);
			return [workflow, ...lines].join('\n');
		})
		.join('\n\n');
}
