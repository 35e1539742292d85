import type { Rotation } from '../../../../nodes/SentryClientKeys/sentry/keys/successor.ts';
import type { HttpRequest } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { failureOf, HOUR_MS } from '../../support/createSetUp.cts';
import type { Fault } from '../../support/fakeSentry.cts';
import { NEW, OLD, onServer, rotateAsTold } from '../../support/rotation.cts';
import { jsonResponse } from '../../support/scriptedSend.cts';

it('the old key is not touched unless the new one was read back active', async () => {
	const inactive = { ...NEW, isActive: false };
	const { rotated, sent } = rotateAsTold('delete', { [OLD.id]: OLD, [NEW.id]: inactive });
	await expect(rotated).rejects.toMatchObject({
		message: 'The new client key is not active',
		remedy: expect.stringContaining(`The old client key ${OLD.id} still works.`) as string,
		details: { createdKeyId: NEW.id, previousKeyId: OLD.id },
	});
	expect(sent().filter((request) => !request.startsWith('GET'))).toEqual([]);
});

it('a server that only says that it disabled the old key is not believed', async () => {
	const { rotated } = rotateAsTold('disable', { [OLD.id]: OLD, [NEW.id]: NEW });
	await expect(rotated).rejects.toMatchObject({
		message: 'Sentry did not disable the old client key',
		remedy: expect.stringContaining(`The new client key ${NEW.id} works.`) as string,
	});
});

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

it('an old key that does not get disabled is told with its words', async () => {
	const { rotated } = rotateAsTold('disable', { [OLD.id]: OLD, [NEW.id]: NEW });
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
