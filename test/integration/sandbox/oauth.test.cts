import { createHash } from 'node:crypto';

import axios from 'axios';

import { sharedSandbox } from '../servers.cts';

const REDIRECT = 'http://127.0.0.1:5678/rest/oauth2-credential/callback';

const sandbox = sharedSandbox();

type Fields = Record<string, string>;
type Query = Partial<Fields>;

const query = (more: Query = {}): Query => ({
	response_type: 'code',
	client_id: sandbox.oauthClient.clientId,
	redirect_uri: REDIRECT,
	state: 'some state',
	scope: 'org:read project:admin',
	...more,
});
const settings = { validateStatus: () => true, maxRedirects: 0 };

/** Clicks a button of the page, and returns where that leads. */
async function click(op: string, more: Query = {}): Promise<URL> {
	const { headers } = await axios.post(
		`${sandbox.url}/oauth/authorize/`,
		new URLSearchParams({ op }),
		{ ...settings, params: query(more) },
	);
	return new URL(String(headers.location));
}

async function ask(form: Query): Promise<{ status: number; data: Query }> {
	const { clientId, clientSecret } = sandbox.oauthClient;
	return await axios.post(
		`${sandbox.url}/oauth/token/`,
		new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...form } as Fields),
		settings,
	);
}

const redeem = async (code: string | null, more: Query = {}) =>
	await ask({
		grant_type: 'authorization_code',
		code: code ?? '',
		redirect_uri: REDIRECT,
		...more,
	});

const statusWith = async (token: string | undefined) =>
	(
		await axios.get(`${sandbox.url}/api/0/projects/acme/web-app/keys/`, {
			...settings,
			headers: { Authorization: `Bearer ${token}` },
		})
	).status;

it('the page names what is asked for', async () => {
	const { data } = await axios.get<string>(`${sandbox.url}/oauth/authorize/`, {
		params: query(),
	});
	expect(data).toContain('<li>project:admin</li>');
	expect(data).toContain('Approve');
});

it.each([{ client_id: 'other' }, { redirect_uri: '' }, { response_type: 'token' }])(
	'nothing is asked for %j',
	async (more) => {
		const { status } = await axios.get(`${sandbox.url}/oauth/authorize/`, {
			...settings,
			params: query(more),
		});
		expect(status).toBe(400);
	},
);

it('a no leads back without a code', async () => {
	const { search } = await click('deny');
	expect(search).toBe('?state=some+state&error=access_denied');
});

it('a yes leads to a token with the scopes and those they include, once', async () => {
	const code = (await click('approve')).searchParams.get('code');
	const { status, data } = await redeem(code);
	expect(status).toBe(200);
	expect(data).toMatchObject({ token_type: 'bearer', scope: 'org:read project:admin' });
	expect(await statusWith(data.access_token)).toBe(200);
	expect((await redeem(code)).data).toEqual({ error: 'invalid_grant' });
});

it('a token is refreshed once, and the old pair ends', async () => {
	const first = await redeem((await click('approve')).searchParams.get('code'));
	sandbox.expireOAuthTokens();
	expect(await statusWith(first.data.access_token)).toBe(401);
	const form = { grant_type: 'refresh_token', refresh_token: first.data.refresh_token ?? '' };
	const second = await ask(form);
	expect(await statusWith(second.data.access_token)).toBe(200);
	expect((await ask(form)).data).toEqual({ error: 'invalid_grant' });
	expect(await statusWith(first.data.access_token)).toBe(401);
});

it('PKCE is checked if the client began with it', async () => {
	const challenge = createHash('sha256').update('verifier').digest('base64url');
	for (const [code_verifier, status] of [
		['wrong', 400],
		['verifier', 200],
	] as const) {
		const { searchParams } = await click('approve', { code_challenge: challenge });
		expect((await redeem(searchParams.get('code'), { code_verifier })).status).toBe(status);
	}
});

it.each([
	[{ client_secret: 'wrong' }, 401, 'invalid_client'],
	[{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
	[{ redirect_uri: 'http://elsewhere' }, 400, 'invalid_grant'],
])('%j gets no token', async (more, status, error) => {
	const code = (await click('approve')).searchParams.get('code');
	expect(await redeem(code, more)).toMatchObject({ status, data: { error } });
});
