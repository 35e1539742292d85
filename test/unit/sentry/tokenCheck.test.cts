import { checkToken } from '../../../nodes/SentryClientKeys/sentry/tokenCheck.ts';
import type { Attempt } from '../../../nodes/SentryClientKeys/sentry/types.ts';
import {
	jsonResponse,
	noResponse,
	scriptedClient,
	textResponse,
} from '../support/scriptedSend.cts';

const index = (scopes: string[], user: object | null = { id: '1' }) =>
	jsonResponse(200, { version: '0', auth: { scopes }, user });
const FORBIDDEN = { detail: 'You do not have permission to perform this action.' };

function check(
	responses: Record<string, Attempt>,
	settings: { token?: string; baseUrl?: string } = {},
) {
	const { client, clock, sent } = scriptedClient(({ url }) => {
		const attempt = responses[new URL(url).pathname];
		if (attempt === undefined) throw new Error(`Nobody expected ${url}`);
		return attempt;
	}, settings);
	return { message: clock.run(checkToken(client)), sent };
}

it.each([
	[['org:read', 'project:admin', 'project:read', 'project:write'], /^Connection successful$/],
	[['org:read', 'project:write'], /successful.*delete keys \(project:admin\)/],
	[['project:admin', 'project:write'], /successful.*fill the lists \(org:read\)/],
	[['project:write'], /delete keys \(project:admin\) or to fill the lists \(org:read\)/],
])('a token with %j is fine', async (scopes, told) => {
	const { message } = check({ '/api/0/': index(scopes) });
	expect(await message).toMatch(told);
});

it.each<[string, Attempt, string, string]>([
	[
		'a wrong token',
		jsonResponse(401, { detail: 'Invalid token' }),
		'invalid_token',
		'Invalid token',
	],
	['a host that is not there', noResponse('ENOTFOUND'), 'unreachable', 'host name'],
	['a closed port', noResponse('ECONNREFUSED'), 'unreachable', 'port'],
	[
		'a token that may only read',
		index(['event:read', 'org:read', 'project:read']),
		'missing_scope',
		'event:read, org:read, project:read',
	],
	['a token without any scope', index([]), 'missing_scope', 'no scopes'],
	['a web page', textResponse(200, '<!DOCTYPE html>'), 'unexpected_response', 'log-in page'],
	["another program's JSON", jsonResponse(200, { ok: true }), 'unexpected_response', 'Sentry URL'],
	['a log-in redirect', textResponse(302, '', { location: '/auth/' }), 'redirected', '/auth/'],
	['a server in trouble', textResponse(502, '<html>'), 'sentry_unavailable', 'later'],
])('%s is told', async (_, attempt, code, remedy) => {
	const { message } = check({ '/api/0/': attempt });
	await expect(message).rejects.toMatchObject({
		remedy: expect.stringContaining(remedy) as string,
		details: { code },
	});
});

it('an organization token is told, though Sentry accepts it', async () => {
	const { message } = check({ '/api/0/': index(['org:ci'], null) }, { token: 'sntrys_eyJpYXQi' });
	await expect(message).rejects.toMatchObject({
		remedy: expect.stringContaining('internal integration') as string,
		details: { code: 'organization_token' },
	});
});

describe('a region host, which has no API index', () => {
	const baseUrl = 'https://de.sentry.io';
	const missing = textResponse(404, '');

	it('accepts a token that may list a project, and says what that leaves open', async () => {
		const { message, sent } = check(
			{ '/api/0/': missing, '/api/0/projects/': jsonResponse(200, []) },
			{ baseUrl },
		);
		expect(await message).toMatch(/accepts the token.*needs project:write/);
		expect(sent()).toEqual(['GET /api/0/', 'GET /api/0/projects/?per_page=1']);
	});

	it.each<[string, Attempt, string, string]>([
		['token', jsonResponse(401, { detail: 'Invalid token' }), 'token', 'invalid_token'],
		['scope', jsonResponse(403, FORBIDDEN), 'token', 'forbidden'],
		['token kind', jsonResponse(403, FORBIDDEN), 'sntrys_eyJpYXQi', 'organization_token'],
		['address', textResponse(404, ''), 'token', 'not_found'],
	])('tells a wrong %s', async (_, projects, token, code) => {
		const { message } = check(
			{ '/api/0/': missing, '/api/0/projects/': projects },
			{ baseUrl, token },
		);
		await expect(message).rejects.toMatchObject({ details: { code } });
	});
});

it.each([
	['was lost on the way', 'Authentication credentials were not provided.', 'it wants a token'],
	['GlitchTip does not know', 'Unauthorized', 'it does not accept the token'],
])(
	'a token that %s is told by a list, as the index answers all the same',
	async (_, detail, told) => {
		const { message } = check({
			'/api/0/': jsonResponse(200, { version: '0', auth: null, user: null }),
			'/api/0/projects/': jsonResponse(401, { detail }),
		});
		await expect(message).rejects.toMatchObject({
			message: expect.stringContaining(told) as string,
			details: { code: 'invalid_token' },
		});
	},
);

it('a token that the index does not know is not accepted, though a list answers', async () => {
	const { message } = check({
		'/api/0/': jsonResponse(200, { version: '0', auth: null, user: null }),
		'/api/0/projects/': jsonResponse(200, []),
	});
	await expect(message).rejects.toMatchObject({
		message: 'Sentry shows no user for this token',
		details: { code: 'invalid_token' },
	});
});

it('a failure says what it was that failed', async () => {
	const { message } = check({ '/api/0/': jsonResponse(401, { detail: 'Invalid token' }) });
	await expect(message).rejects.toThrow(
		'Sentry did not confirm the credential: it does not accept the token (401)',
	);
});
