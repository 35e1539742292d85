import { detail } from './answers.cts';
import type { ApiAnswer } from './answers.cts';

export interface PageRequest {
	per_page?: string;
	cursor?: string;
}

const DEFAULT_PER_PAGE = 10;

/**
 * One page with Sentry's `Link` header (api/base.py `build_cursor_link`): both relations always, and
 * `results` to say whether there is anything behind them.
 *
 * @param perPage where the endpoint's default is not 10
 */
export function paginate<T>(
	all: T[],
	{ per_page, cursor }: PageRequest,
	url: string,
	serialize: (record: T) => object,
	perPage = DEFAULT_PER_PAGE,
): ApiAnswer {
	const size = per_page === undefined ? perPage : Number(per_page);
	if (Number.isNaN(size)) return detail(400, 'Invalid per_page parameter.');
	if (!Number.isInteger(size) || size < 1 || size > 100) {
		return detail(400, 'Invalid per_page value. Must be between 1 and 100.');
	}
	const parts = /^(\d+):(\d+):([01])$/.exec(cursor ?? `${size}:0:0`);
	if (parts === null) return detail(400, 'Invalid cursor parameter.');
	const start = cursor === undefined ? 0 : Number(parts[2]) * size;
	const page = Math.floor(start / size);
	const link = (rel: string, to: number, results: boolean) => {
		const at = `${size}:${Math.max(0, to)}:${rel === 'previous' ? 1 : 0}`;
		return `<${url}${url.includes('?') ? '' : '?'}&cursor=${at}>; rel="${rel}"; results="${results}"; cursor="${at}"`;
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
