import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import axios from 'axios';

const CLI = join(__dirname, '../../../sandbox/cli.cts');

let cli: ChildProcess | undefined;

afterEach(async () => {
	if (cli === undefined || cli.exitCode !== null) return;
	cli.kill();
	await once(cli, 'exit');
});

/** Starts it, and returns what it prints once it runs. */
async function start(...options: string[]): Promise<string> {
	const started = spawn(process.execPath, ['--require', 'tsx/cjs', CLI, '--port', '0', ...options]);
	cli = started;
	let text = '';
	for await (const line of createInterface(started.stdout)) {
		text += `${line}\n`;
		if (line.startsWith('Ctrl-C')) break;
	}
	return text;
}

it('adds keys, differs as told, and prints how to get in', async () => {
	const text = await start('--keys', '12', '--no-org-keys', '--resets-settings');
	const url = /is at (\S+)/.exec(text)?.[1] ?? '';
	const token = /^ {2}write +(\S+)$/m.exec(text)?.[1];
	expect(text).toMatch(/OAuth2 client +sandbox-client-id, secret sandbox-client-secret/);

	const client = axios.create({
		baseURL: `${url}/api/0`,
		headers: { Authorization: `Bearer ${token}` },
		validateStatus: () => true,
	});
	const keys = await client.get<Array<{ id: string; name: string }>>(
		'/projects/acme/web-app/keys/?per_page=100',
	);
	expect(keys.data).toHaveLength(13);
	expect(keys.data[0]?.name).toBe('key 12');

	const key = `/projects/acme/web-app/keys/${keys.data[0]?.id}/`;
	await client.put(key, { rateLimit: { count: 5, window: 60 } });
	expect((await client.put<object>(key, {})).data).toMatchObject({ rateLimit: null });

	expect((await client.get('/organizations/acme/project-keys/')).status).toBe(404);
});
