import { readFileSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a piece of work took of the process that did it. */
export interface Reading {
	ms: number;
	/** Of all threads, garbage collection too. */
	cpuMs: number;
	/** The highest memory of the process, less what it had before; undefined where Linux does not tell it. */
	peakBytes: number | undefined;
}

/** Begins to measure this process; what is returned ends that. Collects garbage first. */
export function startMeter(): () => Reading {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as (options: object) => void;
	collect({ type: 'major', flavor: 'last-resort', execution: 'sync' });
	const before = resetPeak();
	const cpu = process.cpuUsage();
	const startedAt = performance.now();
	return () => {
		const ms = performance.now() - startedAt;
		const { user, system } = process.cpuUsage(cpu);
		const peak = memory('VmHWM');
		return {
			ms,
			cpuMs: (user + system) / 1000,
			peakBytes: before === undefined || peak === undefined ? undefined : peak - before,
		};
	};
}

/** Lets the kernel take the memory of this moment for the highest so far, and says how much that is. */
function resetPeak(): number | undefined {
	try {
		writeFileSync('/proc/self/clear_refs', '5');
	} catch {
		return undefined;
	}
	return memory('VmRSS');
}

function memory(field: 'VmHWM' | 'VmRSS'): number | undefined {
	const [, kilobytes] =
		new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8')) ??
		[];
	return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
