import { SentryError } from '../../../../nodes/SentryClientKeys/sentry/errors.ts';
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
import { failureOf } from '../../support/createSetUp.cts';
import { FakeSentry } from '../../support/fakeSentry.cts';
import type { ServerSettings } from '../../support/fakeSentry.cts';
import { keyMaker } from '../../support/keyMaker.cts';
import { jsonResponse, scriptedClient } from '../../support/scriptedSend.cts';
import { VirtualClock } from '../../support/virtualTime.cts';

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
	response: (method: string, url: string) => Attempt = () => ({
		noResponse: { code: '', reason: 'no' },
	}),
) {
	let lookedUp = 0;
	const { client, clock, sent } = scriptedClient(({ method, query, url }) =>
		method === 'GET' && 'per_page' in query
			? jsonResponse(200, lists[Math.min(lookedUp++, lists.length - 1)], {
					date: new Date(NOW).toUTCString(),
				})
			: response(method, url),
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
			? jsonResponse(404, { detail: 'The requested resource does not exist' })
			: jsonResponse(200, url.includes(newer.id) ? newer : older),
	);
	expect(await upserted).toMatchObject({ key: { id: older.id }, outcome: 'unchanged' });
	expect(sent()).toHaveLength(5);
});

it('but not for ever', async () => {
	const [newer, older] = [key('b', 1), key('a', 2)];
	const { upserted, sent } = upsertOn([[newer, older]], {}, (_, url) =>
		jsonResponse(200, url.includes(newer.id) ? newer : older),
	);
	await expect(upserted).rejects.toMatchObject({ details: { code: 'ambiguous_name' } });
	expect(sent()).toHaveLength(7);
});

it('a key that another run made earlier is returned, and the own one deleted', async () => {
	const own = key('b', 0);
	const { upserted, sent } = upsertOn([[], [own, key('a', 1)]], created(own), (method) =>
		method === 'DELETE'
			? { response: { status: 204, headers: {}, text: '' } }
			: jsonResponse(404, { detail: 'Not Found' }),
	);
	expect(await upserted).toMatchObject({ key: { id: 'a'.repeat(32) }, outcome: 'unchanged' });
	expect(sent().at(-1)).toBe(`DELETE /api/0/projects/acme/web-app/keys/${own.id}/`);
});

it('a key of another run that comes up late, though it is dated earlier, is seen as well', async () => {
	const own = key('b', 0);
	let clockAt = (): number => 0;
	const { client, clock, sent } = scriptedClient(({ method, query }) => {
		if (method === 'DELETE') return { response: { status: 204, headers: {}, text: '' } };
		if (!('per_page' in query)) return jsonResponse(404, { detail: 'Not Found' });
		// The server dated it before, and shows it a fifth of a second after the own one was made.
		return jsonResponse(200, clockAt() < madeAt + 200 ? [own] : [own, key('a', 1)]);
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
		jsonResponse(403, { detail: 'You do not have permission to perform this action.' }),
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
			? jsonResponse(200, [key('a', 99)], {
					link: '<https://x/>; rel="next"; results="true"; cursor="1:1:0"',
				})
			: jsonResponse(200, [key('a', 99)]),
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

it('of several inactive ones none is the one, unless the oldest is asked for', async () => {
	const list = [inactive('b', 60), inactive('a', 99)];
	await expect(upsertOn([list]).upserted).rejects.toMatchObject({
		remedy: `"production" is the name of: ${id('b')}, ${id('a')} (newest first). Nothing was changed. Rename or delete all but one, update the right one by its ID, or set 'If Several Match' to use the oldest.`,
		details: { code: 'ambiguous_name', organization: 'acme', project: 'web-app' },
	});
	const { upserted } = upsertOn([list], { wanted: { ifSeveral: 'useOldest' } });
	expect(await upserted).toMatchObject({ key: { id: id('a') } });
});

it('duplicates of up to 15 seconds are looked at again, older ones are not', async () => {
	const looksAt = async (secondsOld: number) => {
		const list = [key('b', secondsOld), key('a', 99)];
		const { upserted, sent } = upsertOn([list], {}, (_, url) =>
			jsonResponse(
				200,
				list.find((one) => url.includes(one.id)),
			),
		);
		await failureOf(upserted);
		return sent().length;
	};
	expect(await looksAt(15)).toBeGreaterThan(1);
	expect(await looksAt(16)).toBe(1);
});

it('an inactive key that a rotation replaced, and that is the only one of its name, makes room', async () => {
	const own = key('c', 0);
	const { upserted } = upsertOn(
		[
			[{ ...key('b', 60), name: 'rotated' }, inactive('a', 99)],
			[own, inactive('a', 99)],
		],
		{ replaced: [`${id('a')} ${id('b')}`], ...created(own) },
	);
	expect(await upserted).toMatchObject({ key: { id: own.id }, outcome: 'created' });
});

describe('on a server in memory', () => {
	function onServer(settings: ServerSettings = { publicIds: 'honoured' }) {
		const clock = new VirtualClock(NOW);
		const server = new FakeSentry(clock, settings);
		const maker = keyMaker(server.client(0));
		const both = async (wanted: Partial<WantedKey> = {}) =>
			await clock.run(upsert(maker, { ...WANTED, ...wanted }));
		const sent = (method: string) => server.requests.filter((one) => one.method === method);
		return { clock, server, maker, both, sent };
	}

	it('the new key is created with its limit and gets the rest afterwards', async () => {
		const { both, sent } = onServer();
		const rateLimit = { count: 5, window: 60 };
		const done = await both({ fields: { rateLimit, isActive: false } });
		expect(done).toMatchObject({ outcome: 'created', left: [], key: { isActive: false } });
		expect(done.writes).toHaveLength(2);
		expect(done.writes[0]).toMatchObject({ status: 201 });
		expect(sent('POST')[0]?.body).toMatchObject({ name: 'production', rateLimit });
	});

	it('the new key carries the mark of its name', async () => {
		const { both, maker } = onServer();
		const { key: made } = await both();
		expect(maker.isMarked(['name', '1', 'production'], made.id)).toBe(true);
	});

	it('no ID is chosen where it may not be', async () => {
		const { both, sent } = onServer();
		await both({ isSafe: false, fields: { rateLimit: null } });
		expect(sent('POST')[0]?.body).toEqual({ name: 'production' });
	});

	it('two items of one name are one key, made by the first', async () => {
		const { clock, server, maker } = onServer();
		const first = await clock.run(upsertKey(maker, WANTED));
		const second = await clock.run(upsertKey(maker, WANTED));
		if (!('created' in first && 'created' in second)) throw new Error('It was settled');
		expect([first.isOwn, second.isOwn]).toEqual([true, false]);
		const [one, other] = [
			await clock.run(settleUpsert(maker, WANTED, first)),
			await clock.run(settleUpsert(maker, WANTED, second)),
		];
		expect([one.outcome, other.outcome]).toEqual(['created', 'unchanged']);
		expect(other.writes).toEqual([]);
		expect(server.keys).toHaveLength(1);
		expect(await clock.run(upsertKey(maker, WANTED))).toMatchObject({ outcome: 'unchanged' });
	});

	it.each(['keep', 'activate'] as const)('an inactive key: %s', async (ifInactive) => {
		const { both, server } = onServer();
		server.addKey('production').isActive = false;
		const done = await both({ ifInactive });
		const isActive = ifInactive === 'activate';
		expect(done).toMatchObject({
			key: { isActive },
			outcome: isActive ? 'updated' : 'unchanged',
		});
	});

	it('an active key is not written to for being active', async () => {
		const { both, server, sent } = onServer();
		server.addKey('production');
		expect(await both({ ifInactive: 'activate' })).toMatchObject({ outcome: 'unchanged' });
		expect(sent('PUT')).toEqual([]);
	});

	it('an inactive key is not made where a server tells no status', async () => {
		const { both, server, sent } = onServer({ publicIds: 'ignored', dialect: 'glitchtip' });
		server.addKey('other');
		const { message, remedy, details } = await failureOf(both({ fields: { isActive: false } }));
		expect(message).toBe("This server can't switch a client key off");
		expect(remedy).toContain("Nothing was created. Remove the field 'Active'.");
		expect(details).toEqual({ code: 'not_stored', fields: ['isActive'] });
		expect(sent('POST')).toEqual([]);
		expect(await both({ fields: { isActive: true } }).catch(() => 'made')).toBeDefined();
		expect(sent('POST').length).toBeGreaterThan(0);
	});

	it('a key that lacks some of its settings is named', async () => {
		const { both, server } = onServer();
		server.fail('PUT', 'forbidden');
		const { remedy, details } = await failureOf(both({ fields: { isActive: false } }));
		expect(remedy).toContain(
			`The client key ${server.keys[0]?.id} was created, but may lack some of its settings: run the item again to complete it.`,
		);
		expect(details).toMatchObject({ code: 'forbidden', createdKeyId: server.keys[0]?.id });
		expect(details).not.toHaveProperty('candidates');
	});

	it('names that look the same are told', async () => {
		const { both, server } = onServer();
		server.addKey('production ');
		expect(await both()).toMatchObject({ lookalikes: ['production '], outcome: 'created' });
	});

	it('an update of which nothing was stored is refused', async () => {
		const { both, server } = onServer({ publicIds: 'ignored', dialect: 'glitchtip' });
		server.addKey('production');
		const failure = await failureOf(both({ fields: { rateLimit: { count: 1, window: 1 } } }));
		expect(failure.details.code).toBe('not_stored');
	});
});

describe('a key that may have been made', () => {
	const unknown = async () =>
		await Promise.reject(
			new SentryError('Its response was lost', 'Look.', {
				code: 'outcome_unknown',
				candidates: [id('c')],
			}),
		);

	it('is the only one of its name that there is by now', async () => {
		const { upserted } = upsertOn([[], [key('b', 0)]], { create: unknown });
		expect(await upserted).toMatchObject({
			key: { id: id('b') },
			left: [id('c')],
			outcome: 'unchanged',
		});
	});

	it('is not named beside itself', async () => {
		const { upserted } = upsertOn([[], [key('c', 0)]], { create: unknown });
		expect(await upserted).toMatchObject({ key: { id: id('c') }, left: [] });
	});

	it.each<[string, ClientKey[]]>([
		['none', []],
		['two', [key('b', 0), key('a', 0)]],
	])('stays unknown where there are %s', async (_, list) => {
		const { upserted } = upsertOn([[], list], { create: unknown });
		await expect(upserted).rejects.toMatchObject({ details: { code: 'outcome_unknown' } });
	});

	it('is named, if what follows fails', async () => {
		const wanted = { fields: { isActive: false } };
		const { upserted } = upsertOn([[], [key('b', 0)]], { create: unknown, wanted }, () =>
			jsonResponse(403, { detail: 'You do not have permission to perform this action.' }),
		);
		await expect(upserted).rejects.toMatchObject({
			details: { createdKeyId: id('b'), candidates: [id('c')] },
		});
	});

	it('is none where the request was refused', async () => {
		const refused = new SentryError('No', 'Ask.', { code: 'forbidden' });
		const { upserted, sent } = upsertOn([[], [key('b', 0)]], {
			create: async () => await Promise.reject(refused),
		});
		await expect(upserted).rejects.toBe(refused);
		expect(sent()).toHaveLength(1);
	});
});

it('a key that is gone when all are made leaves the place to the one of its name', async () => {
	const own = key('b', 0);
	const { upserted } = upsertOn([[], [key('a', 1)]], created(own));
	expect(await upserted).toMatchObject({ key: { id: id('a') } });
});

it('a key that was withdrawn is no key for the next item, also if it may come back', async () => {
	const [own, other] = [key('b', 0), key('a', 1)];
	let lists = 0;
	const { client, clock } = scriptedClient(({ method, query }) =>
		method === 'DELETE'
			? { response: { status: 204, headers: {}, text: '' } }
			: jsonResponse('per_page' in query ? 200 : 404, ++lists === 1 ? [] : [own, other]),
	);
	const maker = keyMaker(client, {
		make: async () =>
			await Promise.resolve({ status: 201, headers: {}, body: own, mayReturn: true }),
		isMarked: (purpose, one) => purpose[0] === 'name' && one === own.id,
	});
	const first = await clock.run(upsert(maker, WANTED));
	expect(first).toMatchObject({ key: { id: other.id }, left: [own.id] });
	expect(await clock.run(upsert(maker, WANTED))).toMatchObject({ key: { id: other.id } });
});
