import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { runOrThrow } from './process.cts';

/** The repository's top folder. */
export const REPOSITORY = join(__dirname, '..');
export const PACKAGE_NAME = 'n8n-nodes-sentry-client-keys';

/**
 * Packs the built package as npm would publish it.
 *
 * @returns the tarball's path in `folder`
 */
export async function packPackage(folder: string): Promise<string> {
	if (!existsSync(join(REPOSITORY, 'dist'))) {
		throw new Error('The package is not built yet. Run `npm run build` first.');
	}
	await mkdir(folder, { recursive: true });
	const { stdout } = await runOrThrow(
		'npm',
		['pack', '--pack-destination', folder, '--loglevel=error'],
		{ cwd: REPOSITORY },
	);
	return join(folder, stdout.trim().split('\n').at(-1) ?? '');
}
