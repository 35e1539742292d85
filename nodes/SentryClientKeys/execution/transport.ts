import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import { CancelledError } from '../sentry/errors';
import { isRecord } from '../sentry/json';
import type { Attempt, HttpRequest, HttpResponse, NoAnswer, Send } from '../sentry/types';

/** Headers and body handling that make n8n's HTTP helper hand over exactly what Sentry sent. */
export const TRANSPORT_OPTIONS = {
	// As text: Sentry labels the JSON of a 429 as text/html, and a web page must not be parsed.
	encoding: 'text',
	returnFullResponse: true,
	// Every status is an answer here; thrown ones would be sent again on 401, and lose Sentry's text.
	ignoreHttpStatusErrors: true,
	// A followed 302 turns a POST into a GET, and would carry the token to another host.
	disableFollowRedirect: true,
	sendCredentialsOnCrossOriginRedirect: false,
} satisfies Partial<IHttpRequestOptions>;

/**
 * Sends through n8n's own HTTP helper, so that its proxy, certificate, SSRF and cancellation handling
 * apply.
 *
 * @param credentials of the item at hand: left to itself, the helper takes those of the first item
 */
export function transport(
	node: IExecuteFunctions | ILoadOptionsFunctions,
	credentialType: string,
	credentials: ICredentialDataDecryptedObject,
): Send {
	const cancelSignal =
		'getExecutionCancelSignal' in node ? node.getExecutionCancelSignal() : undefined;
	return async (request) => {
		if (cancelSignal?.aborted) throw new CancelledError();
		const attempt = await node.helpers.httpRequestWithAuthentication
			.call(node, credentialType, helperOptions(request), {
				credentialsDecrypted: { id: '', name: '', type: credentialType, data: credentials },
			})
			.then(answered, unanswered);
		if ('noAnswer' in attempt && cancelSignal?.aborted) throw new CancelledError();
		return attempt;
	};
}

function helperOptions({ method, url, query, body, timeout }: HttpRequest): IHttpRequestOptions {
	return {
		...TRANSPORT_OPTIONS,
		method,
		url,
		qs: query,
		headers: {
			Accept: 'application/json',
			...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
		},
		body,
		timeout,
	};
}

function answered(response: IN8nHttpFullResponse): Attempt {
	return { answer: toHttpResponse(response.statusCode, response.headers, response.body) };
}

/** n8n's or axios' response as the client wants it. */
export function toHttpResponse(status: number, headers: unknown, body: unknown): HttpResponse {
	return {
		status,
		headers: isRecord(headers)
			? Object.fromEntries(
					Object.entries(headers).map(([name, value]) => [
						name.toLowerCase(),
						Array.isArray(value) ? value.join(', ') : String(value),
					]),
				)
			: {},
		text: typeof body === 'string' ? body : '',
	};
}

function unanswered(reason: unknown): Attempt {
	return { noAnswer: readNoAnswer(reason) };
}

/**
 * The code and the words of a failed connection. n8n wraps axios' error, whose configuration holds the
 * Authorization header: only these two are taken out of it.
 */
export function readNoAnswer(reason: unknown): NoAnswer {
	const chain: unknown[] = [reason];
	for (let link = reason; isErrorLike(link) && link.cause !== undefined && chain.length < 5; ) {
		link = link.cause;
		chain.push(link);
	}
	const errors = chain.filter(isErrorLike);
	const coded = errors.find(({ code }) => typeof code === 'string' && code !== '');
	const root = coded ?? errors.at(-1);
	return {
		code: typeof coded?.code === 'string' ? coded.code : '',
		reason: typeof root?.message === 'string' && root.message !== '' ? root.message : 'no answer',
	};
}

function isErrorLike(
	value: unknown,
): value is { code?: unknown; message?: unknown; cause?: unknown } {
	return typeof value === 'object' && value !== null;
}
