/** Mutation tests of what must never go wrong: talking to Sentry. */
export default {
	mutate: ['nodes/SentryClientKeys/sentry/**/*.ts'],
	testRunner: 'jest',
	jest: { configFile: 'jest.mutation.config.js' },
	coverageAnalysis: 'perTest',
	// What runs as a module is loaded needs all tests for each mutant: 6 % of them would take 65 % of the time.
	ignoreStatic: true,
	ignorePatterns: ['coverage', 'dist', 'docs'],
	incremental: true,
	incrementalFile: 'reports/mutation/incremental.json',
	reporters: ['clear-text', 'progress', 'html', 'json'],
	thresholds: { high: 95, low: 90, break: 85 },
};
