const { spawn } = require('node:child_process');
const { mkdir, rm, writeFile } = require('node:fs/promises');
const esbuild = require('esbuild');
const { dest, parallel, series, src, watch: watchFiles } = require('gulp');

const resultSchemas = require('./tools/resultSchemas.js');

const SOURCES = ['nodes/**/*.ts', 'credentials/**/*.ts'];
const ASSETS = ['nodes/**/*.{svg,png,json}'];

function clean() {
	return rm('dist', { recursive: true, force: true });
}

function typecheck() {
	return spawn(process.execPath, [require.resolve('typescript/bin/tsc')], {
		stdio: 'inherit',
	});
}

/** One file per class that n8n loads: a small package, and nothing in it that n8n does not need. */
function compile() {
	return esbuild.build({
		entryPoints: ['nodes/**/*.node.ts', 'credentials/*.credentials.ts'],
		outdir: 'dist',
		outbase: '.',
		bundle: true,
		external: ['n8n-workflow'],
		format: 'cjs',
		platform: 'node',
		target: 'node20',
		charset: 'utf8',
		minify: true,
		// Short lines, so that a stack trace still says where.
		lineLimit: 1000,
	});
}

/** Icons and the codex file: n8n reads them beside the compiled node. */
function copyAssets() {
	return src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));
}

/** So are the schemas of the results, which the editor shows before the first run. */
async function writeSchemas() {
	for (const [resource, operations] of Object.entries(resultSchemas)) {
		const folder = `dist/nodes/SentryClientKeys/__schema__/v1.0.0/${resource}`;
		await mkdir(folder, { recursive: true });
		for (const [operation, schema] of Object.entries(operations)) {
			await writeFile(`${folder}/${operation}.json`, JSON.stringify({ ...schema, version: 1 }));
		}
	}
}

const build = series(clean, parallel(typecheck, compile, copyAssets, writeSchemas));

function watchSources() {
	watchFiles(SOURCES, parallel(typecheck, compile));
	watchFiles(ASSETS, copyAssets);
}

exports.clean = clean;
exports.build = build;
exports.watch = series(build, watchSources);
exports.default = build;
