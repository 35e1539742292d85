import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface RunOptions {
	cwd?: string;
	/** Added to this process's environment. */
	env?: NodeJS.ProcessEnv;
	/** Shows the output as it comes, on stderr. */
	show?: boolean;
	/** The user to run as; only root can choose one. */
	user?: User | undefined;
}

/** A user of the system, as `spawn` takes it. */
export interface User {
	uid: number;
	gid: number;
}

export interface Finished {
	exitCode: number | null;
	stdout: string;
	stderr: string;
}

/** Runs a program to its end. Does not reject for an exit code; see `runOrThrow`. */
export async function run(
	command: string,
	args: string[],
	{ cwd, env, show = false, user }: RunOptions = {},
): Promise<Finished> {
	const child = spawn(command, args, {
		cwd,
		env: { ...process.env, ...env },
		stdio: 'pipe',
		...user,
	});
	child.stdin.end();
	const stdout: Buffer[] = [];
	const stderr: Buffer[] = [];
	child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
	child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
	if (show) {
		child.stdout.pipe(process.stderr, { end: false });
		child.stderr.pipe(process.stderr, { end: false });
	}
	const exitCode = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	return {
		exitCode,
		stdout: Buffer.concat(stdout).toString(),
		stderr: Buffer.concat(stderr).toString(),
	};
}

/** The same, for programs that must succeed: rejects with the last lines of what they printed. */
export async function runOrThrow(
	command: string,
	args: string[],
	options: RunOptions = {},
): Promise<Finished> {
	const finished = await run(command, args, options);
	if (finished.exitCode !== 0) {
		const said = `${finished.stdout}\n${finished.stderr}`.trim().split('\n').slice(-15).join('\n');
		throw new Error(`${command} ${args.join(' ')} ended with ${finished.exitCode}:\n${said}`);
	}
	return finished;
}

/** Ends a process that leads a group of its own, and the group with it. */
export async function stopGroup(
	child: ChildProcess,
	first: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
	if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
	const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
	const signal = (name: NodeJS.Signals) => {
		try {
			process.kill(-(child.pid ?? 0), name);
		} catch {
			// The group ended by itself in the meantime.
		}
	};
	signal(first);
	const insist = setTimeout(() => signal('SIGKILL'), GRACE_MS);
	await ended;
	clearTimeout(insist);
}

/** How long a process has for ending in peace, in milliseconds. */
const GRACE_MS = 5_000;

/** A TCP port that is free now; the wanted one if it is. */
export async function freePort(wanted = 0): Promise<number> {
	const server = createServer();
	const port = await new Promise<number | undefined>((resolve) => {
		server.once('error', () => resolve(undefined));
		server.listen(wanted, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
	});
	await new Promise((resolve) => server.close(resolve));
	return port ?? (await freePort());
}
