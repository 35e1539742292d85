/** An answer of the API before it is written to the wire. */
export interface ApiAnswer {
	status: number;
	/** Sent as JSON; undefined for an answer without a body. */
	body?: unknown;
	/** Sent as it is, in the place of `body`. */
	text?: string;
	headers?: Record<string, string>;
}

const HTML = { 'Content-Type': 'text/html; charset=utf-8' };

export function detail(status: number, text: string, headers?: Record<string, string>): ApiAnswer {
	return { status, body: { detail: text }, ...(headers !== undefined && { headers }) };
}

/** A web page, or text under the name of one. */
export function page(status: number, text: string): ApiAnswer {
	return { status, text, headers: HTML };
}
