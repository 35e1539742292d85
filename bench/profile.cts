import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';

/** The folder for profiles; none are made without it. */
export const PROFILE_FOLDER = 'BENCH_PROFILE_FOLDER';

/** Begins to profile this process; what is returned ends that, and writes what a browser's developer tools can show. */
export function startProfile(name = 'profile'): (() => void) | undefined {
	const folder = process.env[PROFILE_FOLDER];
	if (folder === undefined) return undefined;
	const session = new Session();
	session.connect();
	session.post('Profiler.enable');
	session.post('Profiler.start');
	return () => {
		session.post('Profiler.stop', (_, { profile }: Profiler.StopReturnType) => {
			writeFileSync(join(folder, `${name}-${Date.now()}.cpuprofile`), JSON.stringify(profile));
		});
		session.disconnect();
	};
}
