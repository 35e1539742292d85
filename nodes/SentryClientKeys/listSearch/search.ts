import { NodeOperationError } from 'n8n-workflow';
import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { realClock } from '../execution/clock';
import { connectEditor } from '../execution/connections';
import { asSentryError } from '../execution/nodeErrors';
import type { SentryClient } from '../sentry/client';
import { SentryError } from '../sentry/errors';
import type { Page } from '../sentry/pagination';

/** Somebody is looking at a drop-down: better a quick word than many tries. */
const PICKER_RETRIES = 2;
const PICKER_TIMEOUT_MS = 15_000;

/** One page of a From List drop-down. */
export interface Search<Entry> {
	/** What n8n passes on: the text typed, and where the page before this one ended. */
	cursor: string | undefined;
	filter: string | undefined;
	list: (sentry: SentryClient) => Promise<Page<Entry>>;
	toItem: (entry: Entry) => INodeListSearchItems;
	/** Told instead of showing an empty list where nothing was searched for. */
	ifEmpty: { message: string; remedy: string };
}

/**
 * Fills a drop-down.
 *
 * @throws NodeOperationError whose message holds the remedy too: the drop-down shows nothing else
 */
export async function search<Entry>(
	node: ILoadOptionsFunctions,
	{ cursor, filter, list, toItem, ifEmpty }: Search<Entry>,
): Promise<INodeListSearchResult> {
	try {
		const { sentry } = await connectEditor(node, {
			clock: realClock(),
			maxConcurrentRequests: 1,
			maxRetries: PICKER_RETRIES,
			timeout: PICKER_TIMEOUT_MS,
		});
		const page = await list(sentry);
		if (page.entries.length === 0 && page.next === undefined && !filter && !cursor) {
			throw new SentryError(ifEmpty.message, ifEmpty.remedy, { code: 'not_found' });
		}
		return {
			results: page.entries.map(toItem),
			...(page.next !== undefined && { paginationToken: page.next }),
		};
	} catch (reason) {
		const { message, remedy } = asSentryError(reason);
		const error = new NodeOperationError(node.getNode(), message, { description: remedy });
		error.message = `${message}. ${remedy}`;
		throw error;
	}
}

/** How the drop-downs show something that has a name and a slug. */
export function labelOf({ name, slug }: { name: string; slug: string }): string {
	return name === slug || name === '' ? slug : `${name} (${slug})`;
}
