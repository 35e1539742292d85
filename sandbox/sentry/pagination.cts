import { detail } from '../responses.cts';
import type { ApiResponse } from '../responses.cts';
import type { ApiRequest } from '../apiRequest.cts';

/** Records on a page where the client does not say how many, and how few it may say. */
export interface PageSize {
	usual: number;
	least: number;
}

const MOST_PER_PAGE = 100;
const HUNDRED: PageSize = { usual: MOST_PER_PAGE, least: 1 };

/** Where a list's next page is, without its place in it. */
export function listUrl({ path, query, endpoint }: ApiRequest): string {
	const kept = Object.entries(query).filter(([name]) => name !== 'cursor');
	const search = new URLSearchParams(
		kept.map(([name, value = '']): [string, string] => [name, value]),
	).toString();
	return `${endpoint}${path}?${search}`;
}

/**
 * One page with Sentry's `Link` header (api/base.py `build_cursor_link`): both relations always, and
 * `results` to say whether there is anything behind them.
 *
 * @param url where the list is, with the query
 */
export function paginate<T>(
	all: T[],
	{ per_page, cursor }: ApiRequest['query'],
	url: string,
	serialize: (record: T) => object,
	perPage = HUNDRED,
): ApiResponse {
	const size = per_page === undefined ? perPage.usual : Number(per_page);
	if (!Number.isInteger(size)) return detail(400, 'Invalid per_page parameter.');
	if (size < perPage.least || size > MOST_PER_PAGE) {
		const range = perPage.least === 0 ? 'Cannot exceed 100.' : 'Must be between 1 and 100.';
		return detail(400, `Invalid per_page value. ${range}`);
	}
	const parts = /^(\d+):(\d+):([01])$/.exec(cursor ?? `${size}:0:0`);
	if (parts === null) return detail(400, 'Invalid cursor parameter.');
	const start = cursor === undefined ? 0 : Number(parts[2]) * size;
	const page = size === 0 ? 0 : Math.floor(start / size);
	const link = (rel: string, to: number, results: boolean) => {
		const at = `${size}:${Math.max(0, to)}:${rel === 'previous' ? 1 : 0}`;
		return `<${url}&cursor=${at}>; rel="${rel}"; results="${results}"; cursor="${at}"`;
	};
	return {
		status: 200,
		body: all.slice(start, start + size).map(serialize),
		headers: {
			Link: [
				link('previous', page - 1, page > 0),
				link('next', page + 1, start + size < all.length),
			].join(', '),
		},
	};
}
