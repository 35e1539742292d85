const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { dest, parallel, series, src, watch: watchFiles } = require('gulp');

const ASSETS = ['nodes/**/*.{svg,png,json}', 'credentials/**/*.{svg,png}'];

function clean() {
	return rm('dist', { recursive: true, force: true });
}

function compile() {
	return spawn(process.execPath, [require.resolve('typescript/bin/tsc')], { stdio: 'inherit' });
}

/** Icons, the codex file and the output schemas: n8n reads them beside the compiled node. */
function copyAssets() {
	return src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));
}

const build = series(clean, parallel(compile, copyAssets));

function watchSources() {
	watchFiles(['nodes/**/*.ts', 'credentials/**/*.ts'], compile);
	watchFiles(ASSETS, copyAssets);
}

exports.clean = clean;
exports.build = build;
exports.watch = series(build, watchSources);
exports.default = build;
