/** Mutation tests of what must never go wrong: talking to Sentry. */
export default {
	mutate: ['nodes/SentryClientKeys/sentry/**/*.ts'],
	testRunner: 'jest',
	jest: { configFile: 'jest.mutation.config.js' },
	coverageAnalysis: 'perTest',
	ignorePatterns: ['coverage', 'dist', 'docs'],
	incremental: true,
	incrementalFile: 'reports/mutation/incremental.json',
	reporters: ['clear-text', 'progress', 'html', 'json'],
	thresholds: { high: 95, low: 90, break: 85 },
};
