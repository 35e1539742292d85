import { createOnce } from '../../../../nodes/SentryClientKeys/sentry/keys/createOnce.ts';
import type { NewKey } from '../../../../nodes/SentryClientKeys/sentry/keys/createOnce.ts';
import { CancelledError, SentryError } from '../../../../nodes/SentryClientKeys/sentry/errors.ts';
import { PublicIdSupport } from '../../../../nodes/SentryClientKeys/sentry/keys/publicIdSupport.ts';
import { FakeSentry } from '../../support/fakeSentry.cts';
import type { Fault, ServerSettings } from '../../support/fakeSentry.cts';
import { VirtualClock } from '../../support/virtualTime.cts';

const ID_A = 'a'.repeat(32);
const ID_B = 'b'.repeat(32);
const HOUR_MS = 3_600_000;

function setUp(settings: ServerSettings = { publicIds: 'honoured' }, maxRetries = 2) {
	const clock = new VirtualClock(1_700_000_000_000);
	const server = new FakeSentry(clock, settings);
	const client = server.client(maxRetries);
	const support = new PublicIdSupport();
	const create = async (changes: Partial<NewKey> = {}) => {
		const key = {
			organization: 'acme',
			project: 'web-app',
			body: { name: 'wanted' },
			publicId: ID_A,
		};
		return await createOnce(client, { ...key, ...changes }, support);
	};
	return {
		clock,
		server,
		client,
		support,
		create,
		/** Lets the run learn how the server takes public IDs, by a create of its own. */
		learn: async () => {
			await clock.run(create({ publicId: ID_B, body: { name: 'earlier' } }));
			server.keys.length = 0;
			server.requests.length = 0;
		},
	};
}

const failureOf = async (work: Promise<unknown>): Promise<SentryError> =>
	await work.then(
		() => Promise.reject(new Error('It did not fail')),
		(reason: unknown) => reason as SentryError,
	);

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
		expect(failure.remedy).toContain('Nothing was changed');
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

describe('on a server that ignores public IDs', () => {
	const IGNORES: ServerSettings = { publicIds: 'ignored' };

	it('a key gets an ID of its own', async () => {
		const { clock, server, create, support } = setUp(IGNORES);
		expect((await clock.run(create())).body.id).not.toBe(ID_A);
		expect(support.isHonoured).toBe(false);
		expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 0 });
	});

	it.each<Fault>(['lostAnswer', 'error500AfterCommit', 'truncated201'])(
		'a spoilt answer (%s) is reported with the key that it may have made',
		async (fault) => {
			const { clock, server, create } = setUp(IGNORES);
			server.fail('POST', fault);
			const { details, remedy } = await clock.run(failureOf(create()));
			const [made] = server.keys;
			expect(details).toMatchObject({ code: 'outcome_unknown', candidates: [made?.id] });
			expect(remedy).toContain(made?.id);
			expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 0 });
		},
	);

	it.each<Fault>(['error503', 'reset', 'webPage', 'list200'])(
		'an unclear answer without a key (%s) is reported too, never sent again',
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
			server.fail('POST', 'lostAnswer');
			const { details } = await clock.run(failureOf(create()));
			expect(details.candidates).toEqual([server.keys[0]?.id]);
			expect(server.keys[0]?.name).toBe('wanted');
			expect(server.tally).toEqual({ keys: 3, creates: 1, probes: 0 });
		},
	);

	it('of a key without a name any new one may be it', async () => {
		const { clock, server, create } = setUp(IGNORES);
		server.fail('POST', 'lostAnswer');
		const { details } = await clock.run(failureOf(create({ body: {} })));
		expect(details.candidates).toEqual([server.keys[0]?.id]);
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

	it('a lost answer of the second request is reported', async () => {
		const { clock, server, create, learn } = setUp(REFUSES);
		await learn();
		server.fail('POST', 'lostAnswer');
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
		['lostAnswer', 1],
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
	const unsettled = new SentryError('Lost', 'Look.', { code: 'unreachable' });

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
		const failure = await clock.run(failureOf(create({ unsettled, publicId: undefined })));
		expect(failure.details.code).toBe('outcome_unknown');
		expect(server.tally).toEqual({ keys: 0, creates: 0, probes: 0 });
	});
});
