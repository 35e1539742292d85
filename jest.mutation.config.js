const { projects, testTimeout } = require('./jest.config.js');

// The same few schedules for every mutant: what kills it today kills it tomorrow.
process.env.SIMULATION_RUNS ??= '100';
process.env.SIMULATION_SEED ??= '1';

/** `npm run test:mutation`: the fast tests as one project, because Stryker measures only one. */
module.exports = {
	...projects[0],
	testTimeout,
	testMatch: ['<rootDir>/test/{unit,simulation}/**/*.test.cts'],
};
