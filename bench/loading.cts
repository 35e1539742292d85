import { ensureN8n } from '../tools/n8nInstall.cts';
import { REPOSITORY } from '../tools/package.cts';
import { runOrThrow } from '../tools/process.cts';

/** Loads the package as n8n does, after everything that n8n has loaded by then. */
const SCRIPT = `
	const { PackageDirectoryLoader } = require('n8n-core');
	require('n8n-workflow');
	const startedAt = performance.now();
	const loader = new PackageDirectoryLoader(process.argv[1]);
	loader.loadAll().then(() => {
		if (Object.keys(loader.nodeTypes).length !== 1) throw new Error('The node was not loaded');
		console.log(performance.now() - startedAt);
	});
`;

/** How much longer n8n takes to start because of the package: the median of five starts. */
export async function loadingMs(): Promise<number> {
	const { node, modules } = await ensureN8n();
	const times: number[] = [];
	for (let n = 0; n < 5; n++) {
		const { stdout } = await runOrThrow(node, ['--eval', SCRIPT, REPOSITORY], { cwd: modules });
		times.push(Number(stdout.trim().split('\n').at(-1)));
	}
	return times.sort((a, b) => a - b)[2] ?? NaN;
}
