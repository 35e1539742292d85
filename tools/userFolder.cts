import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const USER_FOLDER_PREFIX = join(tmpdir(), 'n8n-engine-');

/** n8n-core writes its settings file when it is loaded; it must not touch the user's own. */
export function useOwnFolder(): void {
	const folder = mkdtempSync(USER_FOLDER_PREFIX);
	process.env.N8N_USER_FOLDER = folder;
	process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}
