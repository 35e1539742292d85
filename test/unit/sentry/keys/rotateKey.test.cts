import { rotateKey } from '../../../../nodes/SentryClientKeys/sentry/keys/rotateKey.ts';
import type { Rotation } from '../../../../nodes/SentryClientKeys/sentry/keys/rotateKey.ts';
import type { ClientKey } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { clientKey } from '../../support/clientKey.cts';
import { keyMaker } from '../../support/keyMaker.cts';
import { jsonAnswer, scriptedClient } from '../../support/scriptedSend.cts';

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
