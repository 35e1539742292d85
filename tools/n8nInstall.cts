import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { runOrThrow } from './process.cts';

/** Which n8n the tools run: by default the newest version whose dependencies all resolve. */
export const N8N_VERSION = process.env.N8N_VERSION || '2.41.1';
/** Whether it is an n8n 1.x, which does some things in another way. */
export const IS_N8N_1 = N8N_VERSION.startsWith('1.');
/** What n8n 2.x and the last 1.x run on. */
const NODE_MAJOR = 24;
/** n8n 1.x takes this one library from a host of its maker's; npm's last version does as well here. */
const OVERRIDES = { xlsx: '0.18.5' };

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
		await writeFile(
			join(folder, 'package.json'),
			JSON.stringify({ private: true, overrides: OVERRIDES }),
		);
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
