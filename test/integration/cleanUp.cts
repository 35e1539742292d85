import { rmSync } from 'node:fs';

import { USER_FOLDER_PREFIX } from '../../tools/userFolder.cts';

// In a test environment the 'exit' that removes the engine's folder elsewhere never comes.
afterAll(() => {
	const folder = process.env.N8N_USER_FOLDER ?? '';
	if (folder.startsWith(USER_FOLDER_PREFIX)) rmSync(folder, { recursive: true, force: true });
});
