import { detail } from '../responses.cts';
import type { ApiResponse } from '../responses.cts';
import type { Dialect } from '../dialect.cts';
import type { Tokens } from '../tokens.cts';
import type { OrganizationRecord, TokenRecord } from '../types.cts';

const CHALLENGE = { 'WWW-Authenticate': 'xBasic realm="api"' };

/** The bearer of a request, or the 401 that it gets (api/authentication.py). */
export function authenticate(
	authorization: string | undefined,
	tokens: Tokens,
): TokenRecord | ApiResponse {
	const [scheme = '', value, ...more] = (authorization ?? '').trim().split(/\s+/);
	if (scheme.toLowerCase() === 'basic') return detail(401, 'API key is not valid', CHALLENGE);
	if (scheme.toLowerCase() !== 'bearer') {
		return detail(401, 'Authentication credentials were not provided.', CHALLENGE);
	}
	if (value === undefined) {
		return detail(401, 'Invalid token header. No credentials provided.', CHALLENGE);
	}
	if (more.length > 0) {
		return detail(401, 'Invalid token header. Token string should not contain spaces.', CHALLENGE);
	}
	const token = tokens.find(value);
	if (token === undefined) {
		return detail(
			401,
			value.startsWith('sntrys_') ? 'Invalid org token' : 'Invalid token',
			CHALLENGE,
		);
	}
	return token.expired ? detail(401, 'Token expired', CHALLENGE) : token;
}

export function isToken(value: TokenRecord | ApiResponse): value is TokenRecord {
	return 'scopes' in value;
}

const NO_PERMISSION = 'You do not have permission to perform this action.';
export const FORBIDDEN = detail(403, NO_PERMISSION);

/** The 403 of a token that lacks every one of the scopes. */
export function missingScope(
	token: TokenRecord,
	scopes: string[],
	{ scopeChallenge }: Dialect,
): ApiResponse | undefined {
	if (scopes.some((scope) => token.scopes.includes(scope))) return undefined;
	if (!scopeChallenge) return FORBIDDEN;
	const challenge = `Bearer error="insufficient_scope", scope="${[...scopes].sort().join(' ')}"`;
	return detail(403, NO_PERMISSION, { 'WWW-Authenticate': challenge });
}

/** The 403 of a token whose scopes suffice, but whose user or integration is not let in. */
export function missingAccess(
	token: TokenRecord,
	organization: OrganizationRecord,
	isWrite: boolean,
): ApiResponse | undefined {
	const reaches = token.organizations.includes(organization.slug);
	return reaches && (token.hasObjectAccess || !isWrite) ? undefined : FORBIDDEN;
}
