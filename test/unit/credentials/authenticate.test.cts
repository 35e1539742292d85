import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { SentryClientKeysApi } from '../../../credentials/SentryClientKeysApi.credentials.ts';

const CREDENTIAL = { authToken: ' token ', baseUrl: 'https://sentry.example/base' };

/** What the HTTP Request node would send with the credential. */
async function authenticated(
	url: string,
	more: ICredentialDataDecryptedObject = {},
): Promise<IHttpRequestOptions> {
	const { authenticate } = new SentryClientKeysApi();
	return await authenticate({ ...CREDENTIAL, ...more }, { url, headers: { Accept: '*/*' } });
}

const HEADERS = { headerName1: 'CF-Access-Client-Id', headerValue1: 'pass' };

it('puts token and extra headers on a request to the Sentry URL, and follows no redirect', async () => {
	expect(await authenticated('https://sentry.example/api/0/', HEADERS)).toMatchObject({
		headers: { Accept: '*/*', Authorization: 'Bearer token', 'CF-Access-Client-Id': 'pass' },
		disableFollowRedirect: true,
	});
});

it.each([
	'http://sentry.example/api/0/',
	'https://sentry.example:444/api/0/',
	'https://sentry.example.evil.example/',
	'https://evil.example/?https://sentry.example',
	'not an address',
])('leaves a request to %s as it is', async (url) => {
	expect(await authenticated(url, HEADERS)).toEqual({ url, headers: { Accept: '*/*' } });
});

it.each([true, 'true', 'True', '1', 'yes'])(
	'a switch of %j ignores certificates',
	async (given) => {
		const request = await authenticated('https://sentry.example/', { ignoreSslIssues: given });
		expect(request.skipSslCertificateValidation).toBe(true);
	},
);

it.each([undefined, false, 'false', '', 'no'])('a switch of %j checks them', async (given) => {
	const more = given === undefined ? {} : { ignoreSslIssues: given };
	const request = await authenticated('https://sentry.example/', more);
	expect(request.skipSslCertificateValidation).toBeUndefined();
});

it.each([
	[
		{ ...HEADERS, headerName2: 'cf-access-client-id', headerValue2: 'x' },
		/Header Name 2.*once more/,
	],
	[{ headerName1: 'Authorization', headerValue1: 'x' }, /Header Name 1.*can't be Authorization/],
	[{ headerName1: 'X-Pass' }, /Header Value 1.*is empty/],
	[{ ignoreSslIssues: 'maybe' }, /Ignore SSL Issues.*neither true nor false/],
])('%j is refused, and no value is quoted', async (more, message) => {
	await expect(authenticated('https://sentry.example/', more)).rejects.toThrow(message);
});
