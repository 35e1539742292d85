import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { CASES } from './cases.cts';
import type { Case } from './cases.cts';
import { CONTENDERS } from './contenders.cts';
import type { Setting } from './contenders.cts';
import { goalsOf } from './goals.cts';
import { loadingMs } from './loading.cts';
import { limitOf, Stage } from './measure.cts';
import type { Result, Run } from './measure.cts';
import { PROFILE_FOLDER } from './profile.cts';
import { writeReport } from './report.cts';
import { goalTable, lineOf, tables } from './tables.cts';
import { whereTimeGoes } from './whereTimeGoes.cts';

const USAGE = `Usage: npm run bench -- [options]
  --only CASE,CASE…  ${Object.keys(CASES).join(', ')}
  --by NAME,NAME…    ${Object.keys(CONTENDERS).join(', ')}
  --items N,N…       how many items (or keys of a list)
  --limiter WHICH    off, on or both (default): Sentry's limiter
  --in-flight N      requests under way at the same time, default 20
  --latency MS       of each request, default 100
  --repeat N         how often short runs are measured, default 3; the median counts
  --longest S        leaves out what can't be done in so many seconds, default 300
  --profile FOLDER   writes a profile of each run there, and says where the time goes
  --write            writes docs/performance.md and its chart`;

/** Runs that take longer than so many seconds are measured once. */
const SHORT_SECONDS = 20;

const { values } = parseArgs({
	options: {
		only: { type: 'string' },
		by: { type: 'string' },
		items: { type: 'string' },
		limiter: { type: 'string', default: 'both' },
		'in-flight': { type: 'string', default: '20' },
		latency: { type: 'string', default: '100' },
		repeat: { type: 'string', default: '3' },
		longest: { type: 'string', default: '300' },
		profile: { type: 'string' },
		write: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
});

async function main(): Promise<void> {
	if (values.help) {
		console.log(USAGE);
		return;
	}
	if (values.profile !== undefined) {
		mkdirSync(values.profile, { recursive: true });
		process.env[PROFILE_FOLDER] = resolve(values.profile);
	}
	const results: Result[] = [];
	for (const limiter of choose(values.limiter, { off: [false], on: [true], both: [false, true] })) {
		results.push(...(await measureAll(limiter)));
	}
	const goals = goalsOf(results, await loadingMs());
	console.log(`${tables(results)}\n\n${goalTable(goals)}`);
	if (values.profile !== undefined) console.log(`\n${whereTimeGoes(values.profile)}`);
	if (values.write) await writeReport(results, goals);
}

async function measureAll(isLimited: boolean): Promise<Result[]> {
	const names = chooseMany(values.only, CASES);
	const contenders = chooseMany(values.by, CONTENDERS);
	const setting = {
		inFlight: Number(values['in-flight']),
		latencyMs: Number(values.latency),
		limiter: isLimited,
	};
	const stage = await Stage.set(names, setting);
	const results: Result[] = [];
	try {
		for (const name of names) {
			const { counts }: Case = CASES[name];
			// The first run of a workflow is slower than all others.
			for (const contender of contenders) await stage.measure({ contender, case: name, count: 5 });
			for (const count of values.items?.split(',').map(Number) ?? counts) {
				const runs = contenders
					.map((contender): Run => ({ contender, case: name, count }))
					.filter((run) => secondsOf(run, setting) <= Number(values.longest));
				results.push(...(await measure(stage, runs, setting)));
			}
		}
	} finally {
		await stage.clear();
	}
	return results;
}

/** Measures each, in turns, so that whatever else the machine does strikes all of them alike. */
async function measure(stage: Stage, runs: Run[], setting: TimeSetting): Promise<Result[]> {
	const measured = runs.map((): Result[] => []);
	for (let round = 0; round < Number(values.repeat); round++) {
		for (const [index, run] of runs.entries()) {
			if (round > 0 && secondsOf(run, setting) > SHORT_SECONDS) continue;
			const result = await stage.measure(run);
			measured[index]?.push(result);
			console.error(lineOf(result));
		}
	}
	return measured.map(medianOf);
}

type TimeSetting = Omit<Setting, 'url'>;

/** How long a run takes at least. */
function secondsOf({ contender, case: name, count }: Run, setting: TimeSetting): number {
	const least = CASES[name].least(count);
	const inFlight = contender === 'loop' ? 1 : setting.inFlight;
	return limitOf(least, { ...setting, inFlight }) / 1000;
}

/** The run in the middle; none of its failures are forgotten. */
function medianOf(results: Result[]): Result {
	const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
	const ms = median(results.map((result) => result.ms));
	return {
		...(results.find((result) => result.ms === ms) as Result),
		cpuMs: median(results.map(({ cpuMs }) => cpuMs)) ?? NaN,
		peakBytes: median(results.flatMap(({ peakBytes }) => peakBytes ?? [])),
		failures: Math.max(...results.map(({ failures }) => failures)),
	};
}

function choose<T>(text: string, all: Record<string, T>): T {
	const chosen = all[text];
	if (chosen === undefined) throw new Error(`There is no ${text}.\n${USAGE}`);
	return chosen;
}

function chooseMany<Name extends string>(
	text: string | undefined,
	all: Record<Name, unknown>,
): Name[] {
	const names = (text?.split(',') ?? Object.keys(all)) as Name[];
	for (const name of names) choose(name, all);
	return names;
}

main().catch((error: unknown) => {
	// Its other fields may hold a token.
	console.error(error instanceof Error ? error.stack : error);
	process.exitCode = 1;
});
