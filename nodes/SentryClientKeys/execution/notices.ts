import type { IExecuteFunctions } from 'n8n-workflow';

const TEXTS = {
	rateLimitIgnored:
		"Sentry stored no rate limit, although one was asked for. The organization's plan may not include rate limits for client keys; the keys work without one",
	idempotencyKeyIgnored:
		"This Sentry does not let the node choose a key's public ID, so 'Idempotency Key' has no effect: running the same job again makes another key",
} as const;

export type Notice = keyof typeof TEXTS;

const ITEMS_NAMED = 10;

/** What the user should know about a run that succeeded; each is shown once, with its items. */
export class Notices {
	private readonly items = new Map<Notice, number[]>();

	add(notice: Notice, itemIndex: number): void {
		const items = this.items.get(notice);
		if (items === undefined) this.items.set(notice, [itemIndex]);
		else items.push(itemIndex);
	}

	/** Shows them above the node's output in the editor. */
	show(node: IExecuteFunctions): void {
		for (const [notice, items] of this.items) {
			node.addExecutionHints({
				message: `${TEXTS[notice]} (${itemList(items)}).`,
				type: 'warning',
				location: 'outputPane',
			});
		}
	}
}

/** "item 3", "items 0, 1, 2", "items 0, 1, … and 40 more". */
export function itemList(items: number[]): string {
	const sorted = [...items].sort((a, b) => a - b);
	const named = sorted.slice(0, ITEMS_NAMED).join(', ');
	const rest = sorted.length - ITEMS_NAMED;
	return `${sorted.length === 1 ? 'item' : 'items'} ${named}${rest > 0 ? ` and ${rest} more` : ''}`;
}
