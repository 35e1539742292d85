import type { FastifyRequest } from 'fastify';

import type { PageRequest } from './pagination.cts';

/** One API request, parsed as far as its handler needs it. */
export interface ApiRequest {
	method: string;
	/** Without the query. */
	path: string;
	query: PageRequest & Record<string, string | undefined>;
	authorization: string | undefined;
	/** Undefined if the request had none; a SyntaxError if it was no JSON. */
	body: unknown;
	/** The stand-in's own address, with its base path. */
	endpoint: string;
}

/** Where a list's next page is, without its place in it. */
export function listUrl({ path, query, endpoint }: ApiRequest): string {
	const kept = Object.entries(query).filter(([name]) => name !== 'cursor' && name !== 'per_page');
	const search = new URLSearchParams(
		kept.map(([name, value = '']): [string, string] => [name, value]),
	).toString();
	return `${endpoint}${path}${search === '' ? '' : `?${search}`}`;
}

/** A request's body as it came. */
export function rawBody(request: FastifyRequest): Buffer {
	return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}
