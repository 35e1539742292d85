import type { Created } from '../../../../nodes/SentryClientKeys/sentry/keys/createOnce.ts';
import type { KeyMaker } from '../../../../nodes/SentryClientKeys/sentry/keys/keyMaker.ts';
import {
	settleUpsert,
	upsertKey,
} from '../../../../nodes/SentryClientKeys/sentry/keys/upsertKey.ts';
import type {
	Upserted,
	WantedKey,
} from '../../../../nodes/SentryClientKeys/sentry/keys/upsertKey.ts';
import type { Attempt, ClientKey } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { clientKey } from '../../support/clientKey.cts';
import { keyMaker } from '../../support/keyMaker.cts';
import { jsonAnswer, scriptedClient } from '../../support/scriptedSend.cts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const WANTED: WantedKey = {
	organization: 'acme',
	project: 'web-app',
	projectId: '1',
	name: 'production',
	fields: {},
	ifSeveral: 'fail',
	ifInactive: 'keep',
	isSafe: true,
};

/** Both steps of Create or Update. */
async function upsert(maker: KeyMaker, wanted: WantedKey): Promise<Upserted> {
	const first = await upsertKey(maker, wanted);
	return 'created' in first ? await settleUpsert(maker, wanted, first) : first;
}

const key = (id: string, secondsOld: number, name = 'production'): ClientKey =>
	clientKey({
		id: id.repeat(32),
		name,
		dateCreated: new Date(NOW - secondsOld * 1000).toISOString(),
	});

/** Lists of the project, one after the other; the last one stays. */
function upsertOn(
	lists: ClientKey[][],
	{
		wanted = {},
		own = [],
		replaced = [],
		create = NOTHING_TO_MAKE,
	}: {
		wanted?: Partial<WantedKey>;
		/** IDs of keys that Create or Update made for the name. */
		own?: string[];
		/** "<old ID> <new ID>" of each rotation. */
		replaced?: string[];
		create?: () => Promise<Created>;
	} = {},
	answer: (method: string, url: string) => Attempt = () => ({
		noAnswer: { code: '', reason: 'no' },
	}),
) {
	let lookedUp = 0;
	const { client, clock, sent } = scriptedClient(({ method, query, url }) =>
		method === 'GET' && 'per_page' in query
			? jsonAnswer(200, lists[Math.min(lookedUp++, lists.length - 1)], {
					date: new Date(NOW).toUTCString(),
				})
			: answer(method, url),
	);
	const maker = keyMaker(client, {
		make: create,
		isMarked: (purpose, id) =>
			purpose[0] === 'name' ? own.includes(id) : replaced.includes(`${purpose[1]} ${id}`),
	});
	const upserted = clock.run(upsert(maker, { ...WANTED, ...wanted }));
	return { upserted, sent };
}

const NOTHING_TO_MAKE = async (): Promise<Created> =>
	await Promise.reject(new Error('nothing is to be made'));

const created = (body: ClientKey) => ({
	create: async () => await Promise.resolve({ status: 201, headers: {}, body }),
});

it('a key that is there is left alone', async () => {
	const { upserted, sent } = upsertOn([[key('b', 9, 'other'), key('a', 99)]]);
	expect(await upserted).toMatchObject({ key: key('a', 99), outcome: 'unchanged', writes: [] });
	expect(sent()).toHaveLength(1);
});

it('duplicates that are old are told at once', async () => {
	const { upserted, sent } = upsertOn([[key('b', 60), key('a', 99)]]);
	await expect(upserted).rejects.toMatchObject({
		message: '2 client keys of acme/web-app have the same name',
		details: { code: 'ambiguous_name', keyIds: ['b'.repeat(32), 'a'.repeat(32)] },
	});
	expect(sent()).toHaveLength(1);
});

it('duplicates of this moment may be two runs that are about to agree', async () => {
	const [newer, older] = [key('b', 1), key('a', 2)];
	let looks = 0;
	const { upserted, sent } = upsertOn([[newer, older]], {}, (_, url) =>
		url.includes(newer.id) && ++looks === 2
			? jsonAnswer(404, { detail: 'The requested resource does not exist' })
			: jsonAnswer(200, url.includes(newer.id) ? newer : older),
	);
	expect(await upserted).toMatchObject({ key: { id: older.id }, outcome: 'unchanged' });
	expect(sent()).toHaveLength(5);
});

it('but not for ever', async () => {
	const [newer, older] = [key('b', 1), key('a', 2)];
	const { upserted, sent } = upsertOn([[newer, older]], {}, (_, url) =>
		jsonAnswer(200, url.includes(newer.id) ? newer : older),
	);
	await expect(upserted).rejects.toMatchObject({ details: { code: 'ambiguous_name' } });
	expect(sent()).toHaveLength(7);
});

it('a key that another run made earlier is returned, and the own one deleted', async () => {
	const own = key('b', 0);
	const { upserted, sent } = upsertOn([[], [own, key('a', 1)]], created(own), (method) =>
		method === 'DELETE'
			? { answer: { status: 204, headers: {}, text: '' } }
			: jsonAnswer(404, { detail: 'Not Found' }),
	);
	expect(await upserted).toMatchObject({ key: { id: 'a'.repeat(32) }, outcome: 'unchanged' });
	expect(sent().at(-1)).toBe(`DELETE /api/0/projects/acme/web-app/keys/${own.id}/`);
});

it('a key of another run that comes up late, though it is dated earlier, is seen as well', async () => {
	const own = key('b', 0);
	let clockAt = (): number => 0;
	const { client, clock, sent } = scriptedClient(({ method, query }) => {
		if (method === 'DELETE') return { answer: { status: 204, headers: {}, text: '' } };
		if (!('per_page' in query)) return jsonAnswer(404, { detail: 'Not Found' });
		// The server dated it before, and shows it a fifth of a second after the own one was made.
		return jsonAnswer(200, clockAt() < madeAt + 200 ? [own] : [own, key('a', 1)]);
	});
	clockAt = () => clock.now();
	let madeAt = Infinity;
	const maker = keyMaker(client, {
		make: async () => {
			await clock.sleep(250);
			madeAt = clock.now();
			return { status: 201, headers: {}, body: own };
		},
		isMarked: () => false,
	});
	const first = await clock.run(upsertKey(maker, { ...WANTED, name: 'none yet' }));
	if (!('created' in first)) throw new Error('It made no key');
	const settled = await clock.run(settleUpsert(maker, WANTED, first));
	expect(settled.key.id).toBe('a'.repeat(32));
	expect(sent().at(-1)).toContain(`DELETE /api/0/projects/acme/web-app/keys/${own.id}/`);
});

it('a key that another run made later is that run’s to delete', async () => {
	const own = key('a', 1);
	const { upserted, sent } = upsertOn([[], [key('b', 0), own]], created(own));
	expect(await upserted).toMatchObject({ key: { id: own.id }, outcome: 'created' });
	expect(sent().filter((request) => !request.startsWith('GET'))).toEqual([]);
});

it('an own key that may not be deleted is named', async () => {
	const own = key('b', 0);
	const { upserted } = upsertOn([[], [own, key('a', 1)]], created(own), () =>
		jsonAnswer(403, { detail: 'You do not have permission to perform this action.' }),
	);
	expect(await upserted).toMatchObject({ key: { id: 'a'.repeat(32) }, left: [own.id] });
});

it('nothing is made for a version that the project does not offer', async () => {
	const wanted = { fields: { browserSdkVersion: '99.x' } };
	const { upserted, sent } = upsertOn([[key('c', 99, 'other')]], { wanted });
	await expect(upserted).rejects.toMatchObject({ details: { code: 'invalid_input' } });
	expect(sent()).toHaveLength(1);
});

it('a key that new ones move to the next page while the list is read is one key', async () => {
	const { client, clock } = scriptedClient(({ query }) =>
		query.cursor === undefined
			? jsonAnswer(200, [key('a', 99)], {
					link: '<https://x/>; rel="next"; results="true"; cursor="1:1:0"',
				})
			: jsonAnswer(200, [key('a', 99)]),
	);
	const maker = keyMaker(client, { make: NOTHING_TO_MAKE });
	expect(await clock.run(upsert(maker, WANTED))).toMatchObject({ outcome: 'unchanged' });
});

const inactive = (id: string, secondsOld: number) => ({ ...key(id, secondsOld), isActive: false });
const id = (digit: string) => digit.repeat(32);

it.each<[string, ClientKey[], { own?: string[]; replaced?: string[] }, string, string | undefined]>(
	[
		['the only active one of several', [key('b', 60), inactive('a', 99)], {}, 'b', undefined],
		[
			'the oldest that was made for the name, and names the others',
			[key('c', 60), key('b', 70), key('a', 99)],
			{ own: [id('b'), id('c')] },
			'b',
			id('c'),
		],
		[
			'the key that took the place of another one',
			[key('b', 60), key('a', 99)],
			{ replaced: [`${id('a')} ${id('b')}`] },
			'b',
			undefined,
		],
		[
			'it also after the one that was made for the name was rotated',
			[key('b', 60), key('a', 99)],
			{ own: [id('a')], replaced: [`${id('a')} ${id('b')}`] },
			'b',
			undefined,
		],
		['the only one, active or not', [inactive('a', 99)], {}, 'a', undefined],
	],
)('the key is %s', async (_, list, known, chosen, left) => {
	const upserted = await upsertOn([list], known).upserted;
	expect(upserted).toMatchObject({ key: { id: id(chosen) }, outcome: 'unchanged' });
	expect(upserted.left).toEqual(left === undefined ? [] : [left]);
});

it('a key of an earlier try is not deleted, because it may be in use', async () => {
	const own = key('b', 0);
	const { upserted, sent } = upsertOn([[], [own, key('a', 1)]], {
		create: async () =>
			await Promise.resolve({ status: 200, headers: {}, body: own, wasThere: true }),
	});
	expect(await upserted).toMatchObject({ key: { id: id('a') }, left: [id('b')] });
	expect(sent().filter((request) => !request.startsWith('GET'))).toEqual([]);
});
