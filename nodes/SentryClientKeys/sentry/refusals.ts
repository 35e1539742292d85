import type { ErrorCode } from './errors';
import { errorText, shortened, withoutQuery } from './errorText';
import { isRecord } from './json';
import { quote } from './paths';
import type { TokenKind } from './tokenKind';
import type { HttpResponse, Subject } from './types';

/** What an explanation depends on besides the response. */
export interface Circumstances {
	baseUrl: string;
	tokenKind: TokenKind;
	subject: Subject;
	/** This machine's clock, milliseconds since the epoch. */
	now: number;
}

/** The parts of a message that depend on the response. */
export interface Explanation {
	code: ErrorCode;
	/** Completes "Sentry did not <action>: …". */
	because: string;
	remedy: string;
	extra?: Record<string, unknown>;
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

/** Why a 401 came: what the token is, or what its user has to settle (api/authentication.py). */
export function unauthorized(body: unknown, { baseUrl }: Circumstances): Explanation {
	const bySentry = bySentryCode(body, 'invalid_token');
	if (bySentry !== undefined) return bySentry;
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

/** Why a 403 came: rights, or whoever else keeps the request out (api/bases/project.py). */
export function forbidden(
	response: HttpResponse,
	body: unknown,
	circumstances: Circumstances,
): Explanation {
	return (
		bySentryCode(body, 'forbidden') ??
		blocked(errorText(body), circumstances) ??
		withoutRight(response, circumstances)
	);
}

function withoutRight(response: HttpResponse, { tokenKind, subject }: Circumstances): Explanation {
	if (tokenKind === 'organization') {
		return {
			code: 'organization_token',
			because: "organization tokens can't manage client keys",
			remedy: `Tokens that start with sntrys_ are made for releases and source maps. Use the token of an internal integration or a personal token with the scope ${subject.scopes}.`,
		};
	}
	// Servers since June 2026 tell a missing scope from a missing right.
	const challenge = response.headers['www-authenticate'] ?? '';
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

/** What a 404 of Sentry's own may mean does not exist, with the names that were sent. */
export function notFound(body: unknown, { baseUrl, subject }: Circumstances): Explanation {
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
