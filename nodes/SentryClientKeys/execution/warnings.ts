import type { IExecuteFunctions } from 'n8n-workflow';

import { WARNINGS } from '../operations/warningTexts';
import type { WarningCode } from '../operations/warningTexts';
import type { Row } from '../results/types';

const ITEMS_NAMED = 10;

/** What the user should know about a run that succeeded, by code and item. */
export class Warnings {
	private readonly items = new Map<WarningCode, Map<number, string | undefined>>();

	/** @param about what it is about in that item, such as a key's ID */
	add(code: WarningCode, itemIndex: number, about?: string): void {
		const items = this.items.get(code) ?? new Map<number, string | undefined>();
		this.items.set(code, items.set(itemIndex, about));
	}

	/** An item's rows, the last one with a column for the item's warnings, if there are any. */
	addTo(rows: Row[], itemIndex: number): Row[] {
		const warnings = [...this.items]
			.filter(([, items]) => items.has(itemIndex))
			.map(([code, items]) => {
				const about = items.get(itemIndex);
				return { code, message: `${WARNINGS[code]}${about === undefined ? '' : `: ${about}`}.` };
			});
		const last = rows.at(-1);
		if (warnings.length === 0 || last === undefined) return rows;
		return [...rows.slice(0, -1), { ...last, warnings }];
	}

	/** Shows each once, with its items, above the node's output in the editor. */
	show(node: IExecuteFunctions): void {
		for (const [code, items] of this.items) {
			node.addExecutionHints({
				message: `${WARNINGS[code]} (${itemList([...items.keys()], items)}).`,
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
