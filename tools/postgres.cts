import { spawn } from 'node:child_process';
import { chown, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort, run, runOrThrow, stopGroup } from './process.cts';
import type { User } from './process.cts';

/** A PostgreSQL server of our own, for n8n's data; nothing of it stays. */
export interface Postgres {
	/** What tells n8n to use it. */
	env: NodeJS.ProcessEnv;
	stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
const OWNER = 'n8n';
/** Where Debian puts each version's programs, outside the PATH. */
const DEBIAN = '/usr/lib/postgresql';

/** Starts one on a free port; undefined, with a word on how to install it, where there is none. */
export async function startPostgres(): Promise<Postgres | undefined> {
	const programs = await findPrograms();
	if (programs === undefined) {
		console.warn(
			'PostgreSQL is not installed, so n8n uses SQLite, which its makers do not support with workers. ' +
				'To install it: apt-get install postgresql, or brew install postgresql.',
		);
		return undefined;
	}
	const port = await freePort();
	const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
	const user = await unprivilegedUser();
	if (user !== undefined) await chown(folder, user.uid, user.gid);
	const data = join(folder, 'data');
	const options = { cwd: folder, user };
	await runOrThrow(
		join(programs, 'initdb'),
		['-D', data, '-U', OWNER, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
		options,
	);
	const server = spawn(
		join(programs, 'postgres'),
		// Without a socket file and without waiting for the disk.
		['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', '', '-F'],
		{ cwd: folder, stdio: 'ignore', detached: true, ...user },
	);
	const stop = async () => {
		await stopGroup(server);
		await rm(folder, { recursive: true, force: true });
	};
	const isReady = async () => {
		const args = ['-h', '127.0.0.1', '-p', String(port), '-U', OWNER, '-d', 'postgres'];
		return (await run(join(programs, 'pg_isready'), args)).exitCode === 0;
	};
	for (const deadline = Date.now() + START_TIMEOUT_MS; !(await isReady()); await delay(100)) {
		if (server.exitCode !== null || Date.now() > deadline) {
			await stop();
			throw new Error('PostgreSQL did not start');
		}
	}
	return {
		env: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(port),
			DB_POSTGRESDB_USER: OWNER,
			DB_POSTGRESDB_DATABASE: 'postgres',
		},
		stop,
	};
}

/** The folder of PostgreSQL's programs: the PATH's first, else Debian's newest. */
async function findPrograms(): Promise<string | undefined> {
	const versions = await readdir(DEBIAN).catch(() => []);
	const folders = [
		...(process.env.PATH ?? '').split(delimiter),
		...versions
			.sort((a, b) => Number(b) - Number(a))
			.map((version) => join(DEBIAN, version, 'bin')),
	];
	for (const folder of folders) {
		// A link may stand alone; what it leads to has the other programs beside it.
		const server = await realpath(join(folder, 'postgres')).catch(() => undefined);
		if (server !== undefined) return dirname(server);
	}
	return undefined;
}

/** Whom PostgreSQL runs as where we are root, which it refuses to be. */
async function unprivilegedUser(): Promise<User | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	for (const name of ['postgres', 'nobody']) {
		const [uid, gid] = await Promise.all(
			['-u', '-g'].map(async (of) => await run('id', [of, name])),
		);
		if (uid?.exitCode === 0 && gid?.exitCode === 0) {
			return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
		}
	}
	throw new Error('PostgreSQL does not run as root: make a user called postgres');
}
