import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { runOrThrow } from './process.cts';

/** The newest version whose dependencies all resolve. */
export const N8N_VERSION = '2.41.1';
/** What that version runs on. */
const NODE_MAJOR = 24;

/** A complete n8n, ready to be started. */
export interface N8nInstallation {
	/** A Node that is new enough for it. */
	node: string;
	/** n8n's start script, to be run with that Node. */
	script: string;
	/** Its dependencies' folder, for tests that look into them. */
	modules: string;
}

/** Where downloads are kept that are too large to make twice. */
export function cacheFolder(): string {
	const root = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
	return join(root, 'n8n-nodes-sentry-client-keys');
}

/**
 * The cached n8n; installs it on the first call, which takes minutes and about 3 GB. An installation
 * that was interrupted is made anew.
 */
export async function ensureN8n(): Promise<N8nInstallation> {
	const folder = join(cacheFolder(), `n8n-${N8N_VERSION}`);
	const modules = join(folder, 'node_modules');
	const bundledNode = join(
		modules,
		nodePackage(),
		'bin',
		process.platform === 'win32' ? 'node.exe' : 'node',
	);
	const complete = join(folder, 'complete');
	if (!existsSync(complete)) {
		console.error(`Installing n8n ${N8N_VERSION} into ${folder} (about 3 GB, some minutes) …`);
		await rm(folder, { recursive: true, force: true });
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
		const npm = async (...args: string[]) =>
			await runOrThrow('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
				cwd: folder,
				env: {
					PATH: [dirname(bundledNode), process.env.PATH].join(delimiter),
					npm_config_nodedir: join(modules, nodePackage()),
				},
			});
		await npm('install', '--ignore-scripts', `${nodePackage()}@${NODE_MAJOR}`);
		await npm('install', '--ignore-scripts', `n8n@${N8N_VERSION}`);
		// The only native part that comes without a prebuilt binary for every platform.
		await npm('rebuild', 'sqlite3', '--ignore-scripts=false');
		await writeFile(complete, '');
	}
	return { node: bundledNode, script: join(modules, 'n8n', 'bin', 'n8n'), modules };
}

/** npm's name for Node itself on this platform. */
function nodePackage(): string {
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	return `node-${platform}-${process.arch}`;
}
