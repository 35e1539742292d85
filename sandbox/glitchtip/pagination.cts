import type { ApiResponse } from '../responses.cts';
import type { ApiRequest } from '../apiRequest.cts';
import { json } from './responses.cts';
import { BAD_CURSOR } from './validation.cts';

/** Whatever the client asks for. */
const PER_PAGE = 50;

/**
 * One page, with its neighbours in a `Link` header that is the printed form of a Python set
 * (recorded from GlitchTip of December 2025).
 */
export function paginate<T>(
	all: T[],
	request: ApiRequest,
	serialize: (record: T) => object,
): ApiResponse {
	const { cursor } = request.query;
	const start = cursor === undefined ? 0 : startOf(cursor);
	if (start === undefined) return json(422, { detail: [BAD_CURSOR] });
	const end = start + PER_PAGE;
	const { status, body, headers } = json(200, all.slice(start, end).map(serialize));
	const link = [
		relation(request, 'previous', start > 0 ? start - PER_PAGE : undefined),
		relation(request, 'next', end < all.length ? end : undefined),
	].join(', ');
	return { status, body, headers: { ...headers, Link: `{'${link}'}` } };
}

function relation({ endpoint, path, search }: ApiRequest, rel: string, start?: number): string {
	const kept = search.split('&').filter((pair) => pair !== '' && !pair.startsWith('cursor='));
	const cursor = start === undefined ? undefined : cursorAt(start);
	// Without a cursor the query stays as it came; with one it is written anew, in order.
	const pairs = cursor === undefined ? kept : [`cursor=${cursor}`, ...kept].sort();
	const query = pairs.join('&');
	const url = `${endpoint}${path}${query === '' ? '' : `?${query}`}`;
	const place = cursor === undefined ? '' : `; cursor="${cursor}"`;
	return `<${url}>; rel="${rel}"; results="${cursor !== undefined}"${place}`;
}

function cursorAt(start: number): string {
	return Buffer.from(`p=${start}`).toString('base64url');
}

function startOf(cursor: string): number | undefined {
	const [, start] = /^p=(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
	return start === undefined ? undefined : Number(start);
}
