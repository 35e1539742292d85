import type { IContextObject } from 'n8n-workflow';

import type { ItemMemory, Remembered } from '../sentry/keys/keyMaker';
import { derivePublicId } from '../sentry/keys/publicId';

const CONTEXT_KEY = 'createdClientKeys';

/**
 * Remembers, within one execution, what each item has done already.
 *
 * n8n's Retry On Fail runs the node again with all its items, those that succeeded too, and so does
 * 'Retry' on a failed execution, which keeps this memory with the execution's data. It holds public IDs
 * only, under fingerprints, and is emptied once the node has succeeded.
 */
export class Memory {
	/**
	 * @param context n8n's per-node context of the execution (`getContext('node')`); undefined where
	 * nothing may be carried from one call to the next
	 * @param secret of the fingerprints
	 */
	constructor(
		private readonly context: IContextObject | undefined,
		private readonly runIndex: number,
		private readonly secret: string,
	) {}

	ofItem(itemIndex: number): ItemMemory {
		const fingerprint = (deed: object) =>
			derivePublicId(this.secret, ['creation', itemIndex, JSON.stringify(deed)]);
		return {
			recall: (deed) => this.recall(fingerprint(deed)),
			remember: (deed, remembered) => {
				this.remember(fingerprint(deed), remembered);
			},
		};
	}

	/** To be called when nothing of this run will be tried again. */
	forgetRun(): void {
		const runs = this.context?.[CONTEXT_KEY] as Runs | undefined;
		if (runs === undefined) return;
		delete runs[this.runIndex];
		if (Object.keys(runs).length === 0) delete this.context?.[CONTEXT_KEY];
	}

	private recall(fingerprint: string): Remembered | undefined {
		const runs = this.context?.[CONTEXT_KEY] as Runs | undefined;
		const entry = runs?.[this.runIndex]?.[fingerprint];
		if (entry === undefined) return undefined;
		const [, state, sentAt, publicId] = /^(\w+):(\d+):(.*)$/.exec(entry) ?? [];
		return {
			isSettled: state === 'made',
			publicId: publicId || undefined,
			firstSentAt: Number(sentAt),
		};
	}

	private remember(fingerprint: string, remembered: Remembered): void {
		if (this.context === undefined) return;
		const { isSettled, publicId = '', firstSentAt } = remembered;
		const runs = (this.context[CONTEXT_KEY] ??= {}) as Runs;
		const entries = (runs[this.runIndex] ??= {});
		entries[fingerprint] = `${isSettled ? 'made' : 'unclear'}:${firstSentAt}:${publicId}`;
	}
}

/** Entries by fingerprint, by run index. */
type Runs = Record<number, Record<string, string>>;
