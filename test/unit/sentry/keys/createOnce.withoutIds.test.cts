import { failureOf, HOUR_MS, ID_A, ID_B, setUp } from '../../support/createSetUp.cts';
import type { Fault, ServerSettings } from '../../support/fakeSentry.cts';

describe('on a server that ignores public IDs', () => {
	const IGNORES: ServerSettings = { publicIds: 'ignored' };

	it('a key gets an ID of its own', async () => {
		const { clock, server, create, support } = setUp(IGNORES);
		expect((await clock.run(create())).body.id).not.toBe(ID_A);
		expect(support.isHonoured).toBe(false);
		expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 0 });
	});

	it.each<Fault>(['lostResponse', 'error500AfterCommit', 'truncated201'])(
		'a spoilt response (%s) is reported with the key that it may have made',
		async (fault) => {
			const { clock, server, create } = setUp(IGNORES);
			server.fail('POST', fault);
			const { details, remedy } = await clock.run(failureOf(create()));
			const [made] = server.keys;
			expect(details).toMatchObject({ code: 'outcome_unknown', candidates: [made?.id, ID_A] });
			expect(remedy).toContain(made?.id);
			expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 0 });
		},
	);

	it.each<Fault>(['error503', 'reset', 'webPage', 'list200'])(
		'an unclear response without a key (%s) is reported too, never sent again',
		async (fault) => {
			const { clock, server, create } = setUp(IGNORES);
			server.fail('POST', fault);
			const { details, remedy } = await clock.run(failureOf(create()));
			expect(details).toMatchObject({ code: 'outcome_unknown' });
			expect(details).not.toHaveProperty('candidates');
			expect(remedy).toContain('was not sent a second time');
			expect(server.tally).toEqual({ keys: 0, creates: 1, probes: 1 });
		},
	);

	it('nothing is asked once an earlier create has shown it', async () => {
		const { clock, server, create, learn } = setUp(IGNORES);
		await learn();
		server.fail('POST', 'error503');
		const { details } = await clock.run(failureOf(create()));
		expect(details.code).toBe('outcome_unknown');
		expect(server.tally).toEqual({ keys: 0, creates: 1, probes: 0 });
	});

	it.each([0, HOUR_MS, -HOUR_MS])(
		'only new keys of that name are named, also with a clock that is %d ms ahead',
		async (ahead) => {
			const { clock, server, create } = setUp({ ...IGNORES, ahead });
			server.addKey('wanted', clock.now() + ahead - 10_000);
			server.addKey('somebody else’s');
			server.fail('POST', 'lostResponse');
			const { details } = await clock.run(failureOf(create()));
			expect(details.candidates).toEqual([server.keys[0]?.id, ID_A]);
			expect(server.keys[0]?.name).toBe('wanted');
			expect(server.tally).toEqual({ keys: 3, creates: 1, probes: 0 });
		},
	);

	it('of a key without a name any new one may be it', async () => {
		const { clock, server, create } = setUp(IGNORES);
		server.fail('POST', 'lostResponse');
		const { details } = await clock.run(failureOf(create({ body: {} })));
		expect(details.candidates).toEqual([server.keys[0]?.id, ID_A]);
		expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 0 });
	});
});

describe('on a server that refuses public IDs', () => {
	const REFUSES: ServerSettings = { publicIds: 'refused' };

	it('the key is made without one, and the next create leaves it out at once', async () => {
		const { clock, server, create } = setUp(REFUSES);
		await clock.run(create());
		expect(server.tally).toEqual({ keys: 1, creates: 2, probes: 0 });
		await clock.run(create({ publicId: ID_B }));
		expect(server.tally).toEqual({ keys: 2, creates: 3, probes: 0 });
		expect(server.requests.at(-1)?.body).toEqual({ name: 'wanted' });
	});

	it('a lost response of the second request is reported', async () => {
		const { clock, server, create, learn } = setUp(REFUSES);
		await learn();
		server.fail('POST', 'lostResponse');
		const { details } = await clock.run(failureOf(create()));
		expect(details).toMatchObject({
			code: 'outcome_unknown',
			candidates: [server.keys[0]?.id],
		});
		expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 0 });
	});

	it('a first request that failed before it was looked at costs no second key', async () => {
		const { clock, server, create } = setUp(REFUSES, 5);
		server.fail('POST', 'error503');
		await clock.run(create());
		expect(server.tally).toEqual({ keys: 1, creates: 3, probes: 1 });
	});
});

describe("without a public ID ('Safe Retry' off)", () => {
	const UNSAFE = { publicId: undefined };

	it('only the documented body is sent', async () => {
		const { clock, server, create } = setUp();
		await clock.run(create(UNSAFE));
		expect(server.requests.map(({ body }) => body)).toEqual([{ name: 'wanted' }]);
		expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 0 });
	});

	it.each<[Fault, number]>([
		['lostResponse', 1],
		['error500AfterCommit', 1],
		['error503', 0],
		['reset', 0],
	])('after %s nothing is sent again', async (fault, keys) => {
		const { clock, server, create } = setUp();
		server.fail('POST', fault);
		const { details } = await clock.run(failureOf(create(UNSAFE)));
		expect(details.code).toBe('outcome_unknown');
		expect(details.candidates).toEqual(keys === 0 ? undefined : [server.keys[0]?.id]);
		expect(server.tally).toEqual({ keys, creates: 1, probes: 0 });
	});

	it('429 is repeated all the same', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', 'busy429');
		await clock.run(create(UNSAFE));
		expect(server.tally).toEqual({ keys: 1, creates: 2, probes: 0 });
	});
});

describe('after an earlier try of the item that ended unclear', () => {
	const unsettled = { publicId: ID_A, firstSentAt: 1_700_000_000_000 };

	it('the key that it made is found without a request to create', async () => {
		const { clock, server, create } = setUp();
		await clock.run(create());
		server.requests.length = 0;
		expect((await clock.run(create({ unsettled }))).body.id).toBe(ID_A);
		expect(server.tally).toEqual({ keys: 1, creates: 0, probes: 0 });
	});

	it('a key that it did not make is made now', async () => {
		const { clock, server, create } = setUp();
		expect((await clock.run(create({ unsettled }))).body.id).toBe(ID_A);
		expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 1 });
	});

	it('it stays unclear where no ID was chosen', async () => {
		const { clock, server, create } = setUp();
		const failure = await clock.run(
			failureOf(create({ unsettled: { ...unsettled, publicId: undefined } })),
		);
		expect(failure.details.code).toBe('outcome_unknown');
		expect(server.tally).toEqual({ keys: 0, creates: 0, probes: 0 });
	});
});

describe('on a server that checks public IDs and ignores them', () => {
	it('a request that is carried out after the second one is told, and no success', async () => {
		const { clock, server, create } = setUp({ publicIds: 'checked' });
		server.fail('POST', 'timeoutForLong');
		const { details } = await clock.run(failureOf(create()));
		const [made] = server.keys;
		expect(details).toMatchObject({ code: 'outcome_unknown', createdKeyId: made?.id });
	});
});

it('a firewall page is not taken for the refusal of an ID', async () => {
	const { clock, server, create } = setUp();
	server.fail('POST', 'firewallPage');
	await clock.run(failureOf(create()));
	await clock.run(create());
	expect(server.keys.map(({ id }) => id)).toEqual([ID_A]);
});

describe('a server that ignores public IDs and fails before it makes a key', () => {
	const onServer = (hasOlder: boolean) => {
		const set = setUp({ publicIds: 'ignored' });
		if (hasOlder) set.server.addKey('Default', set.clock.now() - HOUR_MS);
		return set;
	};

	it('has made none, if the list shows others and not this one', async () => {
		const { clock, server, create } = onServer(true);
		server.fail('POST', 'error500page');
		const { details } = await clock.run(failureOf(create()));
		expect(details).toEqual({ code: 'sentry_unavailable', status: 500 });
	});

	it('may have made one, if the list shows nothing at all', async () => {
		const { clock, server, create } = onServer(false);
		server.fail('POST', 'error500page');
		const { details } = await clock.run(failureOf(create()));
		expect(details.code).toBe('outcome_unknown');
	});

	it.each([
		[{ name: 'wanted', rateLimit: { count: 1, window: 60 } }, true],
		[{ name: 'wanted' }, false],
	])('may not take so large a limit as that of %j', async (body, isTold) => {
		const { clock, server, create } = onServer(true);
		server.fail('POST', 'error500page');
		const { remedy } = await clock.run(failureOf(create({ body })));
		expect(remedy.includes('try a smaller rate limit')).toBe(isTold);
	});

	it('names the key that it made after all, also when the list came late', async () => {
		const { clock, server, create } = setUp({ publicIds: 'ignored' }, 6);
		server.addKey('Default', clock.now() - HOUR_MS);
		server
			.fail('POST', 'error500AfterCommit')
			.fail('GET', ...Array.from({ length: 5 }, () => 'error503' as const));
		const { details } = await clock.run(failureOf(create()));
		expect(clock.now()).toBeGreaterThan(1_700_000_004_000);
		expect(details.candidates).toEqual([server.keys[0]?.id, ID_A]);
	});

	it('does not take a name that somebody chose for one that it made up', async () => {
		const { clock, server, create } = onServer(true);
		server.addKey('checkout service');
		server.addKey('Checkout');
		server.fail('POST', 'error503');
		const { details } = await clock.run(failureOf(create({ body: {} })));
		expect(details.code).toBe('sentry_unavailable');
	});

	it('wants a name, if there was none', async () => {
		const { clock, server, create } = onServer(true);
		server.addKey('somebody’s', clock.now());
		server.fail('POST', 'error500page');
		const failure = await clock.run(failureOf(create({ body: {} })));
		expect(failure.message).toBe('This server wants a name for a client key');
		expect(failure.details).toMatchObject({ code: 'rejected_fields', status: 500 });
	});

	it('is only unavailable, if it says so', async () => {
		const { clock, server, create } = onServer(true);
		server.fail('POST', 'error503');
		const { details } = await clock.run(failureOf(create({ body: {} })));
		expect(details.code).toBe('sentry_unavailable');
	});

	it('names a key that may be the one whose name Sentry made up', async () => {
		const { clock, server, create } = onServer(true);
		server.fail('POST', 'error500AfterCommit');
		const { details } = await clock.run(failureOf(create({ body: {} })));
		expect(details).toMatchObject({
			code: 'outcome_unknown',
			candidates: [server.keys[0]?.id, ID_A],
		});
	});
});
