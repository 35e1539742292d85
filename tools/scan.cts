import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { cacheFolder } from './n8nInstall.cts';
import { packPackage, REPOSITORY } from './package.cts';
import { runOrThrow } from './process.cts';

const SCANNER = '@n8n/scan-community-package';
const SCANNER_VERSION = '0.32.0';
/** What n8n needs; anything else in the tarball is there by mistake. */
const WANTED =
	/^(?:dist\/.*\.(?:js|json|svg)|index\.js|package\.json|README\.md|LICENSE\.md|CHANGELOG\.md)$/;
const NEEDED = ['index.js', 'package.json', 'README.md', 'LICENSE.md', 'CHANGELOG.md'];
/** Bytes, unpacked. */
const LARGEST_PACKAGE = 168_000;

interface Scanner {
	SOURCE_FILE_PATTERNS: string[];
	analyzePackage(
		folder: string,
		patterns: string[],
	): Promise<{ passed: boolean; message?: string; details?: string }>;
}

/**
 * n8n's scanner for community packages. Its command line only takes published packages, so its functions
 * are called; it is installed apart, because it brings an ESLint of its own.
 */
async function loadScanner(): Promise<Scanner> {
	const folder = join(cacheFolder(), `scanner-${SCANNER_VERSION}`);
	const module = join(folder, 'node_modules', SCANNER, 'scanner', 'scanner.mjs');
	if (!existsSync(module)) {
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
		await runOrThrow(
			'npm',
			['install', '--ignore-scripts', '--no-audit', '--no-fund', `${SCANNER}@${SCANNER_VERSION}`],
			{ cwd: folder },
		);
	}
	return (await import(pathToFileURL(module).href)) as Scanner;
}

/** What is wrong with the tarball's content, a line each. */
async function inspect(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const files = entries
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
	const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
	const size = sizes.reduce((sum, next) => sum + next, 0);
	console.log(`The package holds ${files.length} files, ${size} bytes unpacked.`);
	const names = files.map((file) => file.slice(folder.length + 1).replaceAll('\\', '/'));
	return [
		...names
			.filter((name) => !WANTED.test(name))
			.map((name) => `The package should not hold ${name}`),
		...NEEDED.filter((name) => !names.includes(name)).map((name) => `The package lacks ${name}`),
		...(size > LARGEST_PACKAGE ? [`The package is larger than ${LARGEST_PACKAGE} bytes`] : []),
	];
}

async function main(): Promise<void> {
	const scanner = await loadScanner();
	const folder = await mkdtemp(join(tmpdir(), 'scan-'));
	try {
		const tarball = await packPackage(folder);
		await runOrThrow('tar', ['-xzf', tarball, '-C', folder]);
		const unpacked = join(folder, 'package');
		const findings = await inspect(unpacked);
		for (const [what, target, patterns] of [
			['repository', REPOSITORY, scanner.SOURCE_FILE_PATTERNS],
			['tarball', unpacked, ['**/*.js', 'package.json']],
		] as const) {
			const { passed, message, details } = await scanner.analyzePackage(target, [...patterns]);
			console.log(`Scan of the ${what}: ${passed ? 'passed' : 'not passed'}`);
			if (!passed) findings.push(`${what}: ${message ?? ''}\n${details ?? ''}`);
		}
		const { dependencies = {} } = JSON.parse(
			await readFile(join(unpacked, 'package.json'), 'utf8'),
		) as { dependencies?: object };
		if (Object.keys(dependencies).length > 0)
			findings.push('The package has run-time dependencies');
		for (const finding of findings) console.error(finding);
		if (findings.length > 0) process.exitCode = 1;
	} finally {
		await rm(folder, { recursive: true });
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
