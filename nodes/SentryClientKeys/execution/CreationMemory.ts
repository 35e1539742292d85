import type { IContextObject } from 'n8n-workflow';

import { derivePublicId } from '../sentry/keys/publicId';

/** What an earlier try of the same item left: a key, or a request whose outcome is unclear. */
export interface EarlierCreation {
	isSettled: boolean;
	/** The ID of the key, or the one that the request carried; undefined if it carried none. */
	publicId: string | undefined;
	/** When the first try was sent, by the clock of its machine in milliseconds since the epoch. */
	firstSentAt: number;
}

const SLOT = 'createdClientKeys';

/**
 * Remembers, within one execution, which item has its key already.
 *
 * n8n's Retry On Fail runs the node again with all its items, those that succeeded too, and so does
 * 'Retry' on a failed execution, which keeps this memory with the execution's data. It holds public IDs
 * only, under fingerprints, and is emptied once the node has succeeded.
 */
export class CreationMemory {
	/** @param context n8n's per-node context of the execution (`getContext('node')`) */
	constructor(
		private readonly context: IContextObject,
		private readonly runIndex: number,
	) {}

	/** What stands for one item's creation: another target or body is another creation. */
	fingerprint(secret: string, itemIndex: number, creation: object): string {
		return derivePublicId(secret, ['creation', itemIndex, JSON.stringify(creation)]);
	}

	recall(fingerprint: string): EarlierCreation | undefined {
		const entry = this.entries()[fingerprint];
		if (entry === undefined) return undefined;
		const [, state, sentAt, publicId] = /^(\w+):(\d+):(.*)$/.exec(entry) ?? [];
		return {
			isSettled: state === 'made',
			publicId: publicId || undefined,
			firstSentAt: Number(sentAt),
		};
	}

	remember(fingerprint: string, { isSettled, publicId, firstSentAt }: EarlierCreation): void {
		const runs = (this.context[SLOT] ??= {}) as Runs;
		const entries = (runs[this.runIndex] ??= {});
		entries[fingerprint] = `${isSettled ? 'made' : 'unclear'}:${firstSentAt}:${publicId ?? ''}`;
	}

	/** To be called when nothing of this run will be tried again. */
	forgetRun(): void {
		const runs = this.context[SLOT] as Runs | undefined;
		if (runs === undefined) return;
		delete runs[this.runIndex];
		if (Object.keys(runs).length === 0) delete this.context[SLOT];
	}

	private entries(): Record<string, string> {
		return (this.context[SLOT] as Runs | undefined)?.[this.runIndex] ?? {};
	}
}

/** Entries by fingerprint, by run index. */
type Runs = Record<number, Record<string, string>>;
