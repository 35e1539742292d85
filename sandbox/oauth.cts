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

export type OAuthAnswer =
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
	ask({ client_id, redirect_uri, response_type, scope = '' }: Fields): OAuthAnswer {
		if (client_id !== OAUTH_CLIENT.clientId || response_type !== 'code' || !redirect_uri) {
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
	decide(query: Fields, { op }: Fields): OAuthAnswer {
		const asked = this.ask(query);
		if (!('page' in asked) || asked.status !== 200) return asked;
		const { redirect_uri: redirectUri = '', scope = '', state, code_challenge: challenge } = query;
		const answer = new URL(redirectUri);
		if (state !== undefined) answer.searchParams.set('state', state);
		if (op === 'approve') {
			const code = randomBytes(16).toString('hex');
			this.codes.set(code, { redirectUri, scopes: scopesOf(scope), challenge });
			answer.searchParams.set('code', code);
		} else {
			answer.searchParams.set('error', 'access_denied');
		}
		return { location: answer.href };
	}

	/** Exchanges a code, or a refresh token, for tokens. */
	token(form: Fields, authorization: string | undefined): OAuthAnswer {
		if (!isClient(form, authorization)) return refused(401, 'invalid_client');
		if (form.grant_type === 'authorization_code') return this.redeem(form);
		if (form.grant_type === 'refresh_token') return this.refresh(form);
		return refused(400, 'unsupported_grant_type');
	}

	reset(): void {
		this.codes.clear();
		this.refreshTokens.clear();
		this.tokens.reset();
	}

	private redeem({ code = '', redirect_uri, code_verifier }: Fields): OAuthAnswer {
		const grant = this.codes.get(code);
		this.codes.delete(code);
		const isGood =
			grant !== undefined &&
			(redirect_uri === undefined || redirect_uri === grant.redirectUri) &&
			(grant.challenge === undefined || grant.challenge === sha256(code_verifier ?? ''));
		return isGood ? this.issue(grant.scopes) : refused(400, 'invalid_grant');
	}

	private refresh({ refresh_token = '' }: Fields): OAuthAnswer {
		const known = this.refreshTokens.get(refresh_token);
		if (known === undefined) return refused(400, 'invalid_grant');
		this.refreshTokens.delete(refresh_token);
		this.tokens.revoke(known.access);
		return this.issue(known.scopes);
	}

	private issue(scopes: string[]): OAuthAnswer {
		const { token: access } = this.tokens.issue(scopes);
		const refresh = randomBytes(32).toString('hex');
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

function isClient(form: Fields, authorization = ''): boolean {
	const [, basic = ''] = /^basic (.+)$/i.exec(authorization) ?? [];
	const [id, secret] = Buffer.from(basic, 'base64').toString().split(':');
	const { clientId, clientSecret } = OAUTH_CLIENT;
	return (form.client_id ?? id) === clientId && (form.client_secret ?? secret) === clientSecret;
}

function refused(status: number, error: string): OAuthAnswer {
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
