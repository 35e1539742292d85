import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, pid } from 'node:process';

/** Mutation tests of one module of `sentry/`, as tools/mutants.cts runs them. */
export default {
	testRunner: 'jest',
	jest: { configFile: 'jest.mutation.config.js' },
	coverageAnalysis: 'perTest',
	// What runs as a module is loaded needs all tests for each mutant: 6 % of them would take 65 % of the time.
	ignoreStatic: true,
	// Outside of the repository, where n8n's lint would read the mutants.
	tempDirName: join(tmpdir(), `stryker-${pid}`),
	ignorePatterns: ['coverage', 'dist'],
	timeoutMS: 3000,
	reporters: ['json'],
	jsonReporter: { fileName: env.MUTATION_REPORT },
};
