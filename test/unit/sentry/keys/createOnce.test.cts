import { CancelledError } from '../../../../nodes/SentryClientKeys/sentry/errors.ts';
import { failureOf, ID_A, ID_B, setUp } from '../../support/createSetUp.cts';
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
	])('a 200 that is no key (%s) is not asked for again', async (fault, what) => {
		const { clock, server, create } = setUp();
		server.fail('POST', fault);
		const failure = await clock.run(failureOf(create()));
		expect(failure.details.code).toBe('unexpected_answer');
		expect(failure.message).toContain(what);
		expect(server.tally).toEqual({ keys: 0, creates: 1, probes: 1 });
	});

	it('a lost answer that can not be looked up is reported, and not sent again', async () => {
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

	it.each([0, 2])(
		'with %d retries used up it is Sentry that is down, and no key that may exist',
		async (maxRetries) => {
			const { clock, server, create, learn } = setUp(undefined, maxRetries);
			await learn();
			server.fail('POST', 'error503', 'error503', 'error503');
			const failure = await clock.run(failureOf(create()));
			expect(failure.details).toMatchObject({ code: 'sentry_unavailable', status: 503 });
			expect(failure.remedy).toContain('Downstream service unavailable');
			expect(failure.message).not.toContain('may have been created');
			expect(server.tally).toEqual({ keys: 0, creates: 1 + maxRetries, probes: 0 });
		},
	);

	it('a server that answers nobody can not be asked, so the outcome stays open', async () => {
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
