import { ensureKey } from '../../../../nodes/SentryClientKeys/sentry/keys/ensureKey.ts';
import type { WantedKey } from '../../../../nodes/SentryClientKeys/sentry/keys/ensureKey.ts';
import type { Attempt, ClientKey } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { clientKey } from '../../support/clientKey.cts';
import { jsonAnswer, scriptedClient } from '../../support/scriptedSend.cts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const WANTED: WantedKey = {
	organization: 'acme',
	project: 'web-app',
	name: 'production',
	fields: {},
	ifSeveral: 'fail',
};

const key = (id: string, secondsOld: number, name = 'production'): ClientKey =>
	clientKey({
		id: id.repeat(32),
		name,
		dateCreated: new Date(NOW - secondsOld * 1000).toISOString(),
	});

/** Lists of the project, one after the other; the last one stays. */
function ensure(
	lists: ClientKey[][],
	{
		wanted = {},
		own = [],
		replaced = [],
		create = () => Promise.reject(new Error('nothing is to be made')),
	}: {
		wanted?: Partial<WantedKey>;
		/** IDs of keys that Create or Update made for the name. */
		own?: string[];
		/** "<old ID> <new ID>" of each rotation. */
		replaced?: string[];
		create?: () => Promise<{ status: number; headers: object; body: ClientKey }>;
	} = {},
	answer: (method: string) => Attempt = () => ({ noAnswer: { code: '', reason: 'no' } }),
) {
	let lookedUp = 0;
	const { client, clock, sent } = scriptedClient(({ method, query }) =>
		method === 'GET' && 'per_page' in query
			? jsonAnswer(200, lists[Math.min(lookedUp++, lists.length - 1)], {
					date: new Date(NOW).toUTCString(),
				})
			: answer(method),
	);
	const ensured = clock.run(
		ensureKey(
			client,
			{ ...WANTED, ...wanted },
			{
				create: async () => ({ ...(await create()), headers: {} }),
				isOwn: (id) => own.includes(id),
				isSuccessor: (id, candidate) => replaced.includes(`${id} ${candidate}`),
			},
		),
	);
	return { ensured, sent };
}

const created = (body: ClientKey) => ({
	create: async () => await Promise.resolve({ status: 201, headers: {}, body }),
});

it('a key that is there is left alone', async () => {
	const { ensured, sent } = ensure([[key('b', 9, 'other'), key('a', 99)]]);
	expect(await ensured).toMatchObject({ key: key('a', 99), outcome: 'unchanged', writes: [] });
	expect(sent()).toHaveLength(1);
});

it('duplicates that are old are told at once', async () => {
	const { ensured, sent } = ensure([[key('b', 60), key('a', 99)]]);
	await expect(ensured).rejects.toMatchObject({
		message: '2 client keys of acme/web-app have the same name',
		details: { code: 'ambiguous_name', keyIds: ['b'.repeat(32), 'a'.repeat(32)] },
	});
	expect(sent()).toHaveLength(1);
});

it('duplicates of this moment may be two runs that are about to agree', async () => {
	const { ensured, sent } = ensure([
		[key('b', 1), key('a', 2)],
		[key('b', 1), key('a', 2)],
		[key('a', 2)],
	]);
	expect(await ensured).toMatchObject({ key: { id: 'a'.repeat(32) }, outcome: 'unchanged' });
	expect(sent()).toHaveLength(3);
});

it('but not for ever', async () => {
	const { ensured, sent } = ensure([[key('b', 1), key('a', 2)]]);
	await expect(ensured).rejects.toMatchObject({ details: { code: 'ambiguous_name' } });
	expect(sent()).toHaveLength(4);
});

it('a key that another run made earlier is returned, and the own one deleted', async () => {
	const own = key('b', 0);
	const { ensured, sent } = ensure([[], [own, key('a', 1)]], created(own), (method) =>
		method === 'DELETE' ? { answer: { status: 204, headers: {}, text: '' } } : jsonAnswer(404, {}),
	);
	expect(await ensured).toMatchObject({ key: { id: 'a'.repeat(32) }, outcome: 'unchanged' });
	expect(sent().at(-1)).toBe(`DELETE /api/0/projects/acme/web-app/keys/${own.id}/`);
});

it('a key that another run made later is that run’s to delete', async () => {
	const own = key('a', 1);
	const { ensured, sent } = ensure([[], [key('b', 0), own]], created(own));
	expect(await ensured).toMatchObject({ key: { id: own.id }, outcome: 'created' });
	expect(sent().filter((request) => !request.startsWith('GET'))).toEqual([]);
});

it('an own key that may not be deleted is named', async () => {
	const own = key('b', 0);
	const { ensured } = ensure([[], [own, key('a', 1)]], created(own), () =>
		jsonAnswer(403, { detail: 'You do not have permission to perform this action.' }),
	);
	expect(await ensured).toMatchObject({ key: { id: 'a'.repeat(32) }, left: own.id });
});

it('nothing is made for a version that the project does not offer', async () => {
	const wanted = { fields: { browserSdkVersion: '99.x' } };
	const { ensured, sent } = ensure([[key('c', 99, 'other')]], { wanted });
	await expect(ensured).rejects.toMatchObject({ details: { code: 'invalid_input' } });
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
	const keys = {
		create: () => Promise.reject(new Error('nothing is to be made')),
		isOwn: () => false,
		isSuccessor: () => false,
	};
	expect(await clock.run(ensureKey(client, WANTED, keys))).toMatchObject({ outcome: 'unchanged' });
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
	const ensured = await ensure([list], known).ensured;
	expect(ensured).toMatchObject({ key: { id: id(chosen) }, outcome: 'unchanged' });
	expect(ensured.left).toBe(left);
});

it('a key of an earlier try is not deleted, because it may be in use', async () => {
	const own = key('b', 0);
	const { ensured, sent } = ensure([[], [own, key('a', 1)]], {
		create: async () =>
			await Promise.resolve({ status: 200, headers: {}, body: own, wasThere: true }),
	});
	expect(await ensured).toMatchObject({ key: { id: id('a') }, left: id('b') });
	expect(sent().filter((request) => !request.startsWith('GET'))).toEqual([]);
});
