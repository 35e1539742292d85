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

/**
 * The results of a task for each value, in the order of the values.
 *
 * @throws what the task of the lowest value that failed threw; nothing is started after a failure, and
 * what is under way is awaited
 */
export async function mapInOrder<Value, Result>(
	values: readonly Value[],
	concurrency: number,
	task: (value: Value) => Promise<Result>,
): Promise<Result[]> {
	let hasFailed = false;
	const outcomes = await runInOrder(
		values.length,
		concurrency,
		async (index): Promise<PromiseSettledResult<Result>> => {
			const [outcome] = await Promise.allSettled([task(values[index] as Value)]);
			hasFailed ||= outcome.status === 'rejected';
			return outcome;
		},
		() => !hasFailed,
	);
	return outcomes.map((outcome) => {
		if (outcome?.status === 'fulfilled') return outcome.value;
		throw outcome?.reason;
	});
}

/** Limits how many tasks run at once; the rest queue. */
export class Semaphore {
	private readonly waiting: Array<() => void> = [];

	constructor(private free: number) {}

	/** @throws what the task throws; its place is free again */
	async use<T>(task: () => Promise<T>): Promise<T> {
		if (this.free > 0) this.free -= 1;
		else await new Promise<void>((resolve) => this.waiting.push(resolve));
		try {
			return await task();
		} finally {
			const next = this.waiting.shift();
			if (next === undefined) this.free += 1;
			else next();
		}
	}
}

/** Runs tasks with the same key one at a time, in the order they came. */
export class KeyedMutex {
	private readonly last = new Map<string, Promise<unknown>>();

	/** @throws what the task throws; the next one runs all the same */
	async use<T>(key: string, task: () => Promise<T>): Promise<T> {
		const before = this.last.get(key) ?? Promise.resolve();
		const done = before.then(task, task);
		this.last.set(key, done);
		return await done;
	}
}

/** What is asked for only once, by whoever wants it first; a failure is not kept. */
export class Once<T> {
	private readonly asked = new Map<string, Promise<T>>();

	/** What was asked for, or is being asked for. */
	known(name: string): Promise<T> | undefined {
		return this.asked.get(name);
	}

	/** @throws what asking throws, to all that wait for it; who comes later asks anew */
	async of(name: string, ask: () => Promise<T>): Promise<T> {
		const known = this.asked.get(name);
		if (known !== undefined) return await known;
		const response = ask();
		this.asked.set(name, response);
		response.catch(() => this.asked.delete(name));
		return await response;
	}
}
