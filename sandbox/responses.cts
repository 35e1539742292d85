/** A response of the API before it is written to the wire. */
export interface ApiResponse {
	status: number;
	/** Sent as JSON; undefined for a response without a body. */
	body?: unknown;
	/** Sent as it is, in the place of `body`. */
	text?: string;
	headers?: Record<string, string>;
}

const HTML = { 'Content-Type': 'text/html; charset=utf-8' };

export function detail(
	status: number,
	text: string,
	headers?: Record<string, string>,
): ApiResponse {
	return { status, body: { detail: text }, ...(headers !== undefined && { headers }) };
}

/** A web page, or text under the name of one. */
export function page(status: number, text: string): ApiResponse {
	return { status, text, headers: HTML };
}
