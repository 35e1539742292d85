import { PublicIdSupport } from '../../../../nodes/SentryClientKeys/sentry/keys/publicIdSupport.ts';
import { FakeSentry } from '../../support/fakeSentry.cts';
import type { Fault, ServerSettings } from '../../support/fakeSentry.cts';
import { VirtualClock } from '../../support/virtualTime.cts';

const PROJECT = { organization: 'acme', project: 'web-app' };
const ID = 'a'.repeat(32);

function setUp(publicIds: ServerSettings['publicIds'] = 'honoured') {
	const clock = new VirtualClock(1_700_000_000_000);
	const server = new FakeSentry(clock, { publicIds });
	const client = server.client();
	const support = new PublicIdSupport();
	return { clock, server, support, ask: async () => await support.ask(client, PROJECT) };
}

describe('asking a server whether it takes public IDs', () => {
	it.each<[ServerSettings['publicIds'], boolean]>([
		['honoured', true],
		['ignored', false],
	])('where they are %s says %s, makes no key and proves nothing', async (publicIds, isRead) => {
		const { clock, server, support, ask } = setUp(publicIds);
		expect(await clock.run(ask())).toBe(isRead);
		expect(support.isHonoured).toBe(false);
		expect(server.tally).toEqual({ keys: 0, creates: 0, probes: 1 });
	});

	it('is one question for all that ask at the same time', async () => {
		const { clock, server, ask } = setUp();
		expect(await clock.run(Promise.all([ask(), ask(), ask()]))).toEqual([true, true, true]);
		expect(server.tally.probes).toBe(1);
	});

	it('is not done again once the response is known', async () => {
		const { clock, server, ask } = setUp();
		await clock.run(ask());
		expect(await clock.run(ask())).toBe(true);
		expect(server.tally.probes).toBe(1);
	});

	it.each<Fault>(['error503', 'reset', 'busy429'])('is repeated after %s', async (fault) => {
		const { clock, server, ask } = setUp();
		server.fail('POST', fault, fault);
		expect(await clock.run(ask())).toBe(true);
		expect(server.tally).toEqual({ keys: 0, creates: 0, probes: 3 });
	});

	it.each<Fault>(['webPage', 'forbidden'])(
		'proves nothing if it is answered by %s',
		async (fault) => {
			const { clock, server, ask } = setUp();
			server.fail('POST', fault);
			expect(await clock.run(ask())).toBeUndefined();
			expect(server.tally.probes).toBe(1);
		},
	);
});

describe('what creates show of the server', () => {
	it.each([
		['honours an ID it was asked for', { asked: ID, wanted: ID, got: ID }, true, false],
		['ignores an ID it replaced', { asked: ID, wanted: ID, got: 'b'.repeat(32) }, false, false],
		['refuses an ID that had to be left out', { wanted: ID, got: 'b'.repeat(32) }, false, true],
		['is unknown if no ID was wanted', { got: ID }, false, false],
	])('it %s', (_, outcome, isHonoured, isRefused) => {
		const support = new PublicIdSupport();
		support.learn(outcome);
		expect(support.isHonoured).toBe(isHonoured);
		expect(support.isRefused).toBe(isRefused);
	});

	it('it is asked for an ID from the moment of the request on', () => {
		const support = new PublicIdSupport();
		expect(support.wasAskedFor(ID)).toBe(false);
		support.beginPosting(ID);
		expect(support.wasAskedFor(ID)).toBe(true);
		support.endPosting();
		expect(support.wasAskedFor(ID)).toBe(true);
	});
});

describe('waiting for what other creates show', () => {
	it('ends as soon as one shows it, though others go on', async () => {
		const { clock, support } = setUp();
		support.beginPosting(ID);
		void clock.sleep(1000).then(() => support.learn({ asked: ID, wanted: ID, got: ID }));
		const start = clock.now();
		await clock.run(support.waitForEvidence(clock));
		expect(clock.now() - start).toBeGreaterThanOrEqual(1000);
		expect(clock.now() - start).toBeLessThan(1200);
	});

	it('ends when none is under way any more', async () => {
		const { clock, support } = setUp();
		for (const milliseconds of [300, 500]) {
			support.beginPosting(ID);
			void clock.sleep(milliseconds).then(() => support.endPosting());
		}
		const start = clock.now();
		await clock.run(support.waitForEvidence(clock));
		expect(clock.now() - start).toBeGreaterThanOrEqual(500);
		expect(clock.now() - start).toBeLessThan(700);
		expect(support.isHonoured).toBe(false);
	});

	it('takes no time where there is nothing to wait for', async () => {
		const { clock, support } = setUp();
		const start = clock.now();
		await clock.run(support.waitForEvidence(clock));
		expect(clock.now()).toBe(start);
	});
});
