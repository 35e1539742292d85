import type { KeyCreation } from '../../../../nodes/SentryClientKeys/sentry/keys/keyMaker.ts';
import { OLDEST_OWN_MS } from '../../../../nodes/SentryClientKeys/sentry/keys/publicId.ts';
import { failureOf, HOUR_MS } from '../../support/createSetUp.cts';
import { FakeSentry } from '../../support/fakeSentry.cts';
import type { ServerSettings } from '../../support/fakeSentry.cts';
import { keyMaker } from '../../support/keyMaker.cts';
import { VirtualClock } from '../../support/virtualTime.cts';

const creation: KeyCreation = {
	organization: 'acme',
	project: 'web-app',
	body: { name: 'app' },
	isSafe: true,
};

function setUp(settings: ServerSettings = { publicIds: 'honoured' }) {
	const clock = new VirtualClock(1_700_000_000_000);
	const server = new FakeSentry(clock, settings);
	const maker = keyMaker(server.client(0));
	const make = async (changes: Partial<KeyCreation> = {}) =>
		await clock.run(maker.make({ ...creation, ...changes }));
	/** As another execution does it. */
	const makeAnew = async (changes: Partial<KeyCreation> = {}, executionId = '2') =>
		await clock.run(keyMaker(server.client(), {}, executionId).make({ ...creation, ...changes }));
	const sentIds = () =>
		server.requests.filter(({ method }) => method === 'POST').map(({ body }) => body.public);
	return { clock, server, maker, make, makeAnew, sentIds };
}

describe('an item that n8n runs again', () => {
	it('makes no second key', async () => {
		const { server, make } = setUp();
		const first = await make();
		const again = await make();
		expect(first.wasThere).toBeUndefined();
		expect(again).toMatchObject({ wasThere: true, body: { id: first.body.id } });
		expect(server.keys).toHaveLength(1);
	});

	it('makes no second key where an expression gives it another name, but one elsewhere', async () => {
		const { server, make } = setUp();
		const first = await make();
		const again = await make({ body: { name: 'app at another time' } });
		expect(again.body.id).toBe(first.body.id);
		await make({ project: 'other' });
		expect(server.keys).toHaveLength(2);
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
		const second = await make();
		expect((await make()).body.id).toBe(second.body.id);
		expect(server.keys).toHaveLength(1);
	});

	it('says which key is there, if it can’t be read', async () => {
		const { server, make } = setUp();
		const { body } = await make();
		server.fail('GET', 'forbidden');
		const { remedy, details } = await failureOf(make());
		expect(remedy).toContain(`An earlier try of this item created the client key ${body.id}.`);
		expect(details).toMatchObject({ code: 'forbidden', createdKeyId: body.id });
	});

	it('finds a key that comes up after its response was lost, also days later', async () => {
		const { clock, server, make, sentIds } = setUp();
		await make({ project: 'first', body: { name: 'first' } });
		server.fail('POST', 'timeoutForLong').fail('GET', 'forbidden');
		await failureOf(make({ body: { name: 'late' } }));
		server.carryOut();
		await clock.run(clock.sleep(3 * OLDEST_OWN_MS));
		const found = await make({ body: { name: 'late' } });
		expect(found).toMatchObject({ wasThere: true, body: { id: sentIds()[1], name: 'late' } });
	});

	it('may have made one where IDs are ignored, and then makes no other', async () => {
		const { server, make } = setUp({ publicIds: 'ignored' });
		server.fail('POST', 'lostResponse');
		const { details } = await failureOf(make());
		expect(details.code).toBe('outcome_unknown');
		expect((await failureOf(make())).details.code).toBe('outcome_unknown');
		expect(server.keys).toHaveLength(1);
	});

	it('is free to send again what was refused', async () => {
		const { server, make, sentIds } = setUp();
		server.fail('POST', 'forbidden');
		await failureOf(make());
		expect((await make()).wasThere).toBeUndefined();
		expect(new Set(sentIds()).size).toBe(1);
	});
});

describe('the ID of a key', () => {
	it.each<[string, Partial<KeyCreation>]>([
		['another organization', { organization: 'globex' }],
		['another project', { project: 'api' }],
	])('is another one in %s', async (_, changes) => {
		const { make, sentIds } = setUp();
		await make();
		await make(changes);
		expect(new Set(sentIds()).size).toBe(2);
	});

	it('is another one in another execution', async () => {
		const { make, makeAnew, sentIds } = setUp();
		await make();
		await makeAnew();
		expect(new Set(sentIds()).size).toBe(2);
	});

	it('is not chosen where it may not be', async () => {
		const { make, sentIds } = setUp();
		await make({ isSafe: false });
		expect(sentIds()).toEqual([undefined]);
	});

	it('is the one that the user chose, and refused if it was there before', async () => {
		const { clock, make, makeAnew, sentIds } = setUp();
		const body = { name: 'app', public: 'c'.repeat(32) };
		await make({ body });
		expect(sentIds()).toEqual(['c'.repeat(32)]);
		await clock.run(clock.sleep(HOUR_MS));
		expect((await failureOf(makeAnew({ body }))).message).toBe(
			'A client key with this public ID exists already',
		);
	});

	it('shows what the key is for', async () => {
		const { maker, make } = setUp();
		const { body } = await make({ purpose: ['name', '1', 'app'] });
		expect(maker.isMarked(['name', '1', 'app'], body.id)).toBe(true);
		expect(maker.isMarked(['name', '1', 'other'], body.id)).toBe(false);
		expect(maker.isMarked(['successor', '1'], body.id)).toBe(false);
	});

	it('of a new key in the place of another one is given up, if somebody switched it off', async () => {
		const { server, maker, makeAnew } = setUp();
		const purpose = ['successor', 'a'.repeat(32)] as const;
		const first = await makeAnew({ purpose: [...purpose] });
		Object.assign(server.keys[0] ?? {}, { isActive: false });
		const second = await makeAnew({ purpose: [...purpose] });
		expect(second.body.id).not.toBe(first.body.id);
		expect(maker.isMarked([...purpose], second.body.id)).toBe(true);
	});
});

describe('an idempotency key', () => {
	const settings: ServerSettings = { publicIds: 'honoured' };
	const idempotencyKey = 'delivery-1';

	/** The fake server has no page of a project, but a project has an ID. */
	function withProject(publicIds: ServerSettings['publicIds'] = 'honoured') {
		const world = setUp({ ...settings, publicIds });
		const { send } = world.server;
		Object.assign(world.server, {
			send: async (request: Parameters<typeof send>[0]) =>
				/projects\/\w+\/[\w-]+\/$/.test(request.url)
					? { response: { status: 200, headers: {}, text: '{"id":"42"}' } }
					: await send(request),
		});
		const make = async (changes: Partial<KeyCreation>, executionId: string) =>
			await world.clock.run(
				keyMaker(world.server.client(0), {}, executionId).make({ ...creation, ...changes }),
			);
		return { ...world, make };
	}

	it('stands for one key in every execution', async () => {
		const { server, make } = withProject();
		const first = await make({ idempotencyKey }, '1');
		const second = await make({ idempotencyKey }, '2');
		expect(second).toMatchObject({ wasThere: true, body: { id: first.body.id } });
		await make({ idempotencyKey: 'delivery-2' }, '3');
		expect(server.keys).toHaveLength(2);
	});

	it.each<ServerSettings['publicIds']>(['ignored', 'refused'])(
		'is refused on a server where IDs are %s, as soon as that is known',
		async (publicIds) => {
			const { clock, server } = withProject(publicIds);
			const maker = keyMaker(server.client(0));
			await clock.run(maker.make(creation));
			const failure = await failureOf(
				clock.run(maker.make({ ...creation, project: 'api', idempotencyKey })),
			);
			expect(failure.message).toBe(
				"'Options > Idempotency Key' can't hold on this server, which chooses the IDs of its keys itself",
			);
			expect(failure.remedy).toContain("use 'Create or Update'");
			expect(server.keys).toHaveLength(1);
		},
	);
});

describe('what an item remembers', () => {
	it('is what it did, and nothing else', () => {
		const { maker } = setUp();
		expect(maker.remembers({ deleted: 'a' })).toBe(false);
		maker.remember({ deleted: 'a' });
		expect(maker.remembers({ deleted: 'a' })).toBe(true);
		expect(maker.remembers({ deleted: 'b' })).toBe(false);
	});

	it('of a rotation does not depend on how the old key looks', async () => {
		const { maker, make } = setUp();
		const { body } = await make({ purpose: ['successor', 'old'] });
		const { organization, project } = creation;
		expect(maker.earlierTry({ organization, project }, ['successor', 'old'])).toEqual({
			isSettled: true,
			publicId: body.id,
			firstSentAt: 1_700_000_000_000,
		});
		expect(maker.earlierTry({ organization, project }, ['successor', 'other'])).toBeUndefined();
	});
});
