/** Lets tasks that are about the same thing run one after the other, in the order they came. */
export class Turns {
	private readonly last = new Map<string, Promise<unknown>>();

	/** @throws what the task throws; the next one runs all the same */
	async take<T>(what: string, task: () => Promise<T>): Promise<T> {
		const before = this.last.get(what) ?? Promise.resolve();
		const done = before.then(task, task);
		this.last.set(what, done);
		return await done;
	}
}
