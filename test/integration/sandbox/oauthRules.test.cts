import axios from 'axios';
import type { AxiosResponse } from 'axios';

import { KEYS, withToken } from './support.cts';
import { sharedSandbox } from '../servers.cts';

const REDIRECT = 'http://127.0.0.1:5678/callback?kept=yes';

const sandbox = sharedSandbox();

type Form = Record<string, string>;
type ApiResponse = AxiosResponse<{ access_token: string; refresh_token: string; error?: string }>;

const settings = { validateStatus: () => true, maxRedirects: 0 };

async function authorize(query: Form): Promise<AxiosResponse> {
	return await axios.post(
		`${sandbox.url}/oauth/authorize/`,
		new URLSearchParams({ op: 'approve' }),
		{
			...settings,
			params: {
				response_type: 'code',
				client_id: sandbox.oauthClient.clientId,
				redirect_uri: REDIRECT,
				...query,
			},
		},
	);
}

async function codeFor(scope: string): Promise<string> {
	const { headers } = await authorize({ scope });
	return new URL(String(headers.location)).searchParams.get('code') ?? '';
}

async function token(form: Form, authorization?: string): Promise<ApiResponse> {
	return await axios.post(`${sandbox.url}/oauth/token/`, new URLSearchParams(form), {
		...settings,
		...(authorization !== undefined && { headers: { Authorization: authorization } }),
	});
}

const inBody = (): Form => ({
	client_id: sandbox.oauthClient.clientId,
	client_secret: sandbox.oauthClient.clientSecret,
});

async function signIn(scope = 'org:read project:write'): Promise<ApiResponse['data']> {
	const form = { ...inBody(), grant_type: 'authorization_code', code: await codeFor(scope) };
	return (await token(form)).data;
}

describe('the client', () => {
	const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
	const credentials = () => `${sandbox.oauthClient.clientId}:${sandbox.oauthClient.clientSecret}`;

	it('may name itself in the header instead of the body', async () => {
		const form = { grant_type: 'authorization_code', code: await codeFor('org:read') };
		expect((await token(form, basic(credentials()))).status).toBe(200);
	});

	it('may not do both', async () => {
		const form = { ...inBody(), grant_type: 'authorization_code', code: 'x' };
		const { status, data } = await token(form, basic(credentials()));
		expect([status, data]).toEqual([400, { error: 'invalid_request' }]);
	});

	it.each(['sandbox-client-id:wrong', 'other:sandbox-client-secret', 'sandbox-client-id'])(
		'is not taken as %s',
		async (text) => {
			const form = { grant_type: 'authorization_code', code: await codeFor('org:read') };
			const { status, data, headers } = await token(form, basic(text));
			expect([status, data]).toEqual([401, { error: 'invalid_client' }]);
			expect(headers['www-authenticate']).toBe('Basic realm="oauth"');
		},
	);
});

it.each([
	[{}, 'invalid_request'],
	[{ grant_type: 'refresh_token' }, 'invalid_request'],
	[{ grant_type: 'refresh_token', refresh_token: 'x', scope: 'org:read' }, 'invalid_request'],
	[{ grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant'],
	[{ grant_type: 'authorization_code' }, 'invalid_grant'],
	[{ grant_type: 'client_credentials' }, 'unsupported_grant_type'],
])('%j is refused: %s', async (form, error) => {
	const { status, data } = await token({ ...inBody(), ...(form as Form) });
	expect([status, data]).toEqual([400, { error }]);
});

it('a redirect address that is none gets a page, not a redirect', async () => {
	const { status, headers } = await authorize({ redirect_uri: 'not an address' });
	expect([status, headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
});

it("a redirect keeps its address's own query", async () => {
	const { status, headers } = await authorize({ state: 'a b' });
	const { searchParams } = new URL(String(headers.location));
	expect(status).toBe(302);
	expect([...searchParams.keys()].sort()).toEqual(['code', 'kept', 'state']);
	expect(searchParams.get('state')).toBe('a b');
});

describe('the access token', () => {
	it('reaches both organizations, and is known by its name alone', async () => {
		const { access_token: text } = await signIn();
		expect(text).toMatch(/^sntrya_/);
		for (const path of [KEYS, '/api/0/projects/globex/shop/keys/']) {
			expect((await withToken(text, sandbox.url).get(path)).status).toBe(200);
		}
		expect(sandbox.requests.map(({ token: name }) => name)).toEqual(['oauth', 'oauth']);
		expect(JSON.stringify(sandbox.requests)).not.toContain(text);
	});

	it.each([
		['project:read', [200, 403, 403]],
		['project:write', [200, 201, 403]],
		['project:admin', [200, 201, 204]],
		['org:read', [403, 403, 403]],
	])('with %s may list, create, delete: %j', async (scope, statuses) => {
		const { access_token: text } = await signIn(scope);
		const [key] = sandbox.addKeys('acme', 'web-app', 1);
		const client = withToken(text, sandbox.url);
		const responses = [
			await client.get(KEYS),
			await client.post(KEYS, {}),
			await client.delete(`${KEYS}${key?.public}/`),
		];
		expect(responses.map(({ status }) => status)).toEqual(statuses);
	});

	it.each([
		['project:admin', ['project:admin', 'project:read', 'project:write']],
		['project:write org:read', ['org:read', 'project:read', 'project:write']],
		['org:admin', ['org:admin']],
	])('with %s holds %j', async (scope, scopes) => {
		const { access_token: text } = await signIn(scope);
		const { data } = await withToken(text, sandbox.url).get<unknown>('/api/0/');
		expect(data).toMatchObject({ auth: { scopes } });
	});

	it('runs out when told so over HTTP, and its successor does not', async () => {
		const { access_token: old, refresh_token } = await signIn();
		const { status } = await axios.post(`${sandbox.url}/sandbox/oauth/expire`);
		expect(status).toBe(204);
		const response = await withToken(old, sandbox.url).get<unknown>(KEYS);
		expect([response.status, response.data]).toEqual([401, { detail: 'Token expired' }]);
		const { data } = await token({ ...inBody(), grant_type: 'refresh_token', refresh_token });
		expect((await withToken(data.access_token, sandbox.url).get(KEYS)).status).toBe(200);
		expect((await withToken(old, sandbox.url).get<unknown>(KEYS)).data).toEqual({
			detail: 'Invalid token',
		});
	});

	it('leaves the tokens alone that were there before', async () => {
		sandbox.expireOAuthTokens();
		expect((await withToken(sandbox.tokens.write, sandbox.url).get(KEYS)).status).toBe(200);
	});
});

it('a reset forgets tokens and codes', async () => {
	const { access_token: text, refresh_token } = await signIn();
	const code = await codeFor('org:read');
	sandbox.reset();
	expect((await withToken(text, sandbox.url).get(KEYS)).status).toBe(401);
	const forms: Form[] = [
		{ grant_type: 'refresh_token', refresh_token },
		{ grant_type: 'authorization_code', code },
	];
	for (const form of forms) {
		expect((await token({ ...inBody(), ...form })).data).toEqual({ error: 'invalid_grant' });
	}
});
