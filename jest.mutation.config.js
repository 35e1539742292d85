const { projects, testTimeout } = require('./jest.config.js');

// The same few schedules for every mutant: what kills it today kills it tomorrow.
process.env.SIMULATION_RUNS ??= '100';
process.env.SIMULATION_SEED ??= '1';
process.env.SIMULATION_SHRINK ??= 'no';

/** The tests of one module as one project, because Stryker measures only one; see tools/mutants.cts. */
module.exports = {
	...projects[0],
	testTimeout,
	testMatch: JSON.parse(process.env.MUTATION_TESTS).map((path) => `<rootDir>/${path}`),
};
