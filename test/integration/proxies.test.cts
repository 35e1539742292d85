import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';

import { CredentialTestContext } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IHttpRequestOptions,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { generate } from 'selfsigned';

import { SentryClientKeysApi } from '../../credentials/SentryClientKeysApi.credentials.ts';
import { SentryClientKeys } from '../../nodes/SentryClientKeys/SentryClientKeys.node.ts';
import { runWorkflow } from '../../tools/engine.cts';
import { sharedSandbox } from './servers.cts';
import { createdIn, result, sentryNode, stopText, workflowOf } from './support.cts';

const sandbox = sharedSandbox();
const SECRET = 'cf-secret-value';
const HEADERS = {
	headerName1: 'CF-Access-Client-Id',
	headerValue1: 'n8n',
	headerName2: 'CF-Access-Client-Secret',
	headerValue2: SECRET,
};

const servers: Server[] = [];
afterEach(() => {
	for (const server of servers.splice(0)) server.close();
});

const listening = async (server: Server, scheme: string): Promise<string> => {
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** Hands requests on to the sandbox, as long as they bring the headers that it wants. */
function accessProxy(
	seen: IncomingHttpHeaders[],
	wanted: Record<string, string> = {},
): RequestListener {
	return (incoming, outgoing) => {
		seen.push(incoming.headers);
		if (Object.entries(wanted).some(([name, value]) => incoming.headers[name] !== value)) {
			outgoing.writeHead(302, { location: 'https://x.cloudflareaccess.com/cdn-cgi/access/login' });
			outgoing.end();
			return;
		}
		const { method, url, headers } = incoming;
		const onward = httpRequest(
			new URL(url ?? '/', sandbox.url),
			{ method, headers },
			(response) => {
				outgoing.writeHead(response.statusCode ?? 500, response.headers);
				response.pipe(outgoing);
			},
		);
		incoming.pipe(onward);
	};
}

/** Creates a key with a credential. */
async function create(credential: ICredentialDataDecryptedObject) {
	const stored = { authToken: sandbox.tokens.write, baseUrl: sandbox.url, ...credential };
	return await runWorkflow(workflowOf([{ json: {} }], sentryNode({ name: 'app' })), {
		credentials: { sentry: stored },
	});
}

/** Presses the credential's Test button. */
async function test(credential: ICredentialDataDecryptedObject) {
	const context = new CredentialTestContext({} as IWorkflowExecuteAdditionalData);
	const data = { authToken: sandbox.tokens.admin, baseUrl: sandbox.url, ...credential };
	const { credentialTest } = new SentryClientKeys().methods;
	return await credentialTest.testSentryClientKeysApi.call(context, {
		id: '1',
		name: 'Sentry',
		type: 'sentryClientKeysApi',
		data,
	});
}

describe('a server with a certificate of its own', () => {
	let baseUrl: string;
	beforeEach(async () => {
		const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
		baseUrl = await listening(createTlsServer({ key, cert }, accessProxy([])), 'https');
	});

	it('is refused, with what to do', async () => {
		const { message, description } = stopText(await create({ baseUrl }));
		expect(message).toContain('no response from');
		expect(description).toContain("'Ignore SSL Issues (Insecure)'");
		expect((await test({ baseUrl })).status).toBe('Error');
	});

	it('works with the switch', async () => {
		expect(result(await create({ baseUrl, ignoreSslIssues: true }))).toMatchObject([
			{ name: 'app' },
		]);
		expect((await test({ baseUrl, ignoreSslIssues: true })).message).toMatch(/^Connection succ/);
	});
});

describe('an access proxy in front of Sentry', () => {
	const wanted = { 'cf-access-client-id': 'n8n', 'cf-access-client-secret': SECRET };

	it('lets the credential’s headers through', async () => {
		const baseUrl = await listening(createServer(accessProxy([], wanted)), 'http');
		expect(result(await create({ baseUrl, ...HEADERS }))).toHaveLength(1);
		expect((await test({ baseUrl, ...HEADERS })).status).toBe('OK');
	});

	it('is told where there are none, and the headers’ values never', async () => {
		const baseUrl = await listening(createServer(accessProxy([], wanted)), 'http');
		const wrong = { ...HEADERS, headerValue1: 'somebody else' };
		for (const credential of [{}, wrong]) {
			const done = await create({ baseUrl, ...credential });
			const { message, description } = stopText(done);
			expect(message).toContain('an access proxy in front of it wants a log-in');
			expect(description).toContain("'Header Name 1'");
			expect(JSON.stringify(done)).not.toContain(SECRET);
		}
		expect(createdIn(sandbox)).toEqual([]);
	});

	it('elsewhere gets neither token nor headers by a redirect', async () => {
		const seen: IncomingHttpHeaders[] = [];
		const location = await listening(createServer(accessProxy(seen)), 'http');
		sandbox.faults.add({ kind: 'redirect', location });
		expect(stopText(await create(HEADERS)).message).toContain('redirects elsewhere');
		expect(seen).toEqual([]);
	});
});

describe.each<[string, ICredentialDataDecryptedObject, RegExp]>([
	['a name without a value', { headerName1: 'X-A' }, /^'Header Value 1' is empty, but/],
	['a value without a name', { headerValue2: SECRET }, /^'Header Name 2' is empty, but/],
	['a reserved name', { headerName1: 'Host', headerValue1: 'x' }, /^'Header Name 1' can't be Host/],
	[
		'the token’s own',
		{ headerName1: 'authorization', headerValue1: 'x' },
		/can't be authorization/,
	],
	['no name of a header', { headerName1: 'a b', headerValue1: 'x' }, /is not the name of a header/],
	['a line break', { headerName1: 'X-A', headerValue1: 'x\ny' }, /holds a line break/],
	[
		'an expression',
		{ headerName1: 'X-A', headerValue1: '{{ $env.X }}' },
		/looks like an expression/,
	],
	['a token', { authToken: '{{ $env.TOKEN }}' }, /^'Auth Token' looks like an expression/],
	['an address', { baseUrl: '{{ $env.URL }}' }, /^'Sentry URL' looks like an expression/],
])('a credential with %s', (_, credential, complaint) => {
	it('is refused before anything is sent', async () => {
		const { message, description } = stopText(await create(credential));
		expect(message).toMatch(complaint);
		expect(message + description).not.toContain(SECRET);
		expect((await test(credential)).message).toMatch(complaint);
		expect(sandbox.requests).toEqual([]);
	});
});

describe('for the HTTP Request node the credential', () => {
	const { authenticate } = new SentryClientKeysApi();

	it('keeps token and headers from where a redirect leads', async () => {
		const seen: IncomingHttpHeaders[] = [];
		const elsewhere = await listening(createServer(accessProxy(seen)), 'http');
		sandbox.faults.add({ kind: 'redirect', location: `${elsewhere}/api/0/` });
		// What HTTP Request asks for by default, up to version 4.3.
		const request = {
			method: 'GET',
			uri: `${sandbox.url}/api/0/`,
			followRedirect: true,
			followAllRedirects: true,
			sendCredentialsOnCrossOriginRedirect: true,
			simple: false,
			resolveWithFullResponse: true,
		};
		const { helpers } = new CredentialTestContext({} as IWorkflowExecuteAdditionalData);
		const authenticated = await authenticate(
			{ authToken: sandbox.tokens.write, baseUrl: sandbox.url, ...HEADERS },
			request as unknown as IHttpRequestOptions,
		);
		expect(await helpers.request(authenticated)).toMatchObject({ statusCode: 302 });
		expect(seen).toEqual([]);
	});
	const credential = { authToken: 'sntryu_x', baseUrl: 'https://sentry.example/sub/', ...HEADERS };

	it.each([
		{ url: 'https://sentry.example/api/0/' },
		{ uri: 'https://SENTRY.example:443/api/0/' },
		{ url: '/api/0/', baseURL: 'https://sentry.example' },
	])('goes to the Sentry URL’s origin: %j', async (request) => {
		const { headers } = await authenticate(credential, {
			headers: { a: 'b' },
			...request,
		} as IHttpRequestOptions);
		expect(headers).toEqual({
			a: 'b',
			Authorization: 'Bearer sntryu_x',
			'CF-Access-Client-Id': 'n8n',
			'CF-Access-Client-Secret': SECRET,
		});
	});

	it.each([
		'https://evil.example/api/0/',
		'http://sentry.example/api/0/',
		'https://sentry.example:8443/',
		'https://sentry.example.evil.example/',
		'https://sentry.example@evil.example/',
		'not an address',
	])('goes nowhere else: %s', async (url) => {
		const request = { url, headers: { a: 'b' } };
		expect(await authenticate(credential, request)).toEqual(request);
	});
});
