import type { SentryClient } from './client';
import { SentryError } from './errors';
import { isRecord } from './json';

const ENOUGH = ['project:write', 'project:admin'];

/**
 * Whether a token can manage client keys, without changing anything.
 *
 * The API's index answers with the token's scopes, and with null for `auth` when no token arrived
 * (src/sentry/api/endpoints/index.py). Region hosts don't have it; there, reading a page of projects
 * shows at least that the token is accepted.
 *
 * @returns what to tell the user
 * @throws SentryError saying what is wrong
 */
export async function checkToken(sentry: SentryClient): Promise<string> {
	const index = await sentry
		.request<Record<string, unknown>>({
			method: 'GET',
			path: '/api/0/',
			bucket: 'index',
			success: { status: 200, shape: 'object' },
			subject: { action: 'confirm the credential', scopes: ENOUGH.join(' or ') },
		})
		.catch((reason: unknown) =>
			reason instanceof SentryError && reason.details.status === 404
				? undefined
				: Promise.reject(reason as Error),
		);
	if (index === undefined) return await checkByProjects(sentry);
	if (!('auth' in index.body) || !('version' in index.body)) {
		throw new SentryError(
			"The address answers, but not with Sentry's API",
			"Check the credential's Sentry URL.",
			{ code: 'unexpected_response' },
		);
	}
	const { auth } = index.body;
	if (!isRecord(auth)) {
		// No token arrived (Sentry), or none that is accepted (GlitchTip): a list tells which.
		await checkByProjects(sentry);
		throw new SentryError(
			'Sentry shows no user for this token',
			'It lists projects all the same, so something between n8n and Sentry may answer in its place, or remove the Authorization header from some requests. Check the Sentry URL and the proxy.',
			{ code: 'invalid_token' },
		);
	}
	const scopes = Array.isArray(auth.scopes) ? auth.scopes.map(String) : [];
	if (sentry.tokenKind === 'organization') throw organizationToken();
	if (!ENOUGH.some((scope) => scopes.includes(scope))) {
		throw new SentryError(
			'The token is valid, but cannot manage client keys: it lacks the scope project:write',
			`It has ${scopes.length === 0 ? 'no scopes' : scopes.join(', ')}. Give the internal integration Project: Read & Write (Admin to delete keys), or make a personal token with project:write.`,
			{ code: 'missing_scope', scopes },
		);
	}
	return describe(scopes);
}

async function checkByProjects(sentry: SentryClient): Promise<string> {
	await sentry.request({
		method: 'GET',
		path: '/api/0/projects/',
		query: { per_page: '1' },
		bucket: 'list projects',
		success: { status: 200, shape: 'list' },
		subject: { action: 'confirm the credential', scopes: ENOUGH.join(' or ') },
	});
	return 'Sentry accepts the token. This address does not tell its scopes; creating keys needs project:write.';
}

function organizationToken(): SentryError {
	return new SentryError(
		"Organization tokens (sntrys_…) can't manage client keys",
		'They are made for releases and source maps. Use the token of an internal integration, or a personal token, with project:write.',
		{ code: 'organization_token' },
	);
}

function describe(scopes: string[]): string {
	const limits = [
		scopes.includes('project:admin') ? '' : 'delete keys (project:admin)',
		scopes.some((scope) => scope.startsWith('org:')) ? '' : 'fill the lists (org:read)',
	].filter((limit) => limit !== '');
	return limits.length === 0
		? 'Connection successful'
		: `Connection successful. The token is not enough to ${limits.join(' or to ')}.`;
}
