import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort, stopGroup } from './process.cts';

/** A Redis server of our own, for n8n's queue; nothing of it stays. */
export interface Redis {
	port: number;
	stop(): Promise<void>;
}

const START_TIMEOUT_MS = 10_000;

/** Starts one on a free port; `redis-server` must be installed. */
export async function startRedis(): Promise<Redis> {
	const port = await freePort();
	const folder = await mkdtemp(join(tmpdir(), 'redis-'));
	const server = spawn(
		'redis-server',
		['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
		{ stdio: 'ignore', detached: true },
	);
	let problem: Error | undefined;
	server.once('error', (error) => (problem = error));
	const stop = async () => {
		await stopGroup(server);
		await rm(folder, { recursive: true, force: true });
	};
	for (const deadline = Date.now() + START_TIMEOUT_MS; !(await responses(port)); await delay(50)) {
		if (problem !== undefined || Date.now() > deadline) {
			await stop();
			throw problem ?? new Error('Redis did not start');
		}
	}
	return { port, stop };
}

async function responses(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		socket.once('connect', () => resolve(true));
		socket.once('error', () => resolve(false));
		socket.once('close', () => resolve(false));
		socket.once('connect', () => socket.destroy());
	});
}
