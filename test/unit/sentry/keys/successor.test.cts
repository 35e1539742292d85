import type { SentryError } from '../../../../nodes/SentryClientKeys/sentry/errors.ts';
import { rotateKey } from '../../../../nodes/SentryClientKeys/sentry/keys/rotateKey.ts';
import { findSuccessor } from '../../../../nodes/SentryClientKeys/sentry/keys/successor.ts';
import type { Rotation } from '../../../../nodes/SentryClientKeys/sentry/keys/successor.ts';
import type { ClientKey, HttpRequest } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { clientKey } from '../../support/clientKey.cts';
import { failureOf, HOUR_MS } from '../../support/createSetUp.cts';
import type { Fault } from '../../support/fakeSentry.cts';
import { keyMaker } from '../../support/keyMaker.cts';
import { NEW, OLD, onServer, rotateAsTold } from '../../support/rotation.cts';
import { jsonResponse, scriptedClient } from '../../support/scriptedSend.cts';

const LIMIT = { count: 10, window: 60 };

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
		const { rotated } = rotateAsTold('keep', {
			[OLD.id]: OLD,
			[NEW.id]: { ...NEW, isActive: false },
		});
		await expect(rotated).rejects.toMatchObject({
			remedy: expect.stringContaining('Sentry made it, but it does not accept events.') as string,
			details: { code: 'unexpected_response' },
		});
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

describe('of several keys, the new one of a rotation', () => {
	const NOON = Date.parse('2026-11-20T12:00:00Z');
	/** Keys by name, made so many hours before noon; `off` is inactive, `other` no new key of this rotation. */
	const keysOf = (made: Record<string, number>): ClientKey[] =>
		Object.entries(made).map(([name, hours]) =>
			clientKey({
				id: name,
				isActive: !name.includes('off'),
				dateCreated: new Date(NOON - hours * HOUR_MS).toISOString(),
			}),
		);
	const rotation = {
		organization: 'acme',
		project: 'web-app',
		keyId: OLD.id,
		previousKey: 'keep' as const,
		isSafe: true,
	};

	it.each<[string, Record<string, number>, string | undefined]>([
		['is none, where no ID says so', { other: 1 }, undefined],
		['is the one whose ID says so', { other: 1, a: 2 }, 'a'],
		['is the oldest of those made within a day', { a: 1, b: 2, c: 26 }, 'b'],
		['is the oldest, made a day before to the millisecond', { a: 1, b: 25 }, 'b'],
		['is the newest, where the others are older than a day', { a: 1, c: 26 }, 'a'],
		['is one that works', { offA: 1, b: 50 }, 'b'],
		['is one that does not, where none works', { offA: 1, offB: 2, offC: 50 }, 'offB'],
	])('%s', (_, made, id) => {
		const { client } = scriptedClient(() => jsonResponse(200, []));
		const maker = keyMaker(client, { isMarked: (_purpose, key) => key !== 'other' });
		for (const keys of [keysOf(made), keysOf(made).reverse()]) {
			expect(findSuccessor(maker, rotation, keys)?.id).toBe(id);
		}
	});

	it('may have no date', () => {
		const { client } = scriptedClient(() => jsonResponse(200, []));
		const maker = keyMaker(client, { isMarked: () => true });
		const undated = clientKey({ id: 'a', dateCreated: null });
		expect(findSuccessor(maker, rotation, [undated])?.id).toBe('a');
	});
});

describe('the new key of an inactive one', () => {
	it('may be inactive when it is found again', async () => {
		const { old, server, rotate, rotateAnew, newKey } = onServer();
		old.isActive = false;
		const { key } = await rotate();
		const made = newKey();
		if (made !== undefined) made.isActive = false;
		const again = await rotateAnew();
		expect(again).toMatchObject({ isRepeat: true, key: { id: key.id } });
		expect(server.keys).toHaveLength(2);
	});
});

it('a key without a name gets none', async () => {
	const { old, server, rotate } = onServer();
	delete old.name;
	await rotate();
	const writes = server.requests.filter(({ method }) => method !== 'GET');
	for (const { body } of writes) expect(body).not.toHaveProperty('name');
});

it('what fails after the new key was made names it and says what a repeat does', async () => {
	const { old, server, rotateAnew, newKey } = onServer();
	const { send } = server;
	let isMade = false;
	Object.assign(server, {
		send: async (request: HttpRequest) => {
			isMade ||= request.method === 'POST';
			const isList = request.method === 'GET' && !/keys\/\w+\/$/.test(request.url);
			return isMade && isList
				? jsonResponse(403, { detail: 'You do not have permission' })
				: await send(request);
		},
	});
	const { remedy, details } = await failureOf(rotateAnew());
	expect(details.createdKeyId).toBe(newKey()?.id);
	expect(remedy).toContain(
		`The new client key ${String(newKey()?.id)} was made. Run the item again: it goes on with the same new key.`,
	);
	expect(remedy).toContain(`The old client key ${old.id} still works.`);
});
