import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureN8n } from '../tools/n8nInstall.cts';
import { packPackage } from '../tools/package.cts';
import { runOrThrow } from '../tools/process.cts';

/** Loads the package as n8n does at its start; not as the first one, for n8n loads its own before. */
const SCRIPT = `
	const { PackageDirectoryLoader } = require('n8n-core');
	require('n8n-workflow');
	const load = async (folder) => {
		const loader = new PackageDirectoryLoader(folder);
		await loader.loadAll();
		if (Object.keys(loader.nodeTypes).length !== 1) throw new Error('The node was not loaded');
	};
	const [first, measured] = process.argv.slice(1);
	load(first).then(async () => {
		const startedAt = performance.now();
		await load(measured);
		console.log(performance.now() - startedAt);
	});
`;

/** A package that has nearly nothing in it. */
const FIRST = {
	'package.json':
		'{ "name": "n8n-nodes-empty", "version": "1.0.0", "n8n": { "nodes": ["Empty.node.js"] } }',
	'Empty.node.js':
		'exports.Empty = class { description = { name: "empty", displayName: "Empty", version: 1, properties: [] }; };',
};

/** How much longer n8n takes to start because of the package, in milliseconds: the median of five starts. */
export async function loadingMs(): Promise<number> {
	const { node, modules } = await ensureN8n();
	const folder = await mkdtemp(join(tmpdir(), 'bench-loading-'));
	try {
		const tarball = await packPackage(folder);
		await runOrThrow('tar', ['--extract', '--file', tarball, '--directory', folder]);
		const first = join(folder, 'first');
		await mkdir(first);
		for (const [file, text] of Object.entries(FIRST)) await writeFile(join(first, file), text);
		const times: number[] = [];
		for (let n = 0; n < 5; n++) {
			const { stdout } = await runOrThrow(
				node,
				['--eval', SCRIPT, first, join(folder, 'package')],
				// As n8n lets packages find what it brings along.
				{ cwd: modules, env: { NODE_PATH: modules } },
			);
			times.push(Number(stdout.trim().split('\n').at(-1)));
		}
		return times.sort((a, b) => a - b)[2] ?? NaN;
	} finally {
		await rm(folder, { recursive: true });
	}
}
