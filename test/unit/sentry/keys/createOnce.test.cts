import { CancelledError } from '../../../../nodes/SentryClientKeys/sentry/errors.ts';
import { createOnce } from '../../../../nodes/SentryClientKeys/sentry/keys/createOnce.ts';
import {
	chosenId,
	idempotentId,
	itemIds,
} from '../../../../nodes/SentryClientKeys/sentry/keys/publicId.ts';
import type { IdChoice } from '../../../../nodes/SentryClientKeys/sentry/keys/publicId.ts';
import { PublicIdSupport } from '../../../../nodes/SentryClientKeys/sentry/keys/publicIdSupport.ts';
import type { Attempt, HttpRequest } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { failureOf, HOUR_MS, ID_A, ID_B, setUp } from '../../support/createSetUp.cts';
import type { Fault } from '../../support/fakeSentry.cts';
import {
	jsonResponse,
	noResponse,
	scriptedClient,
	textResponse,
} from '../../support/scriptedSend.cts';

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
	it.each<Fault>(['lostResponse', 'error500AfterCommit', 'truncated201'])(
		'a key whose response is spoilt (%s) is found, not made again',
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
		const responses = await clock.run(Promise.all(both));
		expect(responses.map(({ body }) => body.id)).toEqual([ID_A, ID_B]);
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
		server.fail('POST', 'reset', 'lostResponse');
		expect((await clock.run(create())).body.id).toBe(ID_A);
		expect(server.tally).toEqual({ keys: 1, creates: 2, probes: 0 });
	});

	it('forty creates with every second response lost make forty keys', async () => {
		const { clock, server, create } = setUp();
		server.fail(
			'POST',
			...Array.from({ length: 40 }, (_, n) => (n % 2 ? 'lostResponse' : 'slow') as Fault),
		);
		const ids = Array.from({ length: 40 }, (_, n) => n.toString(16).padStart(32, '0'));
		const responses = await clock.run(
			Promise.all(ids.map(async (publicId) => await create({ publicId }))),
		);
		expect(responses.map(({ body }) => body.id)).toEqual(ids);
		expect(server.tally).toEqual({ keys: 40, creates: 40, probes: 0 });
	});

	it.each<[Fault, string]>([
		['webPage', 'a web page'],
		['list200', 'a list'],
		['firewallPage', 'a web page'],
	])('a response that is no key (%s) is not asked for again', async (fault, what) => {
		const { clock, server, create } = setUp();
		server.fail('POST', fault);
		const failure = await clock.run(failureOf(create()));
		expect(failure.details.code).toBe('unexpected_response');
		expect(failure.message).toContain(what);
		expect(server.tally).toEqual({ keys: 0, creates: 1, probes: 1 });
	});

	it('a lost response that cannot be looked up is reported, and not sent again', async () => {
		const { clock, server, create, learn } = setUp();
		await learn();
		server.fail('POST', 'lostResponse').fail('GET', 'error503', 'error503', 'error503');
		const failure = await clock.run(failureOf(create()));
		expect(failure.details.code).toBe('outcome_unknown');
		expect(failure.message).toContain('may have been created');
		expect(server.tally).toEqual({ keys: 1, creates: 1, probes: 0 });
	});

	it('a look-up that fails at first is repeated', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', 'lostResponse').fail('GET', 'error503', 'reset');
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
		server.fail('POST', 'error500AfterCommit', 'lostResponse');
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
		// The response takes 40 ms; then it pauses.
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

/** A create, each of whose requests is answered by a function. */
function scripted(
	response: (request: HttpRequest, sent: number) => Attempt,
	body: Record<string, unknown> = { name: 'wanted' },
	ids: IdChoice | undefined = itemIds(() => ID_A, body),
) {
	const support = new PublicIdSupport();
	const { client, clock, sent } = scriptedClient(response);
	const key = { organization: 'acme', project: 'web-app', body, ids };
	return { support, sent, clock, create: async () => await createOnce(client, key, support) };
}

/** The same without an ID, as with 'Safe Retry' off. */
function scriptedWithoutIds(response: (request: HttpRequest) => Attempt) {
	const { client, clock } = scriptedClient(response);
	const body = { name: 'wanted' };
	const key = { organization: 'acme', project: 'web-app', body, ids: undefined };
	return { clock, create: async () => await createOnce(client, key, new PublicIdSupport()) };
}

const NOT_FOUND = jsonResponse(404, { detail: 'The requested resource does not exist' });
const keyOf = (id: string, ageMs = 0) => ({
	id,
	name: 'wanted',
	dateCreated: new Date(1_700_000_000_000 - ageMs).toISOString(),
});

describe('a cancelled execution', () => {
	it('names the key of a request that it did not wait for', async () => {
		const { clock, create } = scripted(() => {
			throw new CancelledError(true);
		});
		const failure = await clock.run(failureOf(create()));
		expect(failure.details).toEqual({ code: 'cancelled', candidates: [ID_A] });
		expect(failure.remedy).toContain(
			`A client key with the ID ${ID_A} may have been made in acme/web-app before that: look there first.`,
		);
	});

	it('has no ID to name where none was chosen', async () => {
		const throwing = () => {
			throw new CancelledError(true);
		};
		const { clock, create } = scriptedWithoutIds(throwing);
		const failure = await clock.run(failureOf(create()));
		expect(failure.details).toEqual({ code: 'cancelled', candidates: [] });
		expect(failure.remedy).toContain('A client key may have been made in acme/web-app');
	});

	it('names nothing if nothing was sent', async () => {
		const { clock, create } = scripted(() => {
			throw new CancelledError();
		});
		const failure = await clock.run(failureOf(create()));
		expect(failure.details).toEqual({ code: 'cancelled' });
		expect(failure.remedy).toBe('Run the workflow again to continue.');
	});

	it('names the key of a request that failed before', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', 'error503');
		const failure = failureOf(create());
		await clock.run(clock.sleep(45));
		clock.cancel(new CancelledError());
		expect((await failure).details).toEqual({ code: 'cancelled', candidates: [ID_A] });
	});

	it('stays a cancelled one while the key is looked up', async () => {
		const { clock, create } = scripted(({ method }) => {
			if (method === 'GET') throw new CancelledError(true);
			return jsonResponse(500, { detail: 'Internal Error' });
		});
		const { details } = await clock.run(failureOf(create()));
		expect(details).toEqual({ code: 'cancelled', candidates: [ID_A] });
	});
});

describe('a key that another request made', () => {
	const answering =
		(first: Attempt) =>
		({ method }: HttpRequest, sent: number): Attempt =>
			method === 'GET' ? NOT_FOUND : sent === 0 ? first : jsonResponse(201, keyOf(ID_A));

	it('is not believed, if this run asked for its ID', async () => {
		const { support, sent, clock, create } = scripted(answering(jsonResponse(201, keyOf(ID_B))));
		support.beginPosting(ID_B);
		support.endPosting();
		support.learn({ asked: ID_B, wanted: ID_B, got: ID_B });
		const { details } = await clock.run(failureOf(create()));
		expect(details.code).toBe('unexpected_response');
		expect(sent()).toHaveLength(2);
	});

	it('is not believed, if it is older than a day', async () => {
		const day = 24 * HOUR_MS;
		const older = scripted(answering(jsonResponse(201, keyOf(ID_B, day + 1))));
		older.support.learn({ asked: ID_A, wanted: ID_A, got: ID_A });
		const { details } = await older.clock.run(failureOf(older.create()));
		expect(details.code).toBe('unexpected_response');
		const younger = scripted(answering(jsonResponse(201, keyOf(ID_B, day))));
		expect((await younger.clock.run(younger.create())).body.id).toBe(ID_B);
	});

	it('is believed without a date, where the server chooses IDs itself', async () => {
		const { clock, create } = scripted(answering(jsonResponse(201, { id: ID_B, name: 'wanted' })));
		expect((await clock.run(create())).body.id).toBe(ID_B);
	});
});

describe('what is told of a key', () => {
	it('found after its response was lost: it is new', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', 'lostResponse');
		expect((await clock.run(create())).wasThere).toBeUndefined();
	});

	it('that an earlier try made: it was there', async () => {
		const { clock, create } = setUp();
		await clock.run(create());
		const unsettled = { publicId: ID_A, firstSentAt: clock.now() };
		expect((await clock.run(create({ unsettled }))).wasThere).toBe(true);
	});

	it('that a server may still make after its last refusal', async () => {
		const { clock, server, create, learn } = setUp(undefined, 0);
		await learn();
		server.fail('POST', 'error503');
		const { remedy } = await clock.run(failureOf(create()));
		expect(remedy).toContain(
			`If the request is carried out after all, the client key has the ID ${ID_A} in acme/web-app.`,
		);
	});

	it('that was made beside one that may have been made before', async () => {
		const { clock, server, create } = setUp({ publicIds: 'checked' });
		server.fail('POST', 'timeoutForLong');
		const failure = await clock.run(failureOf(create()));
		const id = server.keys[0]?.id;
		expect(failure.message).toBe(
			'The client key was created, and an earlier request may have created a second one',
		);
		expect(failure.remedy).toContain(`The client key ${id} was created in acme/web-app`);
		expect(failure.remedy).toContain(
			"Look for a second key and delete the one that you don't need",
		);
		expect(failure.details).toEqual({
			code: 'outcome_unknown',
			createdKeyId: id,
			candidates: [id],
		});
	});

	it('before each request: the ID that it carries, and when the first one was sent', async () => {
		const { client, clock, server, support } = setUp();
		server.fail('POST', 'busy429');
		const sent: unknown[] = [];
		const body = { name: 'wanted' };
		const start = clock.now();
		await clock.run(
			createOnce(
				client,
				{
					organization: 'acme',
					project: 'web-app',
					body,
					ids: itemIds(() => ID_A, body),
					onSend: (one) => sent.push(one),
				},
				support,
			),
		);
		expect(sent).toEqual([
			{ publicId: ID_A, firstSentAt: start },
			{ publicId: ID_A, firstSentAt: start },
		]);
	});
});

describe('a refusal', () => {
	const posts = (lines: string[]) => lines.filter((line) => line.startsWith('POST')).length;

	it.each<[string, Attempt, number]>([
		["Sentry's own 404", NOT_FOUND, 1],
		['an empty 404, of the gateway', textResponse(404, ''), 1],
		["a 403 in a proxy's words", textResponse(403, '<h1>Forbidden</h1>'), 1],
	])('that says that nothing was made is told at once: %s', async (_, response, requests) => {
		const { sent, clock, create } = scripted(() => response);
		await clock.run(failureOf(create()));
		expect(sent()).toHaveLength(requests);
	});

	it('of a proxy, which Sentry may have done its work behind, is looked after', async () => {
		const { sent, clock, create } = scripted(({ method }) =>
			method === 'POST' ? textResponse(404, '<h1>Not here</h1>') : jsonResponse(200, keyOf(ID_A)),
		);
		expect((await clock.run(create())).body.id).toBe(ID_A);
		expect(posts(sent())).toBe(1);
	});

	it('that names no field may be about the ID, so the key is made without one', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', 'badRequest');
		await clock.run(create());
		const bodies = server.requests.filter(({ method }) => method === 'POST');
		expect(bodies.map(({ body }) => body)).toEqual([
			{ name: 'wanted', public: ID_A },
			{ name: 'wanted' },
		]);
	});

	it('is not taken for one of the ID where that is known to be honoured', async () => {
		const { clock, server, create, learn } = setUp();
		await learn();
		server.fail('POST', 'badRequest');
		const { details } = await clock.run(failureOf(create()));
		expect(details.code).toBe('rejected_fields');
		expect(server.tally).toEqual({ keys: 0, creates: 1, probes: 0 });
	});

	it('is not taken for one of the ID that the user chose', async () => {
		const { clock, server, create } = setUp();
		server.fail('POST', 'badRequest');
		const body = { name: 'wanted', public: ID_A };
		await clock.run(failureOf(create({ body })));
		expect(server.tally).toEqual({ keys: 0, creates: 1, probes: 0 });
	});

	it('after a request that may be carried out later names its key', async () => {
		let creates = 0;
		const { clock, create } = scripted(({ method, url, body = '' }) => {
			if (method === 'GET') return url.endsWith('/keys/') ? jsonResponse(200, []) : NOT_FOUND;
			if (body.includes('"public":"-"')) return jsonResponse(400, { public: ['Wrong.'] });
			creates += 1;
			return creates === 1
				? noResponse('ECONNABORTED', 'timeout')
				: jsonResponse(400, { detail: 'Bad request' });
		});
		const { details } = await clock.run(failureOf(create()));
		expect(details).toMatchObject({ code: 'outcome_unknown', candidates: [ID_A] });
		expect(creates).toBe(2);
	});
});

describe('a key that may come back after a deletion', () => {
	const mayReturn = async (...faults: Fault[]) => {
		const { clock, server, create } = setUp();
		server.fail('POST', ...faults);
		return (await clock.run(create())).mayReturn;
	};

	it.each<[string, Fault[], boolean | undefined]>([
		['where every request was answered', [], undefined],
		['where the one without a response has made it', ['lostResponse'], undefined],
		['where the one before it failed for good', ['error503'], undefined],
		['where the one before it may still be carried out', ['reset'], true],
		['where one of two without a response has made it', ['reset', 'lostResponse'], true],
	])('%s: %3$p', async (_, faults, expected) => {
		expect(await mayReturn(...faults)).toBe(expected);
	});
});
