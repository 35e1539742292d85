import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox } from '../../sandbox/index.cts';
import { numbered, result, run } from './support.cts';

/** sentry.io's limit on creating keys. */
const PER_SECOND = 40;
const COUNT = 300;

async function on(server: Promise<Sandbox>, test: (server: Sandbox) => Promise<void>) {
	const sandbox = await server;
	try {
		await test(sandbox);
	} finally {
		await sandbox.close();
	}
}

/** The figures of a run that the limiter could have slowed down. */
function figures({ requests }: Sandbox) {
	const posts = requests.filter(({ method }) => method === 'POST');
	const seconds = posts.map(({ startedAt }) => Math.floor(startedAt / 1000));
	const windows = new Map<number, number>();
	for (const second of seconds) windows.set(second, (windows.get(second) ?? 0) + 1);
	return {
		refused: posts.filter(({ status }) => status === 429).length,
		// The first and the last window are not whole ones.
		wholeWindows: [...windows.values()].slice(1, -1),
	};
}

describe(`${COUNT} creates against sentry.io's limit`, () => {
	it.each([0, 30])(
		'use up every second and are never refused (%d ms latency)',
		async (latencyMs) => {
			await on(startSandbox({ limiter: true, latencyMs }), async (sandbox) => {
				const done = await run(sandbox, {}, { items: numbered(COUNT) });
				expect(result(done)).toHaveLength(COUNT);
				expect(sandbox.keys.ofProject('acme', 'web-app')).toHaveLength(COUNT + 1);
				const { refused, wholeWindows } = figures(sandbox);
				expect(refused).toBeLessThanOrEqual(COUNT / 100);
				for (const used of wholeWindows) expect(used).toBeGreaterThanOrEqual(0.9 * PER_SECOND);
			});
		},
	);

	it('stay below the limit of simultaneous requests, whatever the option says', async () => {
		await on(startSandbox({ limiter: true, latencyMs: 100 }), async (sandbox) => {
			const options = { maxConcurrentRequests: 100 };
			const done = await run(sandbox, { options }, { items: numbered(150) });
			expect(result(done)).toHaveLength(150);
			expect(figures(sandbox).refused).toBeLessThanOrEqual(1);
		});
	});
});

it('a server without a limit gets the whole concurrency', async () => {
	await on(startSandbox({ latencyMs: 50 }), async (sandbox) => {
		await run(sandbox, {}, { items: numbered(60) });
		const begun = sandbox.requests.map(({ startedAt }) => startedAt);
		const first = Math.min(...begun);
		// One round of four to begin with, then twenty at a time: far from one after the other.
		expect(Math.max(...begun) - first).toBeLessThan(60 * 50 * 0.5);
	});
});

it('a 429 is waited out and repeated', async () => {
	await on(startSandbox(), async (sandbox) => {
		sandbox.faults.add({ kind: 'tooManyRequests', times: 2 });
		const done = await run(sandbox, { name: 'patient' });
		expect(result(done)).toMatchObject([{ name: 'patient' }]);
		expect(sandbox.keys.ofProject('acme', 'web-app')).toHaveLength(2);
	});
});
