import { settingsOf } from '../../../../nodes/SentryClientKeys/sentry/keys/keyFields.ts';
import type { KeyFields } from '../../../../nodes/SentryClientKeys/sentry/keys/keyFields.ts';
import type { ClientKey } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import {
	checkVersion,
	refuseIfNotStored,
	updateKey,
} from '../../../../nodes/SentryClientKeys/sentry/keys/updateKey.ts';
import { clientKey } from '../../support/clientKey.cts';
import { jsonResponse, scriptedClient } from '../../support/scriptedSend.cts';

const PROJECT = { organization: 'acme', project: 'web-app' };
const SET = clientKey({ browserSdkVersion: '8.x', dynamicSdkLoaderOptions: { hasReplay: true } });

/** Updates a key on a server that turns body and stored key into a new one. */
async function update(
	fields: KeyFields,
	server: (body: KeyFields, stored: ClientKey) => Partial<ClientKey>,
	current = SET,
	isNew = false,
) {
	let stored = current;
	const { client, clock, requests } = scriptedClient(({ body = '{}' }) => {
		stored = { ...stored, ...server(JSON.parse(body) as KeyFields, stored) };
		return jsonResponse(200, stored);
	});
	const updated = await clock.run(updateKey(client, PROJECT, current, fields, isNew));
	return {
		...updated,
		bodies: requests.map(({ body = '' }) => JSON.parse(body) as KeyFields),
	};
}

const obedient = (body: KeyFields, stored: ClientKey): Partial<ClientKey> => ({
	...body,
	dynamicSdkLoaderOptions: {
		...stored.dynamicSdkLoaderOptions,
		...body.dynamicSdkLoaderOptions,
	},
});

it('sends the change and the SDK version, which older servers would reset', async () => {
	const { bodies, isChanged, ignored, key } = await update({ name: 'x' }, obedient);
	expect(bodies).toEqual([{ browserSdkVersion: '8.x', name: 'x' }]);
	expect({ isChanged, ignored }).toEqual({ isChanged: true, ignored: [] });
	expect(key).toEqual({ ...SET, name: 'x' });
});

it('sends nothing to a key that has it all', async () => {
	const { bodies, writes, isChanged, key } = await update({ ...settingsOf(SET) }, obedient);
	expect({ bodies, writes, isChanged, key }).toEqual({
		bodies: [],
		writes: [],
		isChanged: false,
		key: SET,
	});
});

/** As older servers do it: what is left out goes back to its default. */
const forgetful = (body: KeyFields): Partial<ClientKey> => ({
	isActive: true,
	rateLimit: null,
	browserSdkVersion: '10.x',
	...body,
	dynamicSdkLoaderOptions: { hasReplay: false, ...body.dynamicSdkLoaderOptions },
});

it('tells what else is another setting than before, and writes nothing back', async () => {
	const { bodies, changedMeanwhile, ignored } = await update({ name: 'x' }, forgetful);
	expect(bodies).toEqual([{ browserSdkVersion: '8.x', name: 'x' }]);
	expect(changedMeanwhile).toEqual(['rateLimit', 'hasReplay']);
	expect(ignored).toEqual([]);
});

it('a key that this run has just made is sent all it is to have', async () => {
	const all = settingsOf(SET);
	const bare = { ...SET, dynamicSdkLoaderOptions: { hasReplay: false } };
	const { bodies, key } = await update(all, forgetful, bare, true);
	expect(bodies).toEqual([{ ...all, browserSdkVersion: '8.x' }]);
	expect(key).toEqual(SET);
});

describe('an update of which the server stored', () => {
	const nothing = () => ({});
	const fields = { name: 'x', isActive: false };

	it('nothing is refused, whatever its status', async () => {
		const updated = await update(fields, nothing);
		expect(() => refuseIfNotStored(updated)).toThrow('Sentry stored nothing of the update');
		expect(updated.ignored).toEqual(['name', 'isActive']);
	});

	it('a part is none to refuse', async () => {
		const updated = await update(fields, () => ({ name: 'x' }));
		expect(updated).toMatchObject({ isChanged: true, ignored: ['isActive'] });
		expect(() => refuseIfNotStored(updated)).not.toThrow();
	});

	it('nothing, as it does not know the field, is refused without a request', async () => {
		const updated = await update({ dynamicSdkLoaderOptions: { hasFeedback: true } }, nothing);
		expect(updated.bodies).toEqual([]);
		expect(() => refuseIfNotStored(updated)).toThrow('stored nothing');
	});

	it('no rate limit is no refusal, as the plan may have none', async () => {
		const unlimited = { ...SET, rateLimit: null };
		const updated = await update({ rateLimit: { count: 1, window: 1 } }, nothing, unlimited);
		expect(() => refuseIfNotStored(updated)).not.toThrow();
	});

	it('a rate limit that was to be removed is refused', async () => {
		const updated = await update({ rateLimit: null }, nothing);
		expect(() => refuseIfNotStored(updated)).toThrow('stored nothing');
	});
});

it('a key that somebody switched off in the meantime stays off', async () => {
	const { bodies, key, changedMeanwhile } = await update({ name: 'x' }, (body, stored) => ({
		...obedient(body, stored),
		isActive: false,
	}));
	expect(bodies).toHaveLength(1);
	expect(key.isActive).toBe(false);
	expect(changedMeanwhile).toEqual(['isActive']);
});

it('a rate limit that is not stored is told, and no change', async () => {
	const poor = (body: KeyFields): Partial<ClientKey> => ({ ...body, rateLimit: null });
	const unlimited = { ...SET, rateLimit: null };
	const { bodies, ignored, isChanged } = await update(
		{ rateLimit: { count: 1, window: 1 } },
		poor,
		unlimited,
	);
	expect(bodies).toHaveLength(1);
	expect({ ignored, isChanged }).toEqual({ ignored: ['rateLimit'], isChanged: false });
});

it('settings that the server does not have are told', async () => {
	const fields = { name: 'x', dynamicSdkLoaderOptions: { hasFeedback: true } };
	const { bodies, ignored } = await update(fields, obedient);
	expect(ignored).toEqual(['hasFeedback']);
	expect(JSON.stringify(bodies)).not.toContain('hasFeedback');
});

it.each(['10.x', 'latest'])('the version %s can be set', async (browserSdkVersion) => {
	expect((await update({ browserSdkVersion }, obedient)).key.browserSdkVersion).toBe(
		browserSdkVersion,
	);
});

it('a version that the key does not offer is refused', () => {
	expect(() => checkVersion(SET, '7.x')).toThrow("'Browser SDK Version' is not one of those");
	for (const version of ['10.x', 'latest', '8.x', undefined]) {
		expect(() => checkVersion(SET, version)).not.toThrow();
	}
});

it('a key that does not tell its choices takes any version', async () => {
	const { browserSdk: _, ...older } = SET;
	expect(() => checkVersion(older, '4.x')).not.toThrow();
	const { key } = await update({ browserSdkVersion: '4.x' }, obedient, older);
	expect(key.browserSdkVersion).toBe('4.x');
});

describe('what is refused tells', () => {
	it('which fields the server has not stored', async () => {
		const updated = await update({ name: 'x', isActive: false }, () => ({}));
		expect(() => refuseIfNotStored(updated)).toThrow(
			expect.objectContaining({
				remedy:
					'It took the request, but these fields are as they were, or it does not know them: name, isActive. Change them in Sentry itself, or leave them out here.',
				details: { code: 'not_stored', keyId: SET.id, fields: ['name', 'isActive'] },
			}) as Error,
		);
	});

	it('that nothing was sent, where it knows none of them', async () => {
		const updated = await update({ dynamicSdkLoaderOptions: { hasFeedback: true } }, () => ({}));
		expect(() => refuseIfNotStored(updated)).toThrow(
			expect.objectContaining({
				remedy: expect.stringMatching(
					/^It does not know these fields, so nothing was sent:/,
				) as string,
			}) as Error,
		);
	});

	it('no limit of a server that has no plans', async () => {
		const { isActive: _, ...plain } = { ...SET, rateLimit: null };
		const updated = await update({ rateLimit: { count: 1, window: 1 } }, () => ({}), plain);
		expect(() => refuseIfNotStored(updated)).toThrow('stored nothing');
	});

	it('the versions that can be chosen', () => {
		expect(() => checkVersion(SET, '7.x')).toThrow(
			expect.objectContaining({ remedy: 'Use one of: 10.x, latest.' }) as Error,
		);
	});
});

it('an unchanged key has no responses, and a changed one has that of the server', async () => {
	const { writes } = await update({ name: 'x' }, obedient);
	expect(writes).toHaveLength(1);
	expect(writes[0]).toMatchObject({ status: 200, body: { name: 'x' } });
});
