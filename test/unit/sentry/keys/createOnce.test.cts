import { CancelledError } from '../../../../nodes/SentryClientKeys/sentry/errors.ts';
import { chosenId, idempotentId } from '../../../../nodes/SentryClientKeys/sentry/keys/publicId.ts';
import { failureOf, HOUR_MS, ID_A, ID_B, setUp } from '../../support/createSetUp.cts';
import type { Fault } from '../../support/fakeSentry.cts';

it('a plain create sends the body with the public ID, once', async () => {
	const { clock, server, create } = setUp();
	const { status, body } = await clock.run(create({ body: { name: 'wanted', useCase: 'user' } }));
	expect({ status, id: body.id }).toEqual({ status: 201, id: ID_A });
	expect(server.requests).toEqual([
		{
			method: 'POST',
			url: 'https://sentry.example/api/0/projects/acme/web-app/keys/',
			body: { name: 'wanted', useCase: 'user', public: ID_A },
		},
	]);
});

describe('on a server that honours public IDs', () => {
	it.each<Fault>(['lostAnswer', 'error500AfterCommit', 'truncated201'])(
		'a key whose answer is spoilt (%s) is found, not made again',
		async (fault) => {
			const { clock, server, create } = setUp();
			server.fail('POST', fault);
			const { body } = await clock.run(create());
			expect(body).toMatchObject({ id: ID_A, name: 'wanted' });
			expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 0 });
		},
	);

	it.each<Fault>(['error503', 'reset'])(
		'a key that was not made (%s) is made by the second try, after asking the server',
		async (fault) => {
			const { clock, server, create } = setUp();
			server.fail('POST', fault);
			const { body } = await clock.run(create());
			expect(body).toMatchObject({ id: ID_A, name: 'wanted' });
			expect(server.tally).toEqual({ keys: 1, creates: 2, probes: 1 });
		},
	);

	it('nothing is asked that an earlier create has shown already', async () => {
		const { clock, server, create, learn } = setUp();
		await learn();
		server.fail('POST', 'error503');
		await clock.run(create());
		expect(server.tally).toEqual({ keys: 1, creates: 2, probes: 0 });
	});

	it('what another create under way shows is waited for instead of asking', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', 'error503', 'slow');
		const both = [create(), create({ publicId: ID_B, body: { name: 'other' } })];
		const answers = await clock.run(Promise.all(both));
		expect(answers.map(({ body }) => body.id)).toEqual([ID_A, ID_B]);
		expect(server.tally).toEqual({ keys: 2, creates: 3, probes: 0 });
	});

	it('a request that is carried out after it was given up makes no second key', async () => {
		const { clock, server, create, learn } = setUp();
		await learn();
		server.fail('POST', 'timeoutBeforeCommit');
		const { body } = await clock.run(create());
		expect(body.id).toBe(ID_A);
		expect(server.tally).toEqual({ keys: 1, creates: 2, probes: 0 });
	});

	it('lost twice in a row it is one key still', async () => {
		const { clock, server, create, learn } = setUp();
		await learn();
		server.fail('POST', 'reset', 'lostAnswer');
		expect((await clock.run(create())).body.id).toBe(ID_A);
		expect(server.tally).toEqual({ keys: 1, creates: 2, probes: 0 });
	});

	it('forty creates with every second answer lost make forty keys', async () => {
		const { clock, server, create } = setUp();
		server.fail(
			'POST',
			...Array.from({ length: 40 }, (_, n) => (n % 2 ? 'lostAnswer' : 'slow') as Fault),
		);
		const ids = Array.from({ length: 40 }, (_, n) => n.toString(16).padStart(32, '0'));
		const answers = await clock.run(
			Promise.all(ids.map(async (publicId) => await create({ publicId }))),
		);
		expect(answers.map(({ body }) => body.id)).toEqual(ids);
		expect(server.tally).toEqual({ keys: 40, creates: 40, probes: 0 });
	});

	it.each<[Fault, string]>([
		['webPage', 'a web page'],
		['list200', 'a list'],
		['firewallPage', 'a web page'],
	])('an answer that is no key (%s) is not asked for again', async (fault, what) => {
		const { clock, server, create } = setUp();
		server.fail('POST', fault);
		const failure = await clock.run(failureOf(create()));
		expect(failure.details.code).toBe('unexpected_answer');
		expect(failure.message).toContain(what);
		expect(server.tally).toEqual({ keys: 0, creates: 1, probes: 1 });
	});

	it('a lost answer that cannot be looked up is reported, and not sent again', async () => {
		const { clock, server, create, learn } = setUp();
		await learn();
		server.fail('POST', 'lostAnswer').fail('GET', 'error503', 'error503', 'error503');
		const failure = await clock.run(failureOf(create()));
		expect(failure.details.code).toBe('outcome_unknown');
		expect(failure.message).toContain('may have been created');
		expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 0 });
	});

	it('a look-up that fails at first is repeated', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', 'lostAnswer').fail('GET', 'error503', 'reset');
		expect((await clock.run(create())).body.id).toBe(ID_A);
		expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 0 });
	});

	it.each([0, 1])(
		'with %d retries a request that may be carried out later is named with its ID',
		async (maxRetries) => {
			const { clock, server, create, learn } = setUp(undefined, maxRetries);
			await learn();
			server.fail('POST', ...(Array(maxRetries + 1).fill('timeoutForLong') as Fault[]));
			const failure = await clock.run(failureOf(create()));
			expect(failure.details).toMatchObject({ code: 'outcome_unknown', candidates: [ID_A] });
			expect(failure.remedy).toContain(ID_A);
			expect(server.tally).toEqual({ keys: 0, creates: 1 + maxRetries, probes: 0 });
			server.carryOut();
			expect(server.keys.map(({ id }) => id)).toEqual([ID_A]);
		},
	);

	it('a refusal after a request that may be carried out later does not hide that one', async () => {
		const { clock, server, create, learn } = setUp();
		await learn();
		server.fail('POST', 'timeoutForLong', 'forbidden');
		const failure = await clock.run(failureOf(create()));
		expect(failure.details).toMatchObject({ code: 'outcome_unknown', candidates: [ID_A] });
		expect(failure.refusal).toBeUndefined();
		expect(failure.remedy).toContain('You do not have permission');
	});

	it('a firewall page in answer to a request that was carried out hides no key', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', 'firewallPageAfterCommit');
		expect((await clock.run(create())).body.id).toBe(ID_A);
		expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 0 });
	});

	it.each([
		['name', { name: 'another' }, 0],
		['age', { name: 'wanted' }, 25],
	])('a key of another %s under the first ID is another one', async (_, { name }, hours) => {
		const { clock, server, create } = setUp();
		await clock.run(create({ body: { name } }));
		await clock.run(clock.sleep(hours * HOUR_MS));
		const { body } = await clock.run(create());
		expect(body).toMatchObject({ name: 'wanted' });
		expect(body.id).not.toBe(ID_A);
		expect(server.keys).toHaveLength(2);
	});

	it('a second worker walks the same way past the key of another', async () => {
		const { clock, server, create } = setUp();
		await clock.run(create({ body: { name: 'another' } }));
		server.fail('POST', 'error500AfterCommit', 'lostAnswer');
		const first = await clock.run(create());
		const second = await clock.run(create());
		expect(second.body.id).toBe(first.body.id);
		expect(server.keys).toHaveLength(2);
	});

	it.each([0, 2])(
		'with %d retries used up it is Sentry that is down, and no key that may exist',
		async (maxRetries) => {
			const { clock, server, create, learn } = setUp(undefined, maxRetries);
			await learn();
			server.fail('POST', 'error503', 'error503', 'error503');
			const failure = await clock.run(failureOf(create()));
			expect(failure.details).toMatchObject({
				code: 'sentry_unavailable',
				status: 503,
				candidates: [ID_A],
			});
			expect(failure.remedy).toContain('Downstream service unavailable');
			expect(failure.message).not.toContain('may have been created');
			expect(server.tally).toEqual({ keys: 0, creates: 1 + maxRetries, probes: 0 });
		},
	);

	it('a server that answers nobody cannot be asked, so the outcome stays open', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', ...Array.from({ length: 10 }, () => 'error503' as const));
		const failure = await clock.run(failureOf(create()));
		expect(failure.details.code).toBe('outcome_unknown');
		expect(server.tally).toEqual({ keys: 0, creates: 1, probes: 3 });
	});

	it('429 is waited out, since nothing was done', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', 'busy429', 'busy429');
		expect((await clock.run(create())).body.id).toBe(ID_A);
		expect(server.tally).toEqual({ keys: 1, creates: 3, probes: 0 });
	});

	it('429 to the last try says so', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', 'busy429', 'busy429', 'busy429');
		const failure = await clock.run(failureOf(create()));
		expect(failure.details.code).toBe('rate_limited');
		expect(failure.remedy).toContain('This request changed nothing');
		expect(server.tally).toEqual({ keys: 0, creates: 3, probes: 0 });
	});

	it('a refusal is told at once', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', 'forbidden');
		const failure = await clock.run(failureOf(create()));
		expect(failure.details.code).toBe('forbidden');
		expect(failure.refusal?.status).toBe(403);
		expect(server.tally).toEqual({ keys: 0, creates: 1, probes: 0 });
	});

	it('a 400 about a field of the user is told at once', async () => {
		const { clock, server, create } = setUp();
		const failure = await clock.run(failureOf(create({ body: { rateLimit: 'wrong' } })));
		expect(failure.details.code).toBe('rejected_fields');
		expect(failure.remedy).toContain('rateLimit: Invalid data');
		expect(server.tally).toEqual({ keys: 0, creates: 1, probes: 0 });
	});

	it('a cancelled execution sends nothing more', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', 'error503');
		const failure = failureOf(create());
		// The answer takes 40 ms; then it pauses.
		await clock.run(clock.sleep(45));
		clock.cancel(new CancelledError());
		expect((await failure).details.code).toBe('cancelled');
		expect(server.tally).toEqual({ keys: 0, creates: 1, probes: 0 });
	});
});

describe('an ID that stands for the key in every run', () => {
	const ids = (body: Record<string, unknown>) => idempotentId(ID_A, body);

	it('is looked up first, and its key is no new one', async () => {
		const { clock, server, create } = setUp();
		const body = { name: 'wanted' };
		expect((await clock.run(create({ ids: ids(body) }))).wasThere).toBeUndefined();
		const again = await clock.run(create({ ids: ids(body) }));
		expect(again).toMatchObject({ wasThere: true, body: { id: ID_A } });
		expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 0 });
	});

	it.each([
		['name', { name: 'other' }],
		['rate limit', { name: 'wanted', rateLimit: { count: 2, window: 60 } }],
	])('is refused for a key of another %s', async (what, body) => {
		const { clock, server, create } = setUp();
		const first = { name: 'wanted' };
		await clock.run(create({ ids: ids(first) }));
		const [made] = server.keys;
		if (made !== undefined) made.rateLimit = { count: 1, window: 60 };
		const failure = await clock.run(failureOf(create({ body, ids: ids(body) })));
		expect(failure.details.code).toBe('idempotency_conflict');
		expect(failure.remedy).toContain(`whose ${what}`.slice(0, 6));
		expect(failure.details.differing).toContain(what);
		expect(server.tally.creates).toBe(1);
	});

	it('is no conflict where the plan dropped the limit', async () => {
		const { clock, server, create } = setUp();
		const body = { name: 'wanted', rateLimit: { count: 2, window: 60 } };
		await clock.run(create({ body, ids: ids(body) }));
		expect((await clock.run(create({ body, ids: ids(body) }))).wasThere).toBe(true);
		expect(server.keys).toHaveLength(1);
	});
});

it('a public ID that the user chose and another key has makes no key', async () => {
	const { clock, server, create } = setUp();
	await clock.run(create());
	await clock.run(clock.sleep(HOUR_MS));
	const failure = await clock.run(failureOf(create({ ids: chosenId(ID_A, () => 0) })));
	expect(failure.message).toBe('A client key with this public ID exists already');
	expect(server.keys).toHaveLength(1);
});
