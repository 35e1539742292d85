const { projects, testTimeout } = require('./jest.config.js');

/** `npm run test:e2e`: the slow tests, in a real n8n. */
module.exports = {
	testTimeout,
	projects: [
		{
			...projects[0],
			displayName: 'e2e',
			testMatch: ['<rootDir>/test/e2e/**/*.test.cts'],
		},
	],
};
