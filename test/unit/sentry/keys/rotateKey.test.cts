import { rotateKey } from '../../../../nodes/SentryClientKeys/sentry/keys/rotateKey.ts';
import type { Rotation } from '../../../../nodes/SentryClientKeys/sentry/keys/rotateKey.ts';
import type { ClientKey } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { clientKey } from '../../support/clientKey.cts';
import { failureOf, HOUR_MS } from '../../support/createSetUp.cts';
import { FakeSentry } from '../../support/fakeSentry.cts';
import type { Fault, ServerSettings } from '../../support/fakeSentry.cts';
import { keyMaker } from '../../support/keyMaker.cts';
import { jsonAnswer, scriptedClient } from '../../support/scriptedSend.cts';
import { VirtualClock } from '../../support/virtualTime.cts';

const OLD = clientKey();
const NEW = clientKey({ id: 'b'.repeat(32) });

/** Rotates on a server whose keys look as it likes, whatever it is told. */
function rotate(previousKey: Rotation['previousKey'], keys: Record<string, ClientKey>) {
	const { client, clock, sent } = scriptedClient(({ url }) => {
		const id = /keys\/(\w+)\/$/.exec(url)?.[1];
		return jsonAnswer(200, id === undefined ? [OLD] : keys[id]);
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
		expect(again.answers).toHaveLength(1);
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
