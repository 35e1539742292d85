import type { IExecuteFunctions } from 'n8n-workflow';

const TEXTS = {
	duplicateLeft:
		'Another run made a key for the same purpose at the same moment. That one is returned; the one made here is superfluous and could not be deleted (deleting needs project:admin). Delete it in Sentry',
	fieldsIgnored:
		'Sentry did not store every setting as asked; older servers do not know all loader options',
	idempotencyKeyIgnored:
		"This Sentry does not let the node choose a key's public ID, so 'Idempotency Key' has no effect: running the same job again makes another key",
	keyWasGone: 'There was no such client key (any more), so nothing was deleted',
	oldKeyKept:
		'The old client key was inactive, and so is the new one. As the new one was not proved to work, the old one was kept',
	projectsLeftOut: 'The token may not read the client keys of some projects; they are left out',
	rateLimitIgnored:
		"Sentry stored no rate limit, although one was asked for. The organization's plan may not include rate limits for client keys; the keys work without one",
	rotatedBefore:
		'The client key was rotated before, within the last 24 hours or with the old key deleted. The key made then is returned, and no other one was made',
	usageUnavailable: "This Sentry does not tell the usage of its client keys; 'usage' is null",
} as const;

export type Notice = keyof typeof TEXTS;

const ITEMS_NAMED = 10;

/** What the user should know about a run that succeeded; each is shown once, with its items. */
export class Notices {
	private readonly items = new Map<Notice, Map<number, string | undefined>>();

	/** @param about what it is about in that item, such as a key's ID */
	add(notice: Notice, itemIndex: number, about?: string): void {
		const items = this.items.get(notice) ?? new Map<number, string | undefined>();
		this.items.set(notice, items.set(itemIndex, about));
	}

	/** Shows them above the node's output in the editor. */
	show(node: IExecuteFunctions): void {
		for (const [notice, items] of this.items) {
			node.addExecutionHints({
				message: `${TEXTS[notice]} (${itemList([...items.keys()], items)}).`,
				type: 'warning',
				location: 'outputPane',
			});
		}
	}
}

/**
 * "item 3", "items 0, 1, 2", "items 0, 1, … and 40 more".
 *
 * @param about what to say of an item, in words: "item 3: web-app"
 */
export function itemList(items: number[], about?: ReadonlyMap<number, string | undefined>): string {
	const sorted = [...items].sort((a, b) => a - b);
	const named = sorted.slice(0, ITEMS_NAMED).map((item) => {
		const word = about?.get(item);
		return word === undefined ? String(item) : `${item}: ${word}`;
	});
	const separator = about !== undefined && named.some((name) => name.includes(':')) ? '; ' : ', ';
	const rest = sorted.length - ITEMS_NAMED;
	return `${sorted.length === 1 ? 'item' : 'items'} ${named.join(separator)}${rest > 0 ? ` and ${rest} more` : ''}`;
}
