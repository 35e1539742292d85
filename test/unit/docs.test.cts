import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties } from 'n8n-workflow';

import { WARNINGS } from '../../nodes/SentryClientKeys/operations/warningTexts.ts';
import { properties } from '../../nodes/SentryClientKeys/properties.ts';
import { COLUMNS } from '../../nodes/SentryClientKeys/results/structuredTable.ts';

const root = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const reference = read('docs/reference.md');

/** The members of a union of texts, as the source lists them. */
function membersOf(source: string, type: string): string[] {
	const [, union = ''] = new RegExp(`type ${type} =([^;]*);`).exec(source) ?? [];
	return [...union.matchAll(/'(\w+)'/g)].map(([, member = '']) => member);
}

/** The first cells of the table under a heading. */
function rowsOf(heading: string): string[] {
	const [section = ''] = reference.split(`## ${heading}\n`)[1]?.split('\n## ') ?? [];
	return [...section.matchAll(/^\| `(\w+)` +\|/gm)].map(([, code = '']) => code);
}

describe('the reference', () => {
	it('has exactly the warnings that there are', () => {
		expect(rowsOf('Warnings')).toEqual(Object.keys(WARNINGS));
	});

	it('has exactly the error codes that there are', () => {
		const codes = membersOf(read('nodes/SentryClientKeys/sentry/errors.ts'), 'ErrorCode');
		expect(codes.length).toBeGreaterThan(10);
		expect(rowsOf('When something is refused').sort()).toEqual(codes.sort());
	});

	it('names every option and every column', () => {
		const options = properties.find(({ name }) => name === 'options')?.options ?? [];
		for (const { displayName } of options as INodeProperties[]) {
			expect(reference).toContain(displayName);
		}
		for (const column of COLUMNS) expect(reference).toContain(`\`${column}\``);
	});
});

it('links lead to files that are there', () => {
	const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
	const pages = docs.filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`);
	expect(pages.length).toBeGreaterThan(5);
	for (const file of ['README.md', 'CONTRIBUTING.md', ...pages]) {
		const links = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)];
		for (const [, link = ''] of links) expect(() => read(join(file, '..', link))).not.toThrow();
	}
});
