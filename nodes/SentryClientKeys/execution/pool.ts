/**
 * Runs a task for each index, at most so many at a time, started in order; the results come in the
 * order of the indexes, undefined for those never started.
 *
 * @param task must not reject: an outcome of any kind is a result
 * @param goOn asked before each start; after a no, what is under way is awaited and nothing is started
 */
export async function runInOrder<T>(
	count: number,
	concurrency: number,
	task: (index: number) => Promise<T>,
	goOn: () => boolean,
): Promise<Array<T | undefined>> {
	const results = new Array<T | undefined>(count).fill(undefined);
	let next = 0;
	const worker = async () => {
		while (next < count && goOn()) {
			const index = next++;
			results[index] = await task(index);
		}
	};
	await Promise.all(Array.from({ length: Math.min(concurrency, count) }, worker));
	return results;
}
