import { SentryError } from './errors';
import type { ErrorCode } from './errors';
import { isRecord, parseJson } from './json';
import { quote } from './paths';
import { askedWait, isHttpsOnHttpPort, isSensibleWait, SSRF_BLOCKED } from './retryPolicy';
import { isSentrys404, quoteText, errorText, shortened } from './errorText';
import type { TokenKind } from './tokenKind';
import type { HttpResponse, NoAnswer } from './types';

/** What a call was about, for its messages. */
export interface Subject {
	/** Completes "Sentry did not …": "create the client key", "list the projects". */
	action: string;
	/** The token scopes that allow it, in words: "project:write or project:admin". */
	scopes: string;
	organization?: string;
	project?: string;
	keyId?: string;
	team?: string;
}

/** What an explanation depends on besides the answer. */
export interface Circumstances {
	baseUrl: string;
	tokenKind: TokenKind;
	subject: Subject;
	/** This machine's clock, milliseconds since the epoch. */
	now: number;
}

interface Explanation {
	code: ErrorCode;
	/** Completes "Sentry did not <action>: …". */
	because: string;
	remedy: string;
	extra?: Record<string, unknown>;
}

/**
 * An answer that is no success, in the user's words: what happened, Sentry's own text, what to do.
 *
 * The cases are those of Sentry's source (api/bases/project.py, api/authentication.py,
 * middleware/ratelimit.py, hybridcloud/apigateway) and of what stands in front of it.
 */
export function explainAnswer(answer: HttpResponse, circumstances: Circumstances): SentryError {
	const body = parseJson(answer.text);
	const { code, because, remedy, extra } = explanationOf(answer, body, circumstances);
	const refused = answer.status >= 300;
	// A success of the wrong kind is no text of Sentry's, and may hold a key's secret.
	const sentry = refused ? errorText(body) : '';
	return new SentryError(
		`Sentry did not ${circumstances.subject.action}: ${because} (${answer.status})`,
		sentry === '' ? remedy : `Sentry says: ${quoteText(sentry)}. ${remedy}`,
		{
			code,
			status: answer.status,
			...(sentry === '' ? {} : { sentry: shortened(sentry) }),
			...extra,
		},
		refused ? answer : undefined,
	);
}

/** A request that got no answer, in the user's words. */
export function explainNoAnswer(
	{ code, reason }: NoAnswer,
	{ baseUrl, subject }: Circumstances,
): SentryError {
	const words = code === '' || reason.includes(code) ? reason : `${reason} (${code})`;
	return new SentryError(
		`Sentry did not ${subject.action}: no response from ${baseUrl}`,
		`The connection ended with: ${quoteText(words)}. ${noAnswerRemedy({ code, reason })}`,
		{ code: 'unreachable', sentryUrl: baseUrl, reason: shortened(words) },
	);
}

function explanationOf(
	answer: HttpResponse,
	body: unknown,
	circumstances: Circumstances,
): Explanation {
	const { status } = answer;
	if (status >= 300 && status < 400) return redirected(answer, body);
	if (status === 429) return waited(answer, RATE_LIMITED, circumstances);
	if (status >= 500 || status === 408) return waited(answer, UNAVAILABLE, circumstances);
	// The gateway of sentry.io answers an unknown organization with an empty 404.
	const fromSentry =
		status === 404 ? isSentrys404(body) || answer.text.trim() === '' : isRecord(body);
	if (status < 300 || !fromSentry) return unexpected(answer, body, circumstances);
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
					isRecord(body) && body.detail === undefined && answer.text.length <= LONGEST_FIELDS
						? { fields: body }
						: {},
			};
		case 401:
			return bySentryCode(body, 'invalid_token') ?? unauthorized(body, circumstances);
		case 403:
			return (
				bySentryCode(body, 'forbidden') ??
				blocked(errorText(body), circumstances) ??
				forbidden(answer, circumstances)
			);
		case 404:
			return notFound(body, circumstances);
		case 406:
			return {
				code: 'unexpected_answer',
				because: 'it has no answer in JSON',
				remedy:
					"Check that no proxy between n8n and Sentry changes the Accept header, and that the credential's Sentry URL is Sentry's start page.",
			};
		default:
			return {
				code: 'unexpected_answer',
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
	answer: HttpResponse,
	explanation: Explanation,
	{ now }: Circumstances,
): Explanation {
	const asked = askedWait(answer, now);
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
function redirected(answer: HttpResponse, body: unknown): Explanation {
	const slug = isRecord(body) && typeof body.slug === 'string' ? shortened(body.slug) : '';
	if (slug !== '') {
		return {
			code: 'renamed_project',
			because: 'the project was renamed',
			remedy: `The project is now called ${quote(slug)}. This request changed nothing. Enter the new slug, or the project's ID, which stays the same.`,
			extra: { newSlug: slug },
		};
	}
	const location = shortened(withoutQuery(answer.headers.location ?? ''));
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

/** What Sentry's own codes ask for (src/sentry/api/exceptions.py). */
const SENTRY_CODES = new Map<string, Pick<Explanation, 'because' | 'remedy'>>([
	[
		'member-disabled-over-limit',
		{
			because: "the seat of the token's user is switched off",
			remedy:
				"The organization has more members than its plan. Raise the plan or remove members in Sentry, or use an internal integration's token, which needs no seat.",
		},
	],
	[
		'2fa-required',
		{
			because: "the token's user has no two-factor authentication",
			remedy:
				"The organization requires it. Turn it on in the user's settings in Sentry, or use an internal integration's token.",
		},
	],
	[
		'sso-required',
		{
			because: "the token's user has not signed in by single sign-on",
			remedy:
				"Sign in to Sentry that way as the token's user and make a new token, or use an internal integration's token.",
		},
	],
	[
		'email-verification-required',
		{
			because: "the e-mail address of the token's user is not verified",
			remedy: 'Follow the link that Sentry sent to that address, then run the node again.',
		},
	],
	...['superuser-required', 'staff-required'].map(
		(code): [string, Pick<Explanation, 'because' | 'remedy'>] => [
			code,
			{
				because: 'it wants an administrator of the whole server',
				remedy:
					"No token has that right. Choose an organization and project that the token's user belongs to.",
			},
		],
	),
	[
		'sudo-required',
		{
			because: 'it wants the password again',
			remedy: "Use an internal integration's token, which is not asked for one.",
		},
	],
]);

/** `{detail: {code, message, extra}}`: what the user, not the token, has to settle. */
function bySentryCode(body: unknown, code: ErrorCode): Explanation | undefined {
	const detail = isRecord(body) ? body.detail : undefined;
	if (!isRecord(detail)) return undefined;
	const sentryCode = typeof detail.code === 'string' ? shortened(detail.code) : '';
	const { because, remedy } = SENTRY_CODES.get(sentryCode) ?? {
		because: "it does not let the token's user in",
		remedy: 'Settle what Sentry asks for in Sentry itself, then run the node again.',
	};
	const extra = isRecord(detail.extra) ? detail.extra : {};
	const link = [extra.next, extra.loginUrl, extra.url].find((value) => typeof value === 'string');
	return {
		code,
		because,
		remedy,
		extra: {
			...(sentryCode !== '' && { sentryCode }),
			...(typeof link === 'string' && { link: shortened(withoutQuery(link)) }),
		},
	};
}

/** A 403 that is not about rights. */
function blocked(text: string, { baseUrl }: Circumstances): Explanation | undefined {
	if (/suspended/i.test(text)) {
		return {
			code: 'forbidden',
			because: "the token's user is suspended",
			remedy:
				"Ask the server's administrator to lift that, or use the token of another user or of an internal integration.",
		};
	}
	// GlitchTip takes a request whose token it does not know for one of a browser.
	if (/^CSRF check failed/i.test(text)) {
		return { code: 'invalid_token', because: NOT_ACCEPTED, remedy: enterToken(baseUrl) };
	}
	if (/\bIP\b|allow-?list|white-?list/i.test(text)) {
		return {
			code: 'forbidden',
			because: 'it blocks the address that n8n calls from',
			remedy: "Add that address to the allowlist in the organization's or the server's settings.",
		};
	}
	return undefined;
}

const NOT_ACCEPTED = 'it does not accept the token';

function enterToken(baseUrl: string): string {
	return `In the credential, enter a token that is valid on ${baseUrl}: tokens of another Sentry, and of another region, are not.`;
}

function unauthorized(body: unknown, { baseUrl }: Circumstances): Explanation {
	const text = errorText(body);
	const code = 'invalid_token';
	if (/expired/i.test(text)) {
		return {
			code,
			because: NOT_ACCEPTED,
			remedy: 'The token has expired. Make a new one in Sentry and enter it in the credential.',
		};
	}
	if (/organization/i.test(text) && !/invalid/i.test(text)) {
		return {
			code,
			because: 'the token is not for this organization',
			remedy:
				"It belongs to one organization: enter that organization's slug, or use a token of the organization you entered.",
		};
	}
	if (/not provided/i.test(text)) {
		return {
			code,
			because: 'it wants a token',
			remedy:
				'No token arrived: enter one in the credential, and check that no proxy between n8n and Sentry removes the Authorization header.',
		};
	}
	if (/^token not found/i.test(text)) {
		return {
			code,
			because: NOT_ACCEPTED,
			remedy: `${enterToken(baseUrl)} If it belongs to an integration that was uninstalled, install that again in Sentry and use its new token.`,
		};
	}
	if (/inactive or deleted/i.test(text)) {
		return {
			code,
			because: "the token's user or application is switched off or deleted",
			remedy: 'Have it switched on again in Sentry, or enter the token of another one.',
		};
	}
	return { code, because: NOT_ACCEPTED, remedy: enterToken(baseUrl) };
}

function forbidden(answer: HttpResponse, { tokenKind, subject }: Circumstances): Explanation {
	if (tokenKind === 'organization') {
		return {
			code: 'organization_token',
			because: "organization tokens can't manage client keys",
			remedy: `Tokens that start with sntrys_ are made for releases and source maps. Use the token of an internal integration or a personal token with the scope ${subject.scopes}.`,
		};
	}
	// Servers since June 2026 tell a missing scope from a missing right.
	const challenge = answer.headers['www-authenticate'] ?? '';
	if (challenge.includes('insufficient_scope')) {
		return {
			code: 'missing_scope',
			because: 'the token lacks a scope',
			remedy: `The token needs ${subject.scopes}. An internal integration's permissions can be edited in Sentry (${permissionFor(subject.scopes)}); a personal token must be made anew.`,
			extra: { needs: subject.scopes },
		};
	}
	return {
		code: 'forbidden',
		because: 'the token may not do this here',
		remedy: `Check that the token has ${subject.scopes}, and that its user is in the project's team${isForReading(subject.scopes) ? '' : ' with a role above Member'} (Sentry allows what both the token and the role allow). An integration only reaches its own organization.`,
		extra: { needs: subject.scopes },
	};
}

/** What a permission of an internal integration is called that holds one of the scopes. */
function permissionFor(scopes: string): string {
	if (scopes.startsWith('org:')) return 'Organization: Read';
	if (scopes.startsWith('team:')) return 'Team: Read';
	if (isForReading(scopes)) return 'Project: Read';
	return scopes.startsWith('project:admin') ? 'Project: Admin' : 'Project: Read & Write';
}

function isForReading(scopes: string): boolean {
	return scopes.includes(':read');
}

/** What Sentry says where a list is asked for a team that does not exist. */
export const TEAM_NOT_FOUND = 'Team not found';

function notFound(body: unknown, { baseUrl, subject }: Circumstances): Explanation {
	// Servers since October 2025 tell a missing project from a missing key.
	const isProject = isRecord(body) && body.detail === 'Project does not exist';
	const isTeam = subject.team !== undefined && isRecord(body) && body.detail === TEAM_NOT_FOUND;
	const because = isTeam
		? 'the team does not exist'
		: subject.keyId !== undefined && !isProject
			? 'the client key, the project or the organization does not exist'
			: subject.project !== undefined
				? 'the project or the organization does not exist'
				: subject.team !== undefined
					? 'the team or the organization does not exist'
					: subject.organization !== undefined
						? 'the organization does not exist'
						: 'the address does not exist';
	if (isRecord(body) && typeof body.info === 'string') {
		return {
			code: 'not_found',
			because: 'the address does not exist',
			remedy: "Check the credential's Sentry URL: it is the address of Sentry's start page.",
		};
	}
	const names = [
		subject.organization === undefined ? '' : `organization ${quote(subject.organization)}`,
		subject.project === undefined ? '' : `project ${quote(subject.project)}`,
		subject.keyId === undefined ? '' : `client key ${quote(subject.keyId)}`,
		subject.team === undefined ? '' : `team ${quote(subject.team)}`,
	].filter((name) => name !== '');
	const region = /\/\/(?:us|de)\d*\.sentry\.io$/.test(baseUrl)
		? ` ${baseUrl} only knows the organizations of its region; https://sentry.io knows them all.`
		: '';
	if (names.length === 0) {
		return { code: 'not_found', because, remedy: `Check the credential's Sentry URL.${region}` };
	}
	const list =
		subject.keyId !== undefined && !isProject
			? 'Client Key'
			: subject.project === undefined
				? 'Organization'
				: 'Project';
	return {
		code: 'not_found',
		because,
		remedy: `Check ${names.join(', ')}: Sentry wants the slug from the address bar or the ID, not the display name. 'Get Many' of '${list}' lists those that exist.${region}`,
	};
}

function unexpected(
	{ status, text }: HttpResponse,
	body: unknown,
	{ baseUrl }: Circumstances,
): Explanation {
	const what =
		text.trim() === ''
			? 'an empty answer'
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
		code: 'unexpected_answer',
		because: `the response is ${what}, not what Sentry's API sends`,
		remedy: `Check that ${baseUrl} is the address of Sentry itself and that no log-in page, proxy or firewall answers in its place.${status === 403 ? ' It may block the address that n8n calls from: allow that there.' : ''}`,
		extra: { answer: what },
	};
}

/** Log-in redirects carry one-time secrets in their query. */
function withoutQuery(location: string): string {
	return location.replace(/[?#].*$/, '');
}

function noAnswerRemedy({ code, reason }: NoAnswer): string {
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
