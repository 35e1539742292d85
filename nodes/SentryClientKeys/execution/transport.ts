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
import { quoteText } from '../sentry/errorText';
import { readExtraHeaders } from '../sentry/extraHeaders';
import { isRecord } from '../sentry/json';
import { SSRF_BLOCKED } from '../sentry/retryPolicy';
import { readSwitch } from '../sentry/values';
import type { Attempt, HttpRequest, HttpResponse, NoResponse, Send } from '../sentry/types';

/** Headers and body handling that make n8n's HTTP helper hand over exactly what Sentry sent. */
export const TRANSPORT_OPTIONS = {
	// As text: Sentry labels the JSON of a 429 as text/html, and a web page must not be parsed.
	encoding: 'text',
	returnFullResponse: true,
	// Every status is a response here; n8n would send what it throws again on 401.
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
		return await node.helpers.httpRequestWithAuthentication
			.call(node, type, options, {
				credentialsDecrypted: { id: '', name: '', type, data: credentials },
			})
			.then(answered, (reason: unknown): Attempt => {
				if (cancelSignal?.aborted) throw new CancelledError(true);
				return isOAuth2 ? thrown(reason, request.url) : { noResponse: readNoResponse(reason) };
			});
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
	return { response: toHttpResponse(response.statusCode, response.headers, response.body) };
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

/**
 * What was thrown under OAuth2: a response that is no success, no response at all, or no new token.
 *
 * @param url of the request; what the renewal of the token got is no response to that
 * @throws SentryError if there is no new token: the request was refused for the old one, and did nothing
 */
function thrown(reason: unknown, url: string): Attempt {
	const errors = chainOf(reason);
	const own = errors.find(({ config }) => isRecord(config) && config.url === url);
	if (isRecord(own?.response) && typeof own.response.status === 'number') {
		const { status, headers, data } = own.response;
		return { response: toHttpResponse(status, headers, data) };
	}
	const noResponse = readNoResponse(reason);
	if (own !== undefined || noResponse.code === SSRF_BLOCKED) return { noResponse };
	throw notRenewed(errors.some(({ config }) => isRecord(config)) ? noResponse.reason : undefined);
}

/** @param failure of the connection to the token's address; without one, Sentry refused the renewal */
function notRenewed(failure?: string): SentryError {
	const message = 'Sentry did not renew the access of the OAuth2 credential';
	return failure === undefined
		? new SentryError(
				message,
				'Open the credential and connect the account again. The connection may have been revoked in Sentry, or have been unused for too long.',
				{ code: 'invalid_token' },
			)
		: new SentryError(
				message,
				`The renewal ended with: ${quoteText(failure)}. Run the node again later. If it goes on, check that n8n reaches the address /oauth/token/ of your Sentry.`,
				{ code: 'sentry_unavailable' },
			);
}

/**
 * The code and the words of a failed connection. n8n wraps axios' error, whose configuration holds the
 * Authorization header: only these two are taken out of it.
 */
export function readNoResponse(reason: unknown): NoResponse {
	const errors = chainOf(reason);
	const blocked = errors.find(({ name }) => typeof name === 'string' && /^Ssrf/.test(name));
	if (blocked !== undefined) {
		return { code: SSRF_BLOCKED, reason: 'blocked by the SSRF protection of n8n' };
	}
	const coded = errors.find(({ code }) => typeof code === 'string' && code !== '');
	const root = coded ?? errors.at(-1);
	return {
		code: typeof coded?.code === 'string' ? coded.code : '',
		reason: typeof root?.message === 'string' && root.message !== '' ? root.message : 'no response',
	};
}

interface ErrorLike {
	name?: unknown;
	code?: unknown;
	message?: unknown;
	cause?: unknown;
	/** Axios' own: of which request it is. */
	config?: unknown;
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
