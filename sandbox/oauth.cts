import { createHash, randomBytes } from 'node:crypto';

import type { Tokens } from './tokens.cts';

/** The one application that is registered; it only exists here. */
export const OAUTH_CLIENT = {
	clientId: 'sandbox-client-id',
	clientSecret: 'sandbox-client-secret',
};

/** Sentry's access tokens last 30 days (src/sentry/models/apitoken.py). */
const LIFETIME_S = 30 * 24 * 60 * 60;

/** Fields of a query or a form. */
export type Fields = Partial<Record<string, string>>;

export type OAuthResponse =
	| { page: string; status: number }
	| { location: string }
	| { status: number; body: object };

interface Grant {
	redirectUri: string;
	scopes: string[];
	/** PKCE, S256; undefined if the client does not use it. */
	challenge: string | undefined;
}

/** Sentry's OAuth2 server, as far as a client gets to see it (src/sentry/web/frontend/oauth_*.py). */
export class OAuth {
	private readonly codes = new Map<string, Grant>();
	/** The access token and the scopes of each refresh token. */
	private readonly refreshTokens = new Map<string, { access: string; scopes: string[] }>();

	constructor(private readonly tokens: Tokens) {}

	/** The page that asks the user. */
	ask({ client_id, redirect_uri, response_type, scope = '' }: Fields): OAuthResponse {
		const isRedirect = redirect_uri !== undefined && URL.canParse(redirect_uri);
		if (client_id !== OAUTH_CLIENT.clientId || response_type !== 'code' || !isRedirect) {
			return { status: 400, page: page('<p>This request is not valid.</p>') };
		}
		const items = scopesOf(scope).map((name) => `<li>${escape(name)}</li>`);
		return {
			status: 200,
			page: page(
				`<p>An application asks for access:</p><ul>${items.join('')}</ul>
<form method="post"><button name="op" value="approve">Approve</button>
<button name="op" value="deny">Deny</button></form>`,
			),
		};
	}

	/** What the user's click leads to. */
	decide(query: Fields, { op }: Fields): OAuthResponse {
		const asked = this.ask(query);
		if (!('page' in asked) || asked.status !== 200) return asked;
		const { redirect_uri: redirectUri = '', scope = '', state, code_challenge: challenge } = query;
		const response = new URL(redirectUri);
		if (state !== undefined) response.searchParams.set('state', state);
		if (op === 'approve') {
			const code = randomBytes(16).toString('hex');
			this.codes.set(code, { redirectUri, scopes: scopesOf(scope), challenge });
			response.searchParams.set('code', code);
		} else {
			response.searchParams.set('error', 'access_denied');
		}
		return { location: response.href };
	}

	/** Exchanges a code, or a refresh token, for tokens. */
	token(form: Fields, authorization: string | undefined): OAuthResponse {
		const grantType = form.grant_type;
		if (!grantType) return refused(400, 'invalid_request');
		if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
			return refused(400, 'unsupported_grant_type');
		}
		const basic = basicCredentials(authorization);
		// One way of telling who one is; two are refused (RFC 6749 §2.3).
		if (basic !== undefined && form.client_id !== undefined) return refused(400, 'invalid_request');
		const { client_id: id, client_secret: secret } = basic ?? form;
		if (id !== OAUTH_CLIENT.clientId || secret !== OAUTH_CLIENT.clientSecret) {
			return refused(401, 'invalid_client');
		}
		return grantType === 'authorization_code' ? this.redeem(form) : this.refresh(form);
	}

	reset(): void {
		this.codes.clear();
		this.refreshTokens.clear();
		this.tokens.reset();
	}

	private redeem({ code = '', redirect_uri, code_verifier }: Fields): OAuthResponse {
		const grant = this.codes.get(code);
		this.codes.delete(code);
		const isGood =
			grant !== undefined &&
			(redirect_uri === undefined || redirect_uri === grant.redirectUri) &&
			(grant.challenge === undefined || grant.challenge === sha256(code_verifier ?? ''));
		return isGood ? this.issue(grant.scopes) : refused(400, 'invalid_grant');
	}

	private refresh({ refresh_token, scope }: Fields): OAuthResponse {
		// Sentry cannot narrow the scopes of a token.
		if (!refresh_token || scope) return refused(400, 'invalid_request');
		const known = this.refreshTokens.get(refresh_token);
		if (known === undefined) return refused(400, 'invalid_grant');
		this.refreshTokens.delete(refresh_token);
		this.tokens.revoke(known.access);
		return this.issue(known.scopes);
	}

	private issue(scopes: string[]): OAuthResponse {
		const { token: access } = this.tokens.issue(scopes);
		const refresh =
			Buffer.from('sandbox-refresh').toString('hex') + randomBytes(16).toString('hex');
		this.refreshTokens.set(refresh, { access, scopes });
		return {
			status: 200,
			body: {
				access_token: access,
				refresh_token: refresh,
				expires_in: LIFETIME_S,
				expires_at: new Date(Date.now() + LIFETIME_S * 1000).toISOString(),
				token_type: 'bearer',
				scope: scopes.join(' '),
				user: { id: '1', name: 'Sandbox Owner', email: 'owner@example.com' },
			},
		};
	}
}

function basicCredentials(authorization = ''): Fields | undefined {
	const [, encoded] = /^basic (.+)$/i.exec(authorization) ?? [];
	if (encoded === undefined) return undefined;
	const [client_id, client_secret] = Buffer.from(encoded, 'base64').toString().split(':');
	return { client_id, client_secret };
}

function refused(status: number, error: string): OAuthResponse {
	return { status, body: { error } };
}

function scopesOf(scope: string): string[] {
	return scope.split(/\s+/).filter((name) => name !== '');
}

function sha256(verifier: string): string {
	return createHash('sha256').update(verifier).digest('base64url');
}

function page(content: string): string {
	return `<!DOCTYPE html><html><head><title>Sentry sandbox</title></head><body><h1>Sentry sandbox</h1>${content}</body></html>`;
}

function escape(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
