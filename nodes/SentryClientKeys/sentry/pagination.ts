import type { ApiResponse, ApiCall, SentryClient } from './client';
import { SentryError } from './errors';
import { isRecord } from './json';

/** A list of 100,000: longer ones are taken for a server that leads round in a circle. */
const MOST_PAGES = 1000;

/** How many pages a drop-down reads in search of a match before it asks for more. */
export const SEARCH_PAGES = 10;

/** One page of a list as the server answered it. */
export interface ListPage<Entry> extends ApiResponse<Entry[]> {
	/** The cursor of the page after it; undefined on the last one. */
	next: string | undefined;
}

/** One page as a drop-down shows it; `next` continues it. */
export interface Page<Entry> {
	entries: Entry[];
	next?: string;
}

/** What of a list is wanted. */
export interface Selection<Entry, Wanted> {
	/** What an entry gives; nothing if it is not wanted. */
	select: (entry: Entry) => Wanted[];
	/** What tells one from another: while a list is read, new entries move others to the next page. */
	idOf: (wanted: Wanted) => string;
	/** At most so many; all without it. */
	limit?: number | undefined;
	/** Whether the server sends nothing else, so that another page is more of what is wanted. */
	isSelectedByServer?: boolean;
	/** Whether what was read is enough to tell the first `limit`; without it, so many of them are. */
	isEnough?: (found: Wanted[]) => boolean;
}

/** What was found in a list. */
export interface Found<Wanted> {
	/** In the order in which they came; the last page may bring more than the limit. */
	found: Wanted[];
	/** The requests that it took. */
	responses: ApiResponse[];
	/** Whether there are more than the limit. */
	isCut: boolean;
}

/**
 * The pages of a list, each asked for when the one before it was taken. A page that holds nothing new is
 * the last one, whatever the server says of a next.
 *
 * @param from the cursor of the first page
 * @throws SentryError also where the list does not end
 */
export async function* pagesOf<Entry>(
	sentry: SentryClient,
	call: ApiCall,
	from?: string,
): AsyncGenerator<ListPage<Entry>, void, undefined> {
	let cursor = from;
	const seen = new Set(from === undefined ? [] : [from]);
	const entries = new Set<unknown>();
	do {
		const page = await sentry.request<Entry[]>({
			...call,
			query: { ...call.query, ...(cursor !== undefined && { cursor }) },
		});
		const known = entries.size;
		for (const entry of page.body) entries.add(isRecord(entry) ? (entry.id ?? entry) : entry);
		cursor = entries.size === known ? undefined : nextCursor(page.headers.link);
		yield { ...page, next: cursor };
		if (page.headers.link === undefined && page.body.length >= Number(call.query?.per_page)) {
			throw new SentryError(
				`Sentry did not ${call.subject.action}: whether there are more is not known`,
				'The page is full, and the response has no Link header, which leads to the next one. Let the proxy between n8n and Sentry pass that header on.',
				{ code: 'unexpected_response' },
			);
		}
		if (cursor !== undefined && (seen.has(cursor) || seen.size >= MOST_PAGES)) {
			throw new SentryError(
				`Sentry did not ${call.subject.action}: the list does not end`,
				`After ${seen.size + 1} pages it leads back to one that was read, or on without end. Check what stands between n8n and Sentry.`,
				{ code: 'unexpected_response' },
			);
		}
		if (cursor !== undefined) seen.add(cursor);
	} while (cursor !== undefined);
}

/** Reads a list until it holds what is wanted, and until it is known whether there is more. */
export async function collect<Entry, Wanted>(
	pages: AsyncIterable<ListPage<Entry>>,
	selection: Selection<Entry, Wanted>,
): Promise<Found<Wanted>> {
	const { select, idOf, limit = Infinity, isSelectedByServer = false } = selection;
	const byId = new Map<string, Wanted>();
	const responses: ApiResponse[] = [];
	for await (const { next, ...response } of pages) {
		responses.push(response);
		for (const wanted of response.body.flatMap(select)) byId.set(idOf(wanted), wanted);
		const isCut =
			byId.size > limit || (byId.size === limit && isSelectedByServer && next !== undefined);
		if (isCut && selection.isEnough?.([...byId.values()]) !== false) {
			return { found: [...byId.values()], responses, isCut };
		}
	}
	return { found: [...byId.values()], responses, isCut: byId.size > limit };
}

/** A list that may be empty for want of what it is a list of. */
export interface Settling<List> {
	/** One of its requests. */
	call: ApiCall;
	read: () => Promise<List>;
	/** Whether the server listed nothing. */
	isEmpty: (list: List) => boolean;
	/** Asks for what it is a list of. */
	readOwner: () => Promise<unknown>;
}

/**
 * Reads a list. Not every server refuses to list what does not exist, or what it knows under another name
 * only, so an empty list is believed once its owner was found under the name that it was asked for by.
 *
 * @throws SentryError also where the owner does not exist
 */
export async function settleEmpty<List>(
	sentry: SentryClient,
	{ call, read, isEmpty, readOwner }: Settling<List>,
): Promise<List> {
	const list = await read();
	if (!isEmpty(list)) return list;
	const path = await sentry.names.pathOf(call);
	await readOwner();
	return (await sentry.names.pathOf(call)) === path ? list : await read();
}

/** The first page that holds a match, or the last of those that are read in search of one. */
export async function searchPages<Entry>(
	pages: AsyncIterable<ListPage<Entry>>,
	isWanted: (entry: Entry) => boolean,
): Promise<Page<Entry>> {
	let read = 0;
	for await (const { body, next } of pages) {
		const entries = body.filter(isWanted);
		read += 1;
		if (next === undefined) return { entries };
		if (entries.length > 0 || read === SEARCH_PAGES) return { entries, next };
	}
	return { entries: [] };
}

/**
 * The cursor of the next page, or undefined on the last one.
 *
 * Sentry always sends `rel="next"`, also on the last page, and says with `results` whether there is
 * anything on it. Its URL is built from the server's own idea of its address, which may name another
 * host than the one that was called; only the cursor is used (src/sentry/api/base.py,
 * `build_cursor_link`). GlitchTip sends the form of a Python set, `{'<…>; …, <…>; …'}`.
 *
 * @param link the `Link` header
 */
export function nextCursor(link: string | undefined): string | undefined {
	for (const part of (link ?? '').split(/,\s*(?='?<)/)) {
		const attributes = new Map(
			[...part.matchAll(/;\s*(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
		);
		if (attributes.get('rel') === 'next' && attributes.get('results') === 'true') {
			return attributes.get('cursor');
		}
	}
	return undefined;
}
