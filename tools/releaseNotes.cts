import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { REPOSITORY } from './package.cts';

/**
 * What the changelog says of a version.
 *
 * @throws Error if it says nothing
 */
export function notesOf(changelog: string, version: string): string {
	const sections = changelog.split(/^## /m);
	const section = sections.find((text) => text.split('\n', 1)[0]?.trim() === version);
	const notes = section?.slice(section.indexOf('\n')).trim();
	if (!notes) throw new Error(`CHANGELOG.md says nothing of version ${version}`);
	return notes;
}

/** @throws Error if a tag names another version than `package.json` */
export function checkTag(tag: string, version: string): void {
	if (tag !== version) {
		throw new Error(`The tag is ${tag}, but the version in package.json is ${version}`);
	}
}

/** Prints the notes of the version that is about to be released, by its tag if there is one yet. */
function main(): void {
	const read = (file: string) => readFileSync(join(REPOSITORY, file), 'utf8');
	const { version } = JSON.parse(read('package.json')) as { version: string };
	const [tag = version] = process.argv.slice(2);
	checkTag(tag, version);
	console.log(notesOf(read('CHANGELOG.md'), version));
}

if (require.main === module) {
	try {
		main();
	} catch (error) {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	}
}
