/** The kinds of Sentry token that can be told apart without asking the server. */
export type TokenKind = 'organization' | 'other';

/** Organization tokens carry this prefix (src/sentry/types/token.py). */
export function tokenKindOf(token: string): TokenKind {
	return token.startsWith('sntrys_') ? 'organization' : 'other';
}
