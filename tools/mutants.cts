import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { REPOSITORY } from './package.cts';
import { runOrThrow } from './process.cts';

const SOURCES = 'nodes/SentryClientKeys/sentry';
const TESTS = 'test/unit/sentry';
/** In percent, over all modules. */
const LEAST_SCORE = 85;

/** A fault that was put into a module, and what became of it (mutation-testing-report-schema). */
interface Mutant {
	status: string;
	replacement?: string;
	location: { start: { line: number } };
}

/** The modules of `sentry/`, as paths below it without the ending; all, or those that were asked for. */
async function chooseModules(wanted: string[]): Promise<string[]> {
	const files = await readdir(join(REPOSITORY, SOURCES), { recursive: true });
	const modules = files
		.filter((file) => file.endsWith('.ts') && file !== 'types.ts')
		.map((file) => file.replace(/\.ts$/, ''))
		.sort();
	const unknown = wanted.filter((name) => !modules.some((module) => basename(module) === name));
	if (unknown.length > 0) throw new Error(`No module of this name: ${unknown.join(', ')}`);
	return wanted.length === 0 ? modules : modules.filter((one) => wanted.includes(basename(one)));
}

/**
 * The tests that have to see a module's faults: those under its name, and the simulation of what it does.
 * With all tests each fault would take ten times as long, and be seen by accident.
 */
function testsOf(module: string): string[] {
	const simulation = `test/simulation/${basename(module).replace(/(?:Key|Once)$/, '')}.test.cts`;
	return [
		`${TESTS}/${module}.test.cts`,
		`${TESTS}/${module}.*.test.cts`,
		...(existsSync(join(REPOSITORY, simulation)) ? [simulation] : []),
	];
}

/** Puts faults into one module, one after the other, and runs its tests. */
async function faultsOf(module: string, folder: string): Promise<Mutant[]> {
	const report = join(folder, `${basename(module)}.json`);
	await runOrThrow('npx', ['stryker', 'run', '--mutate', `${SOURCES}/${module}.ts`], {
		cwd: REPOSITORY,
		env: { MUTATION_TESTS: JSON.stringify(testsOf(module)), MUTATION_REPORT: report },
	});
	const { files } = JSON.parse(readFileSync(report, 'utf8')) as {
		files: Record<string, { mutants: Mutant[] }>;
	};
	return Object.values(files).flatMap(({ mutants }) => mutants);
}

const isSeen = ({ status }: Mutant) => ['Killed', 'Timeout'].includes(status);
const isMissed = ({ status }: Mutant) => ['NoCoverage', 'Survived'].includes(status);

function scoreOf(mutants: Mutant[]): number {
	const seen = mutants.filter(isSeen).length;
	return (100 * seen) / (seen + mutants.filter(isMissed).length);
}

/** `npm run test:mutation`; `-- <module> …` for some modules, whose missed faults it lists. */
async function main(): Promise<void> {
	const wanted = process.argv.slice(2);
	const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
	const all: Mutant[] = [];
	try {
		for (const module of await chooseModules(wanted)) {
			const mutants = await faultsOf(module, folder);
			all.push(...mutants);
			console.log(`${scoreOf(mutants).toFixed(1).padStart(5)} %  ${module}`);
			if (wanted.length === 0) continue;
			for (const { location, replacement = '' } of mutants.filter(isMissed)) {
				console.log(`         line ${location.start.line}: ${replacement.slice(0, 100)}`);
			}
		}
	} finally {
		await rm(folder, { recursive: true });
	}
	const score = scoreOf(all);
	console.log(
		`${score.toFixed(1).padStart(5)} %  of ${all.filter((one) => isSeen(one) || isMissed(one)).length} faults were seen`,
	);
	if (score < LEAST_SCORE) process.exitCode = 1;
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
