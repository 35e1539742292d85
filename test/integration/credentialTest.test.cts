import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { CredentialTestContext } from 'n8n-core';
import type { IWorkflowExecuteAdditionalData } from 'n8n-workflow';

import { SentryClientKeys } from '../../nodes/SentryClientKeys/SentryClientKeys.node.ts';
import { sharedSandbox } from './servers.cts';

const sandbox = sharedSandbox();

/** Presses the credential's Test button. */
async function test(authToken: string, baseUrl = sandbox.url) {
	const context = new CredentialTestContext({} as IWorkflowExecuteAdditionalData);
	return await new SentryClientKeys().methods.credentialTest.testSentryClientKeysApi.call(context, {
		id: '1',
		name: 'Sentry',
		type: 'sentryClientKeysApi',
		data: { authToken, baseUrl },
	});
}

it.each(['admin', 'write', 'projectOnly', 'integration', 'integrationProjectOnly'] as const)(
	'the token %s is fine',
	async (name) => {
		const { status, message } = await test(sandbox.tokens[name]);
		expect(message).toMatch(/^Connection successful/);
		expect(status).toBe('OK');
	},
);

it('says what a token is not enough for', async () => {
	const { message } = await test(sandbox.tokens.projectOnly);
	expect(message).toMatch(/project:admin.*org:read/);
});

it.each([
	['a wrong token', () => test('sntryu_wrong'), /does not accept the token/],
	['an expired token', () => test(sandbox.tokens.expired), /expired/],
	['no token', () => test(''), /'Auth Token' is empty/],
	['an unreachable host', () => test('x', 'http://127.0.0.1:1'), /no response.*ECONNREFUSED/],
	['an unknown host', () => test('x', 'http://sentry.invalid'), /no response/],
	['an organization token', () => test(sandbox.tokens.organization), /sntrys_/],
	[
		'a token without project:write',
		() => test(sandbox.tokens.readOnly),
		/lacks the scope project:write/,
	],
	['an address that is none', () => test('x', 'sentry.io'), /'Sentry URL' is not/],
])('tells %s', async (_, pressed, words) => {
	const { status, message } = await pressed();
	expect(status).toBe('Error');
	expect(message).toMatch(words);
});

it('tells that something else than Sentry answers', async () => {
	sandbox.faults.add({ kind: 'html' });
	expect((await test(sandbox.tokens.write)).message).toMatch(/a web page/);
});

it('does not follow a redirect with the token', async () => {
	const reached: unknown[] = [];
	const elsewhere = createServer((request, response) => {
		reached.push(request.headers);
		response.end('{}');
	}).listen(0);
	const { port } = elsewhere.address() as AddressInfo;
	sandbox.faults.add({ kind: 'redirect', location: `http://127.0.0.1:${port}/` });
	const { status } = await test(sandbox.tokens.write);
	elsewhere.close();
	expect(status).toBe('Error');
	expect(reached).toEqual([]);
});

it('makes do with a region host, which has no index', async () => {
	sandbox.faults.add({ kind: 'notFound', path: /\/api\/0\/$/ });
	const { status, message } = await test(sandbox.tokens.write);
	expect(status).toBe('OK');
	expect(message).toMatch(/does not tell its scopes/);
});
