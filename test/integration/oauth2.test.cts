import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import axios from 'axios';
import type { IDataObject } from 'n8n-workflow';

import { runWorkflow } from '../../tools/engine.cts';
import type { StoredCredential } from '../../tools/credentialsHelper.cts';
import type { FaultKind } from '../../sandbox/faults.cts';
import { sharedSandbox } from './servers.cts';
import {
	createdIn,
	locator,
	NAMED,
	numbered,
	posts,
	result,
	sentryNode,
	stopText,
	workflowOf,
} from './support.cts';

const sandbox = sharedSandbox();

const REDIRECT = 'http://127.0.0.1/callback';
const SCOPE = 'org:read project:read project:write project:admin';

/** A credential whose owner has said yes. */
async function connect(scope = SCOPE): Promise<StoredCredential> {
	const { clientId, clientSecret } = sandbox.oauthClient;
	const { headers } = await axios.post(
		`${sandbox.url}/oauth/authorize/`,
		new URLSearchParams({ op: 'approve' }),
		{
			params: { response_type: 'code', client_id: clientId, redirect_uri: REDIRECT, scope },
			maxRedirects: 0,
			validateStatus: () => true,
		},
	);
	const { data } = await axios.post<IDataObject>(
		`${sandbox.url}/oauth/token/`,
		new URLSearchParams({
			grant_type: 'authorization_code',
			client_id: clientId,
			client_secret: clientSecret,
			code: new URL(String(headers.location)).searchParams.get('code') ?? '',
		}),
	);
	return { ...unconnected(), oauthTokenData: data };
}

const unconnected = (): StoredCredential => ({
	grantType: 'authorizationCode',
	authentication: 'body',
	accessTokenUrl: `${sandbox.url}/oauth/token/`,
	baseUrl: sandbox.url,
	...sandbox.oauthClient,
});

async function runWith(
	credential: StoredCredential,
	parameters: IDataObject = NAMED,
	{ items = 1, ...options }: { items?: number; executionId?: string; cancelAfter?: number } = {},
) {
	const node = sentryNode(
		{ ...parameters, authentication: 'oAuth2' },
		{ credentials: { sentryClientKeysOAuth2Api: { id: 'sentry', name: 'Sentry' } } },
	);
	return await runWorkflow(workflowOf(numbered(items), node), {
		credentials: { sentry: credential },
		executionId: '1',
		...options,
	});
}

it('creates keys with the token that the user agreed to', async () => {
	const done = await runWith(await connect(), NAMED, { items: 5 });
	expect(result(done)).toHaveLength(5);
	expect(new Set(sandbox.requests.map(({ token }) => token))).toEqual(new Set(['oauth']));
});

it('renews a token whose time is over, and makes each key once', async () => {
	const credential = await connect();
	sandbox.expireOAuthTokens();
	const done = await runWith(credential, NAMED, { items: 10 });
	expect(done.status).toBe('success');
	expect(createdIn(sandbox)).toHaveLength(10);
});

it('knows its key again after the token was renewed', async () => {
	const job = { name: 'job', options: { idempotencyKey: 'delivery-1' } };
	const credential = await connect();
	const first = await runWith(credential, job);
	sandbox.expireOAuthTokens();
	const second = await runWith(credential, job, { executionId: '2' });
	expect(result(second)).toEqual(result(first));
	expect(createdIn(sandbox)).toHaveLength(1);
});

it('finds a key whose response was lost', async () => {
	sandbox.faults.add({ kind: 'loseResponse', method: 'POST', times: 1 });
	const done = await runWith(await connect());
	expect(done.status).toBe('success');
	expect(createdIn(sandbox)).toHaveLength(1);
});

it('says what to do when Sentry takes the access back', async () => {
	const credential = await connect();
	sandbox.reset();
	const { message, description } = stopText(await runWith(credential));
	expect(message).toBe('Sentry did not renew the access of the OAuth2 credential [item 0]');
	expect(description).toContain('connect the account');
	expect(posts(sandbox)).toHaveLength(1);
});

it.each([
	[503, 'check that n8n reaches the address /oauth/token/'],
	[404, 'connect the account again'],
])('takes a %i of the renewal for no response to the request', async (status, remedy) => {
	const credential = await connect();
	sandbox.expireOAuthTokens();
	const gateway = createServer((_, response) => {
		response.writeHead(status, { 'content-type': 'application/json' }).end('{"detail":"gone"}');
	}).listen(0);
	const { port } = gateway.address() as AddressInfo;
	const accessTokenUrl = `http://127.0.0.1:${port}/oauth/token/`;
	const { message, description } = stopText(await runWith({ ...credential, accessTokenUrl }));
	gateway.close();
	expect(message).toBe('Sentry did not renew the access of the OAuth2 credential [item 0]');
	expect(description).toContain(remedy);
	expect(`${message} ${description}`).not.toContain('created');
	expect(posts(sandbox).map((one) => one.status)).toEqual([401]);
});

it('names the key of a request that a cancelled execution did not wait for', async () => {
	const credential = await connect();
	sandbox.faults.add({ kind: 'hangAfterCommit', method: 'POST' });
	const done = await runWith(credential, NAMED, { cancelAfter: 300 });
	expect(done.status).toBe('canceled');
	expect(stopText(done).description).toContain(`ID ${createdIn(sandbox)[0]?.public} may have been`);
});

it('is cancelled while the token is renewed', async () => {
	const credential = await connect();
	sandbox.expireOAuthTokens();
	const slow = createServer((_, response) => {
		setTimeout(() => response.writeHead(503).end(), 600);
	}).listen(0);
	const { port } = slow.address() as AddressInfo;
	const accessTokenUrl = `http://127.0.0.1:${port}/oauth/token/`;
	const done = await runWith({ ...credential, accessTokenUrl }, NAMED, { cancelAfter: 300 });
	slow.close();
	expect(done.status).toBe('canceled');
	expect(posts(sandbox)).toHaveLength(1);
});

it('says what to do when a new token does not help either', async () => {
	const credential = await connect();
	sandbox.faults.add({ kind: 'unauthorized', method: 'POST' });
	const { message } = stopText(await runWith(credential));
	expect(message).toBe(
		'Sentry did not create the client key: it does not accept the token (401) [item 0]',
	);
	expect(createdIn(sandbox)).toHaveLength(0);
});

it('says what to do before the user has agreed', async () => {
	const { message, description } = stopText(await runWith(unconnected()));
	expect(message).toContain("'Credential' is not connected to Sentry yet");
	expect(description).toContain('connect the account');
});

it('says which scope is missing', async () => {
	const { message, description } = stopText(await runWith(await connect('org:read project:read')));
	expect(message).toContain('the token lacks a scope (403)');
	expect(description).toContain('project:write or project:admin');
});

it.each<[string, FaultKind, RegExp]>([
	['a page in place of JSON', 'html', /web page/],
	['a redirect', 'redirect', /leads elsewhere|log-in/],
	['a server that is down', 'error503', /503/],
])('tells %s as with a token', async (_, kind, text) => {
	const credential = await connect();
	sandbox.faults.add({ kind, location: 'https://elsewhere.example/auth/login/' });
	const parameters = { options: { maxRetries: 0 }, ...NAMED };
	const { message, description } = stopText(await runWith(credential, parameters));
	expect(`${message} ${description}`).toMatch(text);
});

it('waits out 429, and keeps the words of a 404', async () => {
	const credential = await connect();
	sandbox.faults.add({ kind: 'tooManyRequests', times: 2 });
	expect((await runWith(credential)).status).toBe('success');
	const missing = { ...NAMED, project: locator('nothing-here') };
	const { message } = stopText(await runWith(credential, missing));
	expect(message).toContain('does not exist (404)');
});

it('tells that nobody answers, as with a token', async () => {
	const credential = { ...(await connect()), baseUrl: 'http://127.0.0.1:1' };
	const { message } = stopText(await runWith(credential, { options: { maxRetries: 0 }, ...NAMED }));
	expect(message).toContain('no response from http://127.0.0.1:1');
});

it('keeps token and secret out of the execution', async () => {
	const credential = await connect();
	const { access_token: access, refresh_token: refresh } = credential.oauthTokenData as IDataObject;
	const stored = JSON.stringify([
		await runWith(credential, { ...NAMED, project: 'nope' }),
		await runWith({ ...credential, baseUrl: 'http://127.0.0.1:1' }),
	]);
	for (const secret of [access, refresh, sandbox.oauthClient.clientSecret]) {
		expect(stored).not.toContain(secret);
	}
});
