import { rotateKey } from '../../../nodes/SentryClientKeys/sentry/keys/rotateKey.ts';
import type { Rotation } from '../../../nodes/SentryClientKeys/sentry/keys/successor.ts';
import type { ClientKey } from '../../../nodes/SentryClientKeys/sentry/types.ts';
import { clientKey } from './clientKey.cts';
import { HOUR_MS } from './createSetUp.cts';
import { FakeSentry } from './fakeSentry.cts';
import type { ServerSettings } from './fakeSentry.cts';
import { keyMaker } from './keyMaker.cts';
import { jsonResponse, scriptedClient } from './scriptedSend.cts';
import { VirtualClock } from './virtualTime.cts';

export const OLD = clientKey();
export const NEW = clientKey({ id: 'b'.repeat(32) });

/** Rotates on a server whose keys look as it likes, whatever it is told. */
export function rotateAsTold(
	previousKey: Rotation['previousKey'],
	keys: Record<string, ClientKey>,
) {
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

/** A rotation of the key `old` on a server in memory, made two hours ago. */
export function onServer(settings: ServerSettings = { publicIds: 'honoured' }) {
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
