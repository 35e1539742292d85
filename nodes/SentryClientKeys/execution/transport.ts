import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import { credentialTypeOf } from '../parameters/authentication';
import type { Authentication } from '../parameters/authentication';
import { CancelledError, SentryError } from '../sentry/errors';
import { readExtraHeaders } from '../sentry/extraHeaders';
import { isRecord } from '../sentry/json';
import { SSRF_BLOCKED } from '../sentry/retryPolicy';
import { readSwitch } from '../sentry/values';
import type { Attempt, HttpRequest, HttpResponse, NoAnswer, Send } from '../sentry/types';

/** Headers and body handling that make n8n's HTTP helper hand over exactly what Sentry sent. */
export const TRANSPORT_OPTIONS = {
	// As text: Sentry labels the JSON of a 429 as text/html, and a web page must not be parsed.
	encoding: 'text',
	returnFullResponse: true,
	// Every status is an answer here; n8n would send what it throws again on 401.
	ignoreHttpStatusErrors: true,
	// A followed 302 turns a POST into a GET, and would carry the token to another host.
	disableFollowRedirect: true,
	sendCredentialsOnCrossOriginRedirect: false,
} satisfies Partial<IHttpRequestOptions>;

/**
 * Sends through n8n's own HTTP helper, so that its proxy, certificate, SSRF, token renewal and
 * cancellation handling apply.
 *
 * @param credentials of the item at hand: left to itself, the helper takes those of the first item (as
 * it always does for OAuth2)
 */
export function transport(
	node: IExecuteFunctions | ILoadOptionsFunctions,
	authentication: Authentication,
	credentials: ICredentialDataDecryptedObject,
): Send {
	const type = credentialTypeOf(authentication);
	const isOAuth2 = authentication === 'oAuth2';
	const way: Way = {
		headers: readExtraHeaders(credentials),
		isInsecure: readSwitch(
			credentials[isOAuth2 ? 'ignoreSSLIssues' : 'ignoreSslIssues'],
			'Ignore SSL Issues',
		),
	};
	const cancelSignal =
		'getExecutionCancelSignal' in node ? node.getExecutionCancelSignal() : undefined;
	return async (request) => {
		if (cancelSignal?.aborted) throw new CancelledError();
		const options = helperOptions(request, way);
		// n8n renews the token of OAuth2 when a 401 is thrown, and then sends the request again. n8n 1.x
		// can only throw all or none.
		if (isOAuth2) options.ignoreHttpStatusErrors = false;
		const attempt = await node.helpers.httpRequestWithAuthentication
			.call(node, type, options, {
				credentialsDecrypted: { id: '', name: '', type, data: credentials },
			})
			.then(answered, isOAuth2 ? thrown : unanswered);
		if ('noAnswer' in attempt && cancelSignal?.aborted) throw new CancelledError(true);
		return attempt;
	};
}

/** What a credential says of the way to its Sentry. */
interface Way {
	headers: Record<string, string>;
	/** Whether a certificate that can't be verified is accepted. */
	isInsecure: boolean | undefined;
}

function helperOptions(
	{ method, url, query, body, timeout }: HttpRequest,
	{ headers, isInsecure = false }: Way,
): IHttpRequestOptions {
	return {
		...TRANSPORT_OPTIONS,
		method,
		url,
		qs: query,
		...(isInsecure && { skipSslCertificateValidation: true }),
		headers: {
			...headers,
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
 * What was thrown under OAuth2: an answer that is no success, no answer at all, or no new token.
 *
 * @throws SentryError if there is no new token; then the request was refused before, and did nothing
 */
function thrown(reason: unknown): Attempt {
	const errors = chainOf(reason);
	const response = errors.map(({ response }) => response).find(isRecord);
	if (typeof response?.status === 'number') {
		return { answer: toHttpResponse(response.status, response.headers, response.data) };
	}
	const noAnswer = readNoAnswer(reason);
	// Only failed connections have a code of the system; a refused renewal has one of n8n's OAuth client.
	if (noAnswer.code !== '' && noAnswer.code !== REFUSED_RENEWAL) return { noAnswer };
	throw new SentryError(
		'Sentry did not renew the access of the OAuth2 credential',
		'Open the credential and connect the account again. The connection may have been revoked in Sentry, or have been unused for too long.',
		{ code: 'invalid_token' },
	);
}

/** `AuthError.code` of @n8n/client-oauth2. */
const REFUSED_RENEWAL = 'EAUTH';

/**
 * The code and the words of a failed connection. n8n wraps axios' error, whose configuration holds the
 * Authorization header: only these two are taken out of it.
 */
export function readNoAnswer(reason: unknown): NoAnswer {
	const errors = chainOf(reason);
	const blocked = errors.find(({ name }) => typeof name === 'string' && /^Ssrf/.test(name));
	if (blocked !== undefined) {
		return { code: SSRF_BLOCKED, reason: 'blocked by the SSRF protection of n8n' };
	}
	const coded = errors.find(({ code }) => typeof code === 'string' && code !== '');
	const root = coded ?? errors.at(-1);
	return {
		code: typeof coded?.code === 'string' ? coded.code : '',
		reason: typeof root?.message === 'string' && root.message !== '' ? root.message : 'no answer',
	};
}

interface ErrorLike {
	name?: unknown;
	code?: unknown;
	message?: unknown;
	cause?: unknown;
	response?: unknown;
}

/** An error, what caused it, and so on. */
function chainOf(reason: unknown): ErrorLike[] {
	const chain: ErrorLike[] = [];
	for (let link = reason; isErrorLike(link) && chain.length < 5; link = link.cause) {
		chain.push(link);
	}
	return chain;
}

function isErrorLike(value: unknown): value is ErrorLike {
	return typeof value === 'object' && value !== null;
}
