import type { SentryError } from '../../../../nodes/SentryClientKeys/sentry/errors.ts';
import { rotateKey } from '../../../../nodes/SentryClientKeys/sentry/keys/rotateKey.ts';
import type { Rotation } from '../../../../nodes/SentryClientKeys/sentry/keys/rotateKey.ts';
import type { ClientKey, HttpRequest } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { clientKey } from '../../support/clientKey.cts';
import { failureOf, HOUR_MS } from '../../support/createSetUp.cts';
import { FakeSentry } from '../../support/fakeSentry.cts';
import type { Fault, ServerSettings } from '../../support/fakeSentry.cts';
import { keyMaker } from '../../support/keyMaker.cts';
import { jsonResponse, scriptedClient } from '../../support/scriptedSend.cts';
import { VirtualClock } from '../../support/virtualTime.cts';

const OLD = clientKey();
const NEW = clientKey({ id: 'b'.repeat(32) });

/** Rotates on a server whose keys look as it likes, whatever it is told. */
function rotate(previousKey: Rotation['previousKey'], keys: Record<string, ClientKey>) {
	const { client, clock, sent } = scriptedClient(({ url }) => {
		const id = /keys\/(\w+)\/$/.exec(url)?.[1];
		return jsonResponse(200, id === undefined ? [OLD] : keys[id]);
	});
	const rotation = {
		organization: 'acme',
		project: 'web-app',
		keyId: OLD.id,
		previousKey,
		isSafe: true,
	};
	const maker = keyMaker(client, {
		make: async () => await Promise.resolve({ status: 201, headers: {}, body: NEW }),
		isMarked: (_, id) => id === NEW.id,
	});
	const rotated = clock.run(rotateKey(maker, rotation));
	return { rotated, sent };
}

it('the old key is not touched unless the new one was read back active', async () => {
	const inactive = { ...NEW, isActive: false };
	const { rotated, sent } = rotate('delete', { [OLD.id]: OLD, [NEW.id]: inactive });
	await expect(rotated).rejects.toMatchObject({
		message: 'The new client key is not active',
		remedy: expect.stringContaining(`The old client key ${OLD.id} still works.`) as string,
		details: { createdKeyId: NEW.id, previousKeyId: OLD.id },
	});
	expect(sent().filter((request) => !request.startsWith('GET'))).toEqual([]);
});

it('a server that only says that it disabled the old key is not believed', async () => {
	const { rotated } = rotate('disable', { [OLD.id]: OLD, [NEW.id]: NEW });
	await expect(rotated).rejects.toMatchObject({
		message: 'Sentry did not disable the old client key',
		remedy: expect.stringContaining(`The new client key ${NEW.id} works.`) as string,
	});
});

/** A rotation of the key `old` on a server in memory, made two hours ago. */
function onServer(settings: ServerSettings = { publicIds: 'honoured' }) {
	const clock = new VirtualClock(1_700_000_000_000);
	const server = new FakeSentry(clock, settings);
	const old = server.addKey('old', clock.now() - 2 * HOUR_MS);
	const maker = keyMaker(server.client(0));
	const rotation = {
		organization: 'acme',
		project: 'web-app',
		keyId: old.id,
		previousKey: 'keep' as Rotation['previousKey'],
		isSafe: true,
	};
	return {
		clock,
		server,
		old,
		rotate: async (changes: Partial<Rotation> = {}) =>
			await clock.run(rotateKey(maker, { ...rotation, ...changes })),
		/** As another execution does it. */
		rotateAnew: async (changes: Partial<Rotation> = {}) =>
			await clock.run(rotateKey(keyMaker(server.client(0), {}, '2'), { ...rotation, ...changes })),
		newKey: () => server.keys.find(({ id }) => id !== old.id),
	};
}

describe('a rotation that is refused on the way says which key works', () => {
	/** Lets so many requests of a method through; the next one is refused. */
	const refusedAfter = (count: number): Fault[] => [
		...Array.from({ length: count }, () => 'slow' as const),
		'forbidden',
	];

	it.each<[string, 'DELETE' | 'GET' | 'POST', number, string[]]>([
		['at the old key', 'GET', 0, ['Nothing was changed: the client key OLD is as it was.']],
		['at the list', 'GET', 2, ['The old client key OLD still works.']],
		['at the new key', 'POST', 0, ['The old client key OLD still works.']],
		[
			'at the list after it',
			'GET',
			3,
			[
				'The old client key OLD still works.',
				'The new client key NEW was made. Run the item again: it goes on with the same new key.',
			],
		],
		[
			'when the new key is read back',
			'GET',
			4,
			['The old client key OLD still works. The new client key NEW exists, but is not complete.'],
		],
		[
			'when the old key is deleted',
			'DELETE',
			0,
			['The new client key NEW works. The old one, OLD, may still work.'],
		],
	])('%s', async (_, method, count, texts) => {
		const { server, old, rotate, newKey } = onServer();
		server.fail(method, ...refusedAfter(count));
		const failure = await failureOf(rotate({ previousKey: 'delete' }));
		const made = newKey();
		for (const text of texts) {
			expect(failure.remedy).toContain(
				text.replaceAll('OLD', old.id).replaceAll('NEW', made?.id ?? 'none'),
			);
		}
		expect(failure.details.code).toBe('forbidden');
		expect(failure.details.createdKeyId).toBe(made?.id);
		expect(server.keys).toContain(old);
	});

	it('one of an inactive key does not call it working', async () => {
		const { server, old, rotate } = onServer();
		old.isActive = false;
		server.fail('POST', 'forbidden');
		const { remedy } = await failureOf(rotate());
		expect(remedy).toContain(`The old client key ${old.id} is inactive, as it was.`);
	});

	it('one without a mark in the ID says that a repeat makes one more', async () => {
		const { server, rotate, newKey } = onServer({ publicIds: 'ignored' });
		server.fail('DELETE', 'forbidden');
		const { remedy } = await failureOf(rotate({ previousKey: 'delete' }));
		expect(remedy).toContain(`The new client key ${newKey()?.id} works.`);
		expect(remedy).toContain('another execution would make one more');
	});
});

describe('what would end half done is refused before anything is made', () => {
	it('a deletion that the token may not do', async () => {
		const { server, rotate } = onServer({ publicIds: 'honoured', mayDelete: false });
		const failure = await failureOf(rotate({ previousKey: 'delete' }));
		expect(failure.details).toEqual({ code: 'missing_scope', needs: 'project:admin' });
		expect(server.tally.creates).toBe(0);
	});

	it('a status that the server does not tell', async () => {
		const { server, rotate } = onServer({ publicIds: 'ignored', dialect: 'glitchtip' });
		const failure = await failureOf(rotate({ previousKey: 'disable' }));
		expect(failure.message).toContain('this server does not tell whether a client key is active');
		expect(server.tally.creates).toBe(0);
	});
});

describe('the old key', () => {
	it.each<[Rotation['previousKey'], boolean | undefined]>([
		['keep', true],
		['disable', false],
		['delete', undefined],
	])('after %s', async (previousKey, isActive) => {
		const { server, old, rotate } = onServer();
		const rotated = await rotate({ previousKey });
		expect(server.keys.find(({ id }) => id === old.id)?.isActive).toBe(isActive);
		expect(rotated).toMatchObject({ isRepeat: false, wasKept: false, key: { name: 'old' } });
	});

	it.each<Rotation['previousKey']>(['disable', 'delete'])(
		'is kept (%s), if it was inactive: then the new one is so too',
		async (previousKey) => {
			const { server, old, rotate } = onServer();
			old.isActive = false;
			const rotated = await rotate({ previousKey });
			expect(rotated).toMatchObject({ wasKept: true, key: { isActive: false } });
			expect(server.keys.some(({ id }) => id === old.id)).toBe(true);
		},
	);

	it('that is gone leads to its successor', async () => {
		const { rotate, rotateAnew } = onServer();
		const { key } = await rotate({ previousKey: 'delete' });
		const again = await rotateAnew({ previousKey: 'delete' });
		expect(again).toMatchObject({ isRepeat: true, key: { id: key.id } });
		expect(again.responses).toHaveLength(1);
	});

	it('that is gone and has none is told', async () => {
		const { server, rotate } = onServer();
		server.keys.length = 0;
		expect((await failureOf(rotate())).details.code).toBe('not_found');
	});
});

describe('a second rotation of a key', () => {
	it.each([
		[23, true],
		[25, false],
	])('after %d hours is taken for a repeat: %p', async (hours, isRepeat) => {
		const { clock, server, rotate, rotateAnew } = onServer();
		const { key } = await rotate();
		await clock.run(clock.sleep(hours * HOUR_MS));
		const again = await rotateAnew();
		expect(again.isRepeat).toBe(isRepeat);
		expect(again.key.id === key.id).toBe(isRepeat);
		expect(server.keys).toHaveLength(isRepeat ? 2 : 3);
	});

	it('makes another key, if somebody switched the first one off', async () => {
		const { rotate, rotateAnew, newKey } = onServer();
		const { key } = await rotate();
		const made = newKey();
		if (made !== undefined) made.isActive = false;
		expect((await rotateAnew()).key.id).not.toBe(key.id);
	});

	it('by an item that runs again finishes the key that another execution left, before the old one goes', async () => {
		const { clock, server, old, rotate, rotateAnew } = onServer();
		old.browserSdkVersion = '9.x';
		const first = await rotate();
		await clock.run(clock.sleep(72 * HOUR_MS));
		server.fail('GET', 'slow', 'slow', 'slow', 'forbidden');
		const { details } = await failureOf(rotateAnew());
		await clock.run(clock.sleep(72 * HOUR_MS));
		const again = await rotate({ previousKey: 'delete' });
		expect(first.key.id).not.toBe(details.createdKeyId);
		expect(again.key).toMatchObject({ id: details.createdKeyId, browserSdkVersion: '9.x' });
		const last = await rotateAnew({ previousKey: 'delete' });
		expect(last.key).toEqual(again.key);
	});

	it('gives a key that somebody changed no settings any more', async () => {
		const { server, old, rotate, rotateAnew, newKey } = onServer();
		await rotate();
		const made = newKey();
		if (made !== undefined) Object.assign(made, { name: 'mine', browserSdkVersion: '9.x' });
		old.browserSdkVersion = '8.x';
		await rotateAnew();
		expect(server.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
	});
});

const LIMIT = { count: 10, window: 60 };

describe('the new key', () => {
	it('is created with name and limit, and gets the other settings with one write', async () => {
		const { server, old, rotate } = onServer();
		Object.assign(old, {
			rateLimit: LIMIT,
			browserSdkVersion: '9.x',
			dynamicSdkLoaderOptions: { hasReplay: false, hasPerformance: true, hasDebug: true },
		});
		const { key, responses, ignored } = await rotate();
		expect(key).toMatchObject({
			name: 'old',
			rateLimit: LIMIT,
			browserSdkVersion: '9.x',
			dynamicSdkLoaderOptions: { hasReplay: false, hasPerformance: true, hasDebug: true },
		});
		expect(ignored).toEqual([]);
		const [post, put] = server.requests.filter(({ method }) => method !== 'GET');
		expect(post?.body).toEqual({ name: 'old', rateLimit: LIMIT, public: key.id });
		expect(put?.body).toMatchObject({ browserSdkVersion: '9.x' });
		expect(responses.map(({ status }) => status)).toEqual([201, 200, 200]);
	});

	it('of a key without a limit gets none', async () => {
		const { server, rotate } = onServer();
		await rotate();
		const post = server.requests.find(({ method }) => method === 'POST');
		expect(post?.body).not.toHaveProperty('rateLimit');
	});

	it('has no chosen ID where that is not allowed', async () => {
		const { server, rotate } = onServer();
		await rotate({ isSafe: false });
		const post = server.requests.find(({ method }) => method === 'POST');
		expect(post?.body).toEqual({ name: 'old' });
	});

	it('that is not active is no success', async () => {
		const { rotated } = rotate('keep', { [OLD.id]: OLD, [NEW.id]: { ...NEW, isActive: false } });
		await expect(rotated).rejects.toMatchObject({
			remedy: expect.stringContaining('Sentry made it, but it does not accept events.') as string,
			details: { code: 'unexpected_response' },
		});
	});
});

it('an old key that does not get disabled is told with its words', async () => {
	const { rotated } = rotate('disable', { [OLD.id]: OLD, [NEW.id]: NEW });
	await expect(rotated).rejects.toMatchObject({
		remedy: expect.stringContaining(
			'It answered as if it did, but the key is still active.',
		) as string,
		details: { code: 'unexpected_response' },
	});
});

it('a refusal of what the token may not do says what to do', async () => {
	const { rotate: run } = onServer({ publicIds: 'honoured', mayDelete: false });
	expect((await failureOf(run({ previousKey: 'delete' }))).remedy).toBe(
		"Nothing was changed. Use a token with the scope project:admin, or choose 'Keep' or 'Disable' as 'Previous Key'.",
	);
	expect(await run({ previousKey: 'disable' })).toMatchObject({ isRepeat: false });
});

it('a refusal of a status that is not told says what to do', async () => {
	const { rotate: run } = onServer({ publicIds: 'ignored', dialect: 'glitchtip' });
	const { message, remedy } = await failureOf(run({ previousKey: 'disable' }));
	expect(message).toMatch(/^'Previous Key' can't be Disable here/);
	expect(remedy).toBe("Nothing was changed. Choose 'Keep' or 'Delete'.");
});

describe('an old key that is said to be gone', () => {
	it('and is listed all the same ends the item', async () => {
		const { server, rotateAnew } = onServer();
		const { send } = server;
		Object.assign(server, {
			send: async (request: HttpRequest) =>
				request.url.endsWith('/keys/')
					? await send(request)
					: jsonResponse(404, { detail: 'The requested resource does not exist' }),
		});
		const { message, remedy, details } = await failureOf(rotateAnew());
		expect(message).toBe(
			'Sentry says that the client key does not exist, and lists it all the same',
		);
		expect(remedy).toContain('Nothing was changed. Run the item again');
		expect(details).toMatchObject({ code: 'unexpected_response', status: 404 });
	});

	it('leads to the key that an earlier try made, where its ID does not show it', async () => {
		const { rotate: run } = onServer({ publicIds: 'ignored' });
		const { key } = await run({ previousKey: 'delete' });
		const again = await run({ previousKey: 'delete' });
		expect(again).toMatchObject({
			isRepeat: true,
			wasKept: false,
			ignored: [],
			key: { id: key.id },
		});
		expect(again.responses).toMatchObject([{ status: 200, body: { id: key.id } }]);
	});

	it('leads another execution nowhere, where the ID does not show it', async () => {
		const { rotate: run, rotateAnew } = onServer({ publicIds: 'ignored' });
		await run({ previousKey: 'delete' });
		const failure = await failureOf(rotateAnew({ previousKey: 'delete' }));
		expect(failure.details.code).toBe('not_found');
	});

	it('leads to one that works, if there is one, and to the newest rotation’s', async () => {
		const { clock, server, old, rotate: run, rotateAnew } = onServer();
		const first = await run();
		await clock.run(clock.sleep(48 * HOUR_MS));
		const second = await rotateAnew();
		server.keys.splice(server.keys.indexOf(old), 1);
		expect((await rotateAnew()).key.id).toBe(second.key.id);
		const newest = server.keys.find(({ id }) => id === second.key.id);
		if (newest !== undefined) newest.isActive = false;
		expect((await rotateAnew()).key.id).toBe(first.key.id);
		for (const key of server.keys) key.isActive = false;
		expect((await rotateAnew()).key.id).toBe(second.key.id);
	});
});

describe('a repeat', () => {
	it('of a rotation whose old key is off is one, however long ago', async () => {
		const { clock, rotate: run, rotateAnew } = onServer();
		const { key } = await run({ previousKey: 'disable' });
		await clock.run(clock.sleep(1000 * HOUR_MS));
		expect(await rotateAnew({ previousKey: 'disable' })).toMatchObject({
			isRepeat: true,
			key: { id: key.id },
		});
	});

	it('gives the new key what it lacks, but neither name nor limit', async () => {
		const { server, old, rotate: run, rotateAnew } = onServer();
		Object.assign(old, { rateLimit: LIMIT, browserSdkVersion: '9.x' });
		server.fail('PUT', 'forbidden');
		await failureOf(run());
		const { key } = await rotateAnew();
		expect(key).toMatchObject({ browserSdkVersion: '9.x', rateLimit: LIMIT });
		const puts = server.requests.filter(({ method }) => method === 'PUT');
		expect(puts.at(-1)?.body).not.toHaveProperty('name');
		expect(puts.at(-1)?.body).not.toHaveProperty('rateLimit');
	});

	it.each<[string, Partial<ClientKey>]>([
		['limit', { rateLimit: { count: 10, window: 61 } }],
		['count', { rateLimit: { count: 11, window: 60 } }],
		['name', { name: 'mine' }],
	])('writes nothing to a new key whose %s somebody changed', async (_, change) => {
		const { server, old, rotate: run, rotateAnew, newKey } = onServer();
		Object.assign(old, { rateLimit: LIMIT });
		await run();
		Object.assign(newKey() ?? {}, change);
		old.browserSdkVersion = '8.x';
		server.requests.length = 0;
		await rotateAnew();
		expect(server.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
	});

	it('writes to one that lost its limit, which the plan may have dropped', async () => {
		const { server, old, rotate: run, rotateAnew, newKey } = onServer();
		Object.assign(old, { rateLimit: LIMIT });
		await run();
		Object.assign(newKey() ?? {}, { rateLimit: null });
		old.browserSdkVersion = '8.x';
		server.requests.length = 0;
		expect((await rotateAnew()).key.browserSdkVersion).toBe('8.x');
	});

	it('looks for another new key only before it takes the old one out of service', async () => {
		const { server, rotate: run, rotateAnew } = onServer();
		await run();
		const lists = async (changes: Partial<Rotation>) => {
			server.requests.length = 0;
			await rotateAnew(changes);
			return server.requests.filter(({ url }) => url.endsWith('/keys/')).length;
		};
		expect(await lists({ previousKey: 'keep' })).toBe(1);
		expect(await lists({ previousKey: 'disable' })).toBe(2);
	});

	it('finishes another new key too that comes up meanwhile, and returns that', async () => {
		const { clock, server, old, rotateAnew } = onServer();
		old.browserSdkVersion = '9.x';
		let late: ClientKey | undefined;
		const { send } = server;
		Object.assign(server, {
			send: async (request: HttpRequest) => {
				const response = await send(request);
				if (request.url.endsWith('/keys/') && late !== undefined) {
					server.keys.unshift(late);
					late = undefined;
				}
				return response;
			},
		});
		const maker = keyMaker(server.client(0));
		const rotation = { organization: 'acme', project: 'web-app', keyId: old.id, isSafe: true };
		const first = await clock.run(rotateKey(maker, { ...rotation, previousKey: 'keep' }));
		await clock.run(clock.sleep(48 * HOUR_MS));
		const second = await rotateAnew();
		late = { ...second.key, browserSdkVersion: '10.x' };
		server.keys.splice(0, 1);
		const again = await clock.run(rotateKey(maker, { ...rotation, previousKey: 'delete' }));
		expect(again.key).toMatchObject({ id: second.key.id, browserSdkVersion: '9.x' });
		expect(again.responses).toMatchObject([
			{ body: { id: first.key.id } },
			{ body: { id: second.key.id } },
			{ body: { id: second.key.id } },
			{ status: 204 },
		]);
		expect(server.keys.map(({ id }) => id)).toEqual([second.key.id, first.key.id]);
	});
});

describe('two rotations of one key at the same moment', () => {
	/** Each makes a new key before it sees that of the other one. */
	async function race(mayDelete: boolean, ...faults: Fault[]) {
		const { clock, server, old } = onServer({ publicIds: 'honoured', mayDelete });
		const rotation = {
			organization: 'acme',
			project: 'web-app',
			keyId: old.id,
			previousKey: 'keep' as const,
			isSafe: true,
		};
		server.fail('PUT', ...faults);
		old.browserSdkVersion = '9.x';
		const both = await clock.run(
			Promise.allSettled(
				['1', '2'].map(
					async (execution) => await rotateKey(keyMaker(server.client(0), {}, execution), rotation),
				),
			),
		);
		const made = server.keys.filter(({ id }) => id !== old.id).map(({ id }) => id);
		return { both, made };
	}

	it('come to the same new key', async () => {
		const { both, made } = await race(true);
		expect(made).toHaveLength(1);
		expect(both).toMatchObject([
			{ value: { key: { id: made[0] } } },
			{ value: { key: { id: made[0] } } },
		]);
	});

	it('name the one that can’t be deleted', async () => {
		const { both, made } = await race(false);
		expect(made).toHaveLength(2);
		const left = both.flatMap((one) => (one.status === 'fulfilled' ? (one.value.left ?? []) : []));
		expect(left).toHaveLength(1);
		expect(made).toContain(left[0]);
	});

	it('name it also where the rest fails', async () => {
		const { both, made } = await race(false, 'forbidden', 'forbidden');
		const failures = both.map((one) =>
			one.status === 'rejected' ? (one.reason as SentryError) : undefined,
		);
		const told = failures.find((one) => one?.details.duplicateLeft !== undefined);
		expect(made).toContain(told?.details.duplicateLeft);
		expect(told?.remedy).toContain(
			` So does ${String(told?.details.duplicateLeft)}, which is superfluous.`,
		);
		expect(failures.filter((one) => one?.details.duplicateLeft !== undefined)).toHaveLength(1);
	});
});
