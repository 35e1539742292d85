import type { SentryClient } from '../../../nodes/SentryClientKeys/sentry/client.ts';
import { KeyMaker } from '../../../nodes/SentryClientKeys/sentry/keys/keyMaker.ts';
import type {
	ItemMemory,
	Remembered,
} from '../../../nodes/SentryClientKeys/sentry/keys/keyMaker.ts';
import { ServerKeys } from '../../../nodes/SentryClientKeys/sentry/keys/serverKeys.ts';

/** An item's memory that lasts as long as the test. */
export function itemMemory(): ItemMemory {
	const entries = new Map<string, Remembered>();
	return {
		recall: (deed) => entries.get(JSON.stringify(deed)),
		remember: (deed, remembered) => void entries.set(JSON.stringify(deed), remembered),
	};
}

/** What makes an item's keys, with some of it as the test wants it. */
export function keyMaker(
	client: SentryClient,
	changes: Partial<Pick<KeyMaker, 'make' | 'isMarked'>> = {},
	executionId = '1',
): KeyMaker {
	const identity = { executionId, nodeId: 'node', runIndex: 0, itemIndex: 0 };
	const server = new ServerKeys(client, 'the instance');
	return Object.assign(new KeyMaker(client, server, identity, itemMemory()), changes);
}
