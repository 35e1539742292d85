import { randomBytes } from 'node:crypto';

import { SEED_TOKENS } from './seed.cts';
import type { TokenRecord } from './types.cts';

/** Each includes those after it (src/sentry/receivers/tokens.py). */
const HIERARCHY = ['project:admin', 'project:write', 'project:read'];

/** The tokens that the API takes: those of the seed, and those that OAuth issued. */
export class Tokens {
	private issued: TokenRecord[] = [];

	/** The token of that text, revoked ones aside. */
	find(text: string | undefined): TokenRecord | undefined {
		return [...SEED_TOKENS, ...this.issued].find(({ token }) => token === text);
	}

	/** A new access token of an OAuth application. */
	issue(scopes: string[]): TokenRecord {
		const token: TokenRecord = {
			name: 'oauth',
			kind: 'oauth',
			token: `sntrya_${Buffer.from('sandbox-oauth').toString('hex')}${randomBytes(16).toString('hex')}`,
			scopes: withIncluded(scopes),
			organizations: ['acme', 'globex'],
			hasObjectAccess: true,
			expired: false,
		};
		this.issued.push(token);
		return token;
	}

	add(token: TokenRecord): void {
		this.issued.push(token);
	}

	revoke(text: string): void {
		this.issued = this.issued.filter(({ token }) => token !== text);
	}

	/** Lets the time of every token run out that is not of the seed. */
	expireIssued(): void {
		for (const token of this.issued) token.expired = true;
	}

	reset(): void {
		this.issued = [];
	}
}

function withIncluded(scopes: string[]): string[] {
	const highest = HIERARCHY.findIndex((scope) => scopes.includes(scope));
	return [...new Set([...scopes, ...(highest < 0 ? [] : HIERARCHY.slice(highest))])];
}
