import { Progress } from '../../../nodes/SentryClientKeys/execution/progress.ts';
import { runInOrder } from '../../../nodes/SentryClientKeys/sentry/concurrency.ts';
import { VirtualClock } from '../support/virtualTime.cts';

/** Runs items one after the other, and returns what was said of them. */
async function run(items: number, millisecondsEach: number): Promise<string[]> {
	const clock = new VirtualClock(1_000_000);
	const said: string[] = [];
	const progress = new Progress(items, clock, (text) => said.push(text));
	const work = async () => {
		await clock.sleep(millisecondsEach);
		progress.countOne();
	};
	await clock.run(runInOrder(items, 1, work, () => true));
	return said;
}

it('a long run says every five seconds how far it is, but not that it is done', async () => {
	expect(await run(1_000, 16)).toEqual([
		'313 of 1,000 items',
		'626 of 1,000 items',
		'939 of 1,000 items',
	]);
	expect(await run(3, 60_000)).toEqual(['1 of 3 items', '2 of 3 items']);
});

it('a short run says nothing', async () => {
	expect(await run(1_000, 4)).toEqual([]);
	expect(await run(1, 60_000)).toEqual([]);
});
