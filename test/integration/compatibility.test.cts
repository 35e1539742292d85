import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DialectName } from '../../sandbox/index.cts';
import { CAPABILITIES } from './capabilities.cts';
import { serversThat } from './servers.cts';

const serverThat = serversThat();

/** The columns of the table, after its first. */
const SERVERS: Array<[heading: string, dialect: DialectName]> = [
	['sentry.io', 'sentry'],
	['Sentry 24.5', 'sentry-24.5'],
	['GlitchTip', 'glitchtip'],
];

/** The cells of the table under a heading of the reference, row by row. */
function tableUnder(heading: string): string[][] {
	const reference = readFileSync(join(__dirname, '..', '..', 'docs', 'reference.md'), 'utf8');
	const [section = ''] = reference.split(`## ${heading}\n`)[1]?.split('\n## ') ?? [];
	return section
		.split('\n')
		.filter((line) => line.startsWith('|') && !line.startsWith('| -') && !line.startsWith('|-'))
		.map((line) =>
			line
				.slice(1, -1)
				.split('|')
				.map((cell) => cell.trim()),
		);
}

const documented = tableUnder('What each server can do');

it('the table of servers has the columns and rows that are tried', () => {
	expect(documented[0]?.slice(1)).toEqual(SERVERS.map(([heading]) => heading));
	expect(documented.slice(1).map(([title]) => title)).toEqual(
		CAPABILITIES.map(({ title }) => title),
	);
});

describe.each(SERVERS)('what the reference says of %s holds', (heading, dialect) => {
	it.each(CAPABILITIES.map((one) => [one.title, one] as const))(
		'%s',
		async (title, { isThere }) => {
			const column = documented[0]?.indexOf(heading) ?? -1;
			const cell = documented.find(([first]) => first === title)?.[column];
			expect((await isThere(await serverThat({ dialect }))) ? 'yes' : 'no').toBe(cell);
		},
	);
});
