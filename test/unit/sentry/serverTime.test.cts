import { serverNow, ServerTime } from '../../../nodes/SentryClientKeys/sentry/serverTime.ts';

describe("Sentry's clock", () => {
	/** Answers of a server whose clock is `ahead` behind ours, 20 ms apart. */
	function observed(ahead: number): number {
		const time = new ServerTime();
		for (let n = 0; n < 100; n++) {
			const sentAt = 1_700_000_000_123 + n * 20;
			const date = new Date(Math.floor((sentAt + 5 - ahead) / 1000) * 1000).toUTCString();
			time.observe({ status: 200, headers: { date }, text: '' }, sentAt, sentAt + 10);
		}
		return time.ahead;
	}

	it.each([0, 400, -400, 5000, -90_000])('is found to be %d ms off', (ahead) => {
		expect(Math.abs(observed(ahead) - ahead)).toBeLessThan(30);
	});

	it.each([700, -700])('is known the better the more responses came (%d ms off)', (ahead) => {
		const time = new ServerTime();
		const errors: number[] = [];
		for (let n = 0; n < 100; n++) {
			const sentAt = 1_700_000_000_123 + n * 20;
			const date = new Date(Math.floor((sentAt + 5 - ahead) / 1000) * 1000).toUTCString();
			time.observe({ status: 200, headers: { date }, text: '' }, sentAt, sentAt + 10);
			errors.push(Math.abs(time.ahead - ahead));
		}
		expect(errors.filter((error, n) => n > 0 && error > (errors[n - 1] ?? 0))).toEqual([]);
		expect(errors[0]).toBeLessThanOrEqual(1010);
		expect(errors.at(-1)).toBeLessThan(30);
		expect(time.uncertainty).toBeGreaterThanOrEqual(0);
		expect(time.uncertainty).toBeLessThan(1000);
	});

	it.each([3_600_000, -3_600_000])('is found again after one was set by %d ms', (change) => {
		const time = new ServerTime();
		const observe = (sentAt: number, serverTime: number) => {
			const date = new Date(Math.floor(serverTime / 1000) * 1000).toUTCString();
			time.observe({ status: 200, headers: { date }, text: '' }, sentAt, sentAt + 10);
		};
		for (let n = 0; n < 100; n++) observe(1_700_000_000_000 + n * 20, 1_700_000_000_005 + n * 20);
		expect(time.ahead).toBe(0);
		for (let n = 100; n < 200; n++) {
			const now = 1_700_000_000_000 + n * 20;
			observe(now + change, now + 5);
		}
		expect(Math.abs(time.ahead - change)).toBeLessThan(30);
	});

	it.each([undefined, '', 'yesterday'])('is not guessed from a Date of %p', (date) => {
		const time = new ServerTime();
		time.observe({ status: 200, headers: { date }, text: '' }, 1000, 2000);
		expect(time.ahead).toBe(0);
		expect(time.uncertainty).toBe(Infinity);
	});

	it('is taken for the latest that it can be once a request came too early', () => {
		const time = new ServerTime();
		const date = new Date(1_700_000_000_000).toUTCString();
		time.observe(
			{ status: 429, headers: { date }, text: '' },
			1_700_000_000_300,
			1_700_000_000_310,
		);
		expect(time.ahead).toBe(0);
		time.wasTooEarly();
		expect(time.ahead).toBe(310);
	});

	it('is taken for ours until a response says otherwise', () => {
		expect(new ServerTime().ahead).toBe(0);
		expect(observed(0)).toBe(0);
	});

	it('is found again by the very response that contradicts the others', () => {
		const time = new ServerTime();
		const observe = (date: number, sentAt: number) => {
			const headers = { date: new Date(date).toUTCString() };
			time.observe({ status: 200, headers, text: '' }, sentAt, sentAt + 10);
		};
		observe(1_700_000_000_000, 1_700_000_000_500);
		observe(1_700_000_100_000, 1_700_000_003_000);
		expect(time.ahead).toBe(-96_990);
		expect(time.uncertainty).toBe(0);
		// The only difference that fits both of these.
		observe(1_700_000_101_000, 1_700_000_005_010);
		expect(time.ahead).toBe(-96_990);
	});

	it('is not taken for later before any response', () => {
		const time = new ServerTime();
		time.wasTooEarly();
		expect(time.ahead).toBe(0);
	});
});

it.each([
	['no Date: ours', undefined, 500, 500],
	['an odd Date: ours', 'soon', 500, 500],
	['the first moment of its second: ours', 'Thu, 01 Jan 1970 00:00:07 GMT', 7000, 7000],
	['within its second: ours', 'Thu, 01 Jan 1970 00:00:07 GMT', 7999, 7999],
	['after its second: its own', 'Thu, 01 Jan 1970 00:00:07 GMT', 8000, 7000],
	['before its second: its own', 'Thu, 01 Jan 1970 00:00:07 GMT', 6999, 7000],
])('the time of a response, with %s', (_, date, now, expected) => {
	expect(serverNow({ headers: { date } }, now)).toBe(expected);
});
