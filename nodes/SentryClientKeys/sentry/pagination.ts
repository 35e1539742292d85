import type { Answer, ApiCall, SentryClient } from './client';
import { SentryError } from './errors';
import { isRecord } from './json';

/** A list of 100,000: longer ones are taken for a server that leads round in a circle. */
export const MOST_PAGES = 1000;

/** What to say of a list that leads back to a page that was read, or on without end. */
export function endlessList(action: string, pages: number): SentryError {
	return new SentryError(
		`Sentry did not ${action}: the list does not end`,
		`After ${pages} pages it leads back to one that was read, or on without end. Check what stands between n8n and Sentry.`,
		{ code: 'unexpected_answer' },
	);
}

/**
 * The pages of a list, each asked for when the one before it was taken. A page that holds nothing new is
 * the last one, whatever the server says of a next.
 *
 * @throws SentryError also where the list does not end
 */
export async function* pagesOf<T>(
	sentry: SentryClient,
	call: ApiCall,
): AsyncGenerator<Answer<T[]>, void, undefined> {
	let cursor: string | undefined;
	const seen = new Set<string>();
	const entries = new Set<unknown>();
	do {
		const page = await sentry.request<T[]>({
			...call,
			query: { ...call.query, ...(cursor !== undefined && { cursor }) },
		});
		yield page;
		const known = entries.size;
		for (const entry of page.body) entries.add(isRecord(entry) ? (entry.id ?? entry) : entry);
		if (entries.size === known) return;
		cursor = nextCursor(page.headers.link);
		if (cursor !== undefined && (seen.has(cursor) || seen.size >= MOST_PAGES)) {
			throw endlessList(call.subject.action, seen.size + 1);
		}
		if (cursor !== undefined) seen.add(cursor);
	} while (cursor !== undefined);
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
