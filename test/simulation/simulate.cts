import fc from 'fast-check';

/** Schedules of each property in `npm test`; `npm run test:simulation` sets many more. */
const RUNS = Number(process.env.SIMULATION_RUNS ?? 2000);
/** Repeats the run that printed it. */
const SEED = process.env.SIMULATION_SEED;

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
			});
		},
		RUNS * 100 + 60_000,
	);
}
