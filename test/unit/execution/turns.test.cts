import { Turns } from '../../../nodes/SentryClientKeys/execution/turns.ts';
import { VirtualClock } from '../support/virtualTime.cts';

describe('turns', () => {
	it('are taken one after the other for the same thing, at once for different ones', async () => {
		const clock = new VirtualClock(0);
		const turns = new Turns();
		const done: string[] = [];
		const task = (what: string, length: number) =>
			turns.take(what, async () => {
				await clock.sleep(length);
				done.push(`${what} at ${clock.now()}`);
			});
		await clock.run(Promise.all([task('a', 20), task('b', 5), task('a', 5), task('b', 5)]));
		expect(done).toEqual(['b at 5', 'b at 10', 'a at 20', 'a at 25']);
	});

	it('go on after a failure, which only its own task learns of', async () => {
		const turns = new Turns();
		const failing = turns.take('a', () => Promise.reject(new Error('no')));
		const next = turns.take('a', () => Promise.resolve('next'));
		await expect(failing).rejects.toThrow('no');
		expect(await next).toBe('next');
	});
});
