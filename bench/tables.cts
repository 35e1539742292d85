import { CASES } from './cases.cts';
import type { Case, CaseName } from './cases.cts';
import { CONTENDERS } from './contenders.cts';
import type { ContenderName } from './contenders.cts';
import type { Goal } from './goals.cts';
import type { Result } from './measure.cts';

/** All results as Markdown: a table for each case, with and without the limiter. */
export function tables(results: Result[]): string {
	const parts = [false, true].flatMap((limiter) => {
		const ofServer = results.filter((result) => result.limiter === limiter);
		const names = [...new Set(ofServer.map((result) => result.case))];
		return names.length === 0
			? []
			: [
					`## ${limiter ? "With Sentry's limiter" : 'Without a limiter'}`,
					...names.map((name) => caseTable(name, ofServer)),
				];
	});
	return parts.join('\n\n');
}

/** The promises and what was measured. */
export function goalTable(goals: Goal[]): string {
	return markdown(
		['Promise', 'Measured', 'Kept'],
		goals.map(({ promise, measured, isMet }) => [promise, measured, isMet ? 'yes' : '**no**']),
	);
}

/** One result, as it comes. */
export function lineOf(result: Result): string {
	return [
		`${result.limiter ? 'limited' : 'free'} ${result.case} ${result.count}`.padEnd(24),
		CONTENDERS[result.contender].padEnd(28),
		...detailsOf(result).map((text) => text.padStart(9)),
		`${result.mostInFlight} in flight`,
		JSON.stringify(result.firstFailure ?? '').slice(0, 200),
	].join(' ');
}

function caseTable(name: CaseName, all: Result[]): string {
	const { title, unit }: Case = CASES[name];
	const results = all.filter((result) => result.case === name);
	const counts = [...new Set(results.map(({ count }) => count))].sort((a, b) => a - b);
	// Of the other columns; larger ones leave contenders out.
	const detailed = counts.filter((count) => count <= 1000).at(-1) ?? counts[0] ?? 0;
	const largest = counts.at(-1) ?? detailed;
	const find = (by: ContenderName, count: number) =>
		results.find((result) => result.contender === by && result.count === count);
	const floor = find('pool', detailed);
	const rows = (Object.keys(CONTENDERS) as ContenderName[]).map((by) => {
		const result = find(by, detailed);
		return [
			CONTENDERS[by],
			...counts.map((count) => timeOf(find(by, count))),
			ratio(result, floor?.failures === 0 ? floor.ms : undefined),
			ratio(result, result?.limitMs),
			...(result === undefined ? Array<string>(6).fill('–') : detailsOf(result).slice(1)),
			...(largest === detailed ? [] : [memoryOf(find(by, largest))]),
		];
	});
	const limit = counts.map((count) => {
		const ofCount = results.filter((result) => result.count === count);
		return seconds(Math.min(...ofCount.map(({ limitMs }) => limitMs)));
	});
	const header = [
		'',
		...counts.map(number),
		'× pool',
		'× limit',
		...DETAILS.slice(1),
		...(largest === detailed ? [] : [`at ${number(largest)}`]),
	];
	return `### ${title}\n\nTime for so many ${unit}; from "× pool" on for ${number(detailed)}.\n\n${markdown(
		header,
		[
			...rows,
			['Physical limit', ...limit, ...Array<string>(header.length - 1 - counts.length).fill('')],
		],
	)}`;
}

const DETAILS = ['time', 'requests', '429s', 'failed', 'keys made', 'CPU per item', 'memory'];

function detailsOf(result: Result): string[] {
	const { ms, requests, refused, failures, keysMade, cpuMs, count } = result;
	return [
		seconds(ms),
		number(requests),
		number(refused),
		number(failures),
		number(keysMade),
		`${(cpuMs / count).toFixed(2)} ms`,
		memoryOf(result),
	];
}

function timeOf(result: Result | undefined): string {
	if (result === undefined) return '–';
	return seconds(result.ms) + (result.failures > 0 ? `, ${number(result.failures)} failed` : '');
}

/** Of work that was done. */
function ratio(result: Result | undefined, to: number | undefined): string {
	return result === undefined || to === undefined || result.failures > 0
		? '–'
		: (result.ms / to).toFixed(2);
}

function memoryOf(result: Result | undefined): string {
	return result?.peakBytes === undefined ? '–' : `${(result.peakBytes / 1024 ** 2).toFixed(0)} MB`;
}

function seconds(ms: number): string {
	return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(ms < 100_000 ? 2 : 0)} s`;
}

function number(value: number): string {
	return value.toLocaleString('en');
}

function markdown(header: string[], rows: string[][]): string {
	const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
	const rule = header.map((_, index) => (index === 0 ? '---' : '--:'));
	return [header, rule, ...rows].map(line).join('\n');
}
