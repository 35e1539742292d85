import { SentryError } from './errors';
import { errorText, isSentrys404, quoteText, shortened, withoutQuery } from './errorText';
import { isRecord, parseJson } from './json';
import { quote } from './paths';
import { forbidden, notFound, unauthorized } from './refusals';
import type { Circumstances, Explanation } from './refusals';
import { askedWait } from './rateLimitHeaders';
import { isHttpsOnHttpPort, isSensibleWait, SSRF_BLOCKED } from './retryPolicy';
import type { HttpResponse, NoResponse } from './types';

/**
 * A response that is no success, in the user's words: what happened, Sentry's own text, what to do.
 *
 * The cases are those of Sentry's source (api/bases/project.py, api/authentication.py,
 * middleware/ratelimit.py, hybridcloud/apigateway) and of what stands in front of it.
 */
export function explainResponse(response: HttpResponse, circumstances: Circumstances): SentryError {
	const body = parseJson(response.text);
	const { code, because, remedy, extra } = explanationOf(response, body, circumstances);
	const refused = response.status >= 300;
	// A success of the wrong kind is no text of Sentry's, and may hold a key's secret.
	const sentry = refused ? errorText(body) : '';
	return new SentryError(
		`Sentry did not ${circumstances.subject.action}: ${because} (${response.status})`,
		sentry === '' ? remedy : `Sentry says: ${quoteText(sentry)}. ${remedy}`,
		{
			code,
			status: response.status,
			...(sentry === '' ? {} : { sentry: shortened(sentry) }),
			...extra,
		},
		refused ? response : undefined,
	);
}

/** A request that got no response, in the user's words. */
export function explainNoResponse(
	{ code, reason }: NoResponse,
	{ baseUrl, subject }: Circumstances,
): SentryError {
	const words = code === '' || reason.includes(code) ? reason : `${reason} (${code})`;
	return new SentryError(
		`Sentry did not ${subject.action}: no response from ${baseUrl}`,
		`The connection ended with: ${quoteText(words)}. ${noResponseRemedy({ code, reason })}`,
		{ code: 'unreachable', sentryUrl: baseUrl, reason: shortened(words) },
	);
}

function explanationOf(
	response: HttpResponse,
	body: unknown,
	circumstances: Circumstances,
): Explanation {
	const { status } = response;
	if (status >= 300 && status < 400) return redirected(response, body);
	if (status === 429) return waited(response, RATE_LIMITED, circumstances);
	if (status >= 500 || status === 408) return waited(response, UNAVAILABLE, circumstances);
	// The gateway of sentry.io answers an unknown organization with an empty 404.
	const fromSentry =
		status === 404 ? isSentrys404(body) || response.text.trim() === '' : isRecord(body);
	if (status < 300 || !fromSentry) return unexpected(response, body, circumstances);
	switch (status) {
		case 400:
		case 413:
		case 415:
		case 422:
			return {
				code: 'rejected_fields',
				because: 'it rejected the request',
				remedy: 'Correct what Sentry names, then run the node again.',
				extra:
					isRecord(body) && body.detail === undefined && response.text.length <= LONGEST_FIELDS
						? { fields: body }
						: {},
			};
		case 401:
			return unauthorized(body, circumstances);
		case 403:
			return forbidden(response, body, circumstances);
		case 404:
			return notFound(body, circumstances);
		case 406:
			return {
				code: 'unexpected_response',
				because: 'it has no response in JSON',
				remedy:
					"Check that no proxy between n8n and Sentry changes the Accept header, and that the credential's Sentry URL is Sentry's start page.",
			};
		default:
			return {
				code: 'unexpected_response',
				because: 'it refused the request',
				remedy: "Check the credential's Sentry URL, and whether this Sentry is up to date.",
			};
	}
}

/** A refusal that names fields is kept for programs up to this many characters of JSON. */
const LONGEST_FIELDS = 10_000;

const RATE_LIMITED: Explanation = {
	code: 'rate_limited',
	because: 'it received too many requests',
	remedy:
		"This request changed nothing. In the node's options, lower 'Max Concurrent Requests' or raise 'Max Retries', or let fewer workflows call Sentry at the same time.",
};

const UNAVAILABLE: Explanation = {
	code: 'sentry_unavailable',
	because: 'it is not able to answer right now',
	remedy:
		"Run the node again later. If it goes on, check Sentry's status page or your server's logs.",
};

/** The same, naming a wait that was too long to be waited out. */
function waited(
	response: HttpResponse,
	explanation: Explanation,
	{ now }: Circumstances,
): Explanation {
	const asked = askedWait(response, now);
	if (asked === undefined || isSensibleWait(asked.milliseconds)) return explanation;
	const { milliseconds, header } = asked;
	const isReadable = milliseconds > 0 && milliseconds <= 400 * 86_400_000;
	return {
		...explanation,
		remedy: `${
			isReadable
				? `The server asks to wait ${inWords(milliseconds)}, and the node waits two minutes at most.`
				: `The time that the server asks to wait for makes no sense (${quoteText(header)}).`
		} ${explanation.remedy}`,
		extra: { ...(isReadable && { retryAfterMs: milliseconds }), retryAfter: shortened(header) },
	};
}

function inWords(milliseconds: number): string {
	const minutes = Math.ceil(milliseconds / 60_000);
	if (minutes < 120) return `${minutes} minutes`;
	const hours = Math.ceil(minutes / 60);
	return hours < 48 ? `${hours} hours` : `${Math.ceil(hours / 24)} days`;
}

/** A renamed project answers 302 with the new slug in the body (api/bases/project.py). */
function redirected(response: HttpResponse, body: unknown): Explanation {
	const slug = isRecord(body) && typeof body.slug === 'string' ? shortened(body.slug) : '';
	if (slug !== '') {
		return {
			code: 'renamed_project',
			because: 'the project was renamed',
			remedy: `The project is now called ${quote(slug)}. This request changed nothing. Enter the new slug, or the project's ID, which stays the same.`,
			extra: { newSlug: slug },
		};
	}
	const location = shortened(withoutQuery(response.headers.location ?? ''));
	const { because, remedy } = destinationOf(location);
	return {
		code: 'redirected',
		because,
		remedy: `Nothing was sent there${location === '' ? '' : `: ${quote(location)}`}. ${remedy}`,
		extra: location === '' ? {} : { location },
	};
}

/** Where access proxies send those that they do not know. */
const ACCESS_PROXY =
	/\.cloudflareaccess\.com\/|\/cdn-cgi\/access\/|\/\/accounts\.google\.com\/|\/\/login\.microsoftonline\.com\/|\.(?:okta|auth0|onelogin|pomerium)\.(?:com|app)\/|\/oauth2\/(?:start|sign_in|authorize)|\/\.pomerium\/|\/outpost\.goauthentik\.io\//i;
/** Sentry's own log-in page, with or without an organization (src/sentry/web/urls.py). */
const LOGIN_PAGE = /\/auth\/(?:login|sso)(?:\/|$)|\/login\/?$/i;

function destinationOf(location: string): Pick<Explanation, 'because' | 'remedy'> {
	if (ACCESS_PROXY.test(location)) {
		return {
			because: 'an access proxy in front of it wants a log-in',
			remedy:
				"That page is not your Sentry's new address. Enter the headers that the proxy wants in the credential ('Header Name 1', 'Header Value 1'), or let requests from n8n's address through to Sentry's API (the paths under /api/0/).",
		};
	}
	if (LOGIN_PAGE.test(location)) {
		return {
			because: 'it wants a log-in',
			remedy:
				"That page is not your Sentry's new address. The organization seems to require single sign-on: sign in to Sentry that way as the token's user and make a new token, or use the token of an internal integration, which needs no log-in.",
		};
	}
	return {
		because: 'the address redirects elsewhere',
		remedy:
			'In the credential, enter the Sentry URL that the redirect leads to, if it is your Sentry.',
	};
}

function unexpected(
	{ status, text }: HttpResponse,
	body: unknown,
	{ baseUrl }: Circumstances,
): Explanation {
	const what =
		text.trim() === ''
			? 'empty'
			: /^\s*<(?:!doctype|html)/i.test(text)
				? 'a web page'
				: body === undefined
					? 'text that is not (or not complete) JSON'
					: Array.isArray(body)
						? 'a list'
						: isRecord(body)
							? 'an object of another kind'
							: 'a single value';
	return {
		code: 'unexpected_response',
		because: `the response is ${what}, not what Sentry's API sends`,
		remedy: `Check that ${baseUrl} is the address of Sentry itself and that no log-in page, proxy or firewall answers in its place.${status === 403 ? ' It may block the address that n8n calls from: allow that there.' : ''}`,
		extra: { response: what },
	};
}

function noResponseRemedy({ code, reason }: NoResponse): string {
	if (isHttpsOnHttpPort({ code, reason })) {
		return "Nothing was sent: this port does not speak https. In the credential's Sentry URL, use http:// for this port, or enter the port of https.";
	}
	switch (code) {
		case SSRF_BLOCKED:
			return "n8n's administrator can allow a Sentry in a private network with the environment variable N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES.";
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
			return "Check the host name in the credential's Sentry URL, and this machine's DNS.";
		case 'ECONNREFUSED':
			return "Check the credential's Sentry URL and port, and that Sentry is running and reachable from n8n.";
		case 'ECONNABORTED':
		case 'ETIMEDOUT':
			return "Sentry took too long. Run the node again, or raise 'Timeout' in the node's options.";
		case 'DEPTH_ZERO_SELF_SIGNED_CERT':
		case 'SELF_SIGNED_CERT_IN_CHAIN':
		case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
		case 'CERT_HAS_EXPIRED':
			return "n8n does not trust the server's certificate. Make n8n trust it with the environment variable NODE_EXTRA_CA_CERTS, or switch on 'Ignore SSL Issues (Insecure)' in the credential.";
		default:
			return 'Check the network between n8n and Sentry (proxy, firewall), then run the node again.';
	}
}
