import { readFile, writeFile } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { N8N_VERSION } from '../tools/n8nInstall.cts';
import { REPOSITORY } from '../tools/package.cts';
import { chart } from './chart.cts';
import type { Goal } from './goals.cts';
import type { Result } from './measure.cts';
import { goalTable, tables } from './tables.cts';

const PAGE = join(REPOSITORY, 'docs/performance.md');
const CHART = join(REPOSITORY, 'docs/images/performance.svg');
/** What comes after it is written anew. */
const MARK = '<!-- From here on written by the command above. -->';

/** Puts the results into the page about performance, and draws its chart. */
export async function writeReport(results: Result[], goals: Goal[]): Promise<void> {
	const [introduction] = (await readFile(PAGE, 'utf8')).split(MARK);
	const machine = `${cpus().length} cores (${cpus()[0]?.model ?? arch()}), n8n ${N8N_VERSION}`;
	const page = [
		introduction?.trim(),
		MARK,
		`Measured on ${machine}, on ${new Date().toISOString().slice(0, 10)}.`,
		'## Promises',
		goalTable(goals),
		tables(results),
	].join('\n\n');
	const options = await resolveConfig(PAGE);
	await writeFile(PAGE, await format(page, { ...options, parser: 'markdown' }));
	await writeFile(CHART, chart(results));
}
