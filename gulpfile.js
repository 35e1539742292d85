const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const esbuild = require('esbuild');
const { dest, parallel, series, src, watch: watchFiles } = require('gulp');

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
		minifySyntax: true,
		minifyWhitespace: true,
		// Short lines, so that a stack trace still says where.
		lineLimit: 120,
	});
}

/** Icons, the codex file and the output schemas: n8n reads them beside the compiled node. */
function copyAssets() {
	return src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));
}

const build = series(clean, parallel(typecheck, compile, copyAssets));

function watchSources() {
	watchFiles(SOURCES, parallel(typecheck, compile));
	watchFiles(ASSETS, copyAssets);
}

exports.clean = clean;
exports.build = build;
exports.watch = series(build, watchSources);
exports.default = build;
