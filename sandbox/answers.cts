/** An answer of the API before it is written to the wire. */
export interface ApiAnswer {
	status: number;
	/** Undefined for an answer without a body. */
	body?: unknown;
	headers?: Record<string, string>;
}

export const NOT_FOUND = detail(404, 'The requested resource does not exist');
/** A route that the server does not have: empty, whoever asks (api/catchall.py). */
export const UNKNOWN_ROUTE: ApiAnswer = {
	status: 404,
	headers: { 'Content-Type': 'text/html; charset=utf-8' },
};
export const NO_PROJECT = detail(404, 'Project does not exist');
export const INTERNAL_ERROR: ApiAnswer = {
	status: 500,
	body: { detail: 'Internal Error', errorId: '0'.repeat(32) },
};

export function detail(status: number, text: string, headers?: Record<string, string>): ApiAnswer {
	return { status, body: { detail: text }, ...(headers !== undefined && { headers }) };
}
