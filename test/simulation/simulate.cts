import fc from 'fast-check';

/** Schedules of each property in `npm test`; `npm run test:simulation` sets many more. */
const RUNS = Number(process.env.SIMULATION_RUNS ?? 2000);
/**
 * `npm test` draws the same schedules each time, so that it fails for what was changed; many runs draw
 * new ones. A seed that was printed repeats its run.
 */
const SEED =
	process.env.SIMULATION_SEED ?? (process.env.SIMULATION_RUNS === undefined ? '1' : undefined);

/**
 * Declares a test that checks a property for many random schedules. A failure prints the seed and the
 * smallest schedule that shows it.
 */
export function simulate<T>(
	name: string,
	schedules: fc.Arbitrary<T>,
	check: (schedule: T) => Promise<void>,
): void {
	it(
		`${name} (${RUNS} schedules)`,
		async () => {
			await fc.assert(fc.asyncProperty(schedules, check), {
				numRuns: RUNS,
				...(SEED !== undefined && { seed: Number(SEED) }),
				// Where only the failure counts, the smallest schedule that shows it is not looked for.
				endOnFailure: process.env.SIMULATION_SHRINK === 'no',
			});
		},
		RUNS * 100 + 60_000,
	);
}
