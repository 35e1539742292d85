import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';

/** Mutation tests of what must never go wrong: talking to Sentry. */
export default {
	mutate: ['nodes/SentryClientKeys/sentry/**/*.ts'],
	testRunner: 'jest',
	jest: { configFile: 'jest.mutation.config.js' },
	coverageAnalysis: 'perTest',
	// What runs as a module is loaded needs all tests for each mutant: 6 % of them would take 65 % of the time.
	ignoreStatic: true,
	// Outside of the repository, where n8n's lint would read the mutants.
	tempDirName: join(tmpdir(), `stryker-${pid}`),
	ignorePatterns: ['coverage', 'dist'],
	incremental: true,
	incrementalFile: 'reports/mutation/incremental.json',
	clearTextReporter: { logTests: false, reportTests: false },
	reporters: ['clear-text', 'progress', 'html', 'json'],
	thresholds: { high: 95, low: 90, break: 85 },
};
