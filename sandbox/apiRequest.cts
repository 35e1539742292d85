import type { FastifyRequest } from 'fastify';

/** One API request, parsed as far as every server needs it. */
export interface ApiRequest {
	method: string;
	/** Without the query. */
	path: string;
	/** The query as it came, without the question mark. */
	search: string;
	query: Record<string, string | undefined>;
	authorization: string | undefined;
	/** What else of the headers decides on the response. */
	headers: { accept?: string | undefined; origin?: string | undefined };
	/** Undefined if the request names none. */
	contentType: string | undefined;
	/** The body as it came. */
	text: string;
	/** The stand-in's own address, with its base path. */
	endpoint: string;
}

/** Takes a request apart. */
export function apiRequest(request: FastifyRequest, basePath: string): ApiRequest {
	const [path = '', search = ''] = request.url.slice(basePath.length).split('?');
	const { accept, origin, authorization, host = '' } = request.headers;
	return {
		method: request.method,
		path,
		search,
		query: request.query as ApiRequest['query'],
		authorization,
		headers: { accept, origin },
		contentType: request.headers['content-type'],
		text: rawBody(request).toString(),
		endpoint: `http://${host}${basePath}`,
	};
}

/** A request's body as it came. */
export function rawBody(request: FastifyRequest): Buffer {
	return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}
