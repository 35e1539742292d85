import { FakeSentry } from '../../support/fakeSentry.cts';
import { keyMaker } from '../../support/keyMaker.cts';
import { VirtualClock } from '../../support/virtualTime.cts';

const creation = {
	organization: 'acme',
	project: 'web-app',
	body: { name: 'app' },
	isSafe: true,
};

function setUp() {
	const clock = new VirtualClock(1_700_000_000_000);
	const server = new FakeSentry(clock);
	const maker = keyMaker(server.client());
	return { clock, server, make: async () => await clock.run(maker.make(creation)) };
}

it('makes no second key when n8n runs the item again', async () => {
	const { server, make } = setUp();
	const first = await make();
	const again = await make();
	expect(again.body.id).toBe(first.body.id);
	expect(again.wasThere).toBe(true);
	expect(server.keys).toHaveLength(1);
});

it('gives a key that takes the place of a deleted one an ID that no key had before', async () => {
	const { server, make } = setUp();
	const ids = new Set<string>();
	for (let round = 0; round < 8; round++) {
		ids.add((await make()).body.id);
		server.keys.length = 0;
	}
	expect(ids.size).toBe(8);
});

it('finds the replacement of a deleted key again', async () => {
	const { server, make } = setUp();
	await make();
	server.keys.length = 0;
	server.fail('POST', 'lostAnswer');
	const second = await make();
	expect((await make()).body.id).toBe(second.body.id);
	expect(server.keys).toHaveLength(1);
});
