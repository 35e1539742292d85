import { Slots } from '../../../nodes/SentryClientKeys/sentry/slots.ts';
import { VirtualClock } from '../support/virtualTime.cts';

describe('slots', () => {
	it('let so many tasks run at a time, in the order they came', async () => {
		const clock = new VirtualClock(0);
		const slots = new Slots(2);
		const begun: Array<[number, number]> = [];
		const tasks = [30, 10, 20].map(async (length, index) => {
			await slots.use(async () => {
				begun.push([index, clock.now()]);
				await clock.sleep(length);
			});
		});
		await clock.run(Promise.all(tasks));
		expect(begun).toEqual([
			[0, 0],
			[1, 0],
			[2, 10],
		]);
	});

	it('are given back by tasks that fail', async () => {
		const slots = new Slots(1);
		await expect(slots.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
		expect(await slots.use(() => Promise.resolve('next'))).toBe('next');
	});
});
