import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { checkToken } from '../sentry/tokenCheck';
import type { Attempt, HttpRequest, Send } from '../sentry/types';
import { normalizeBaseUrl } from '../sentry/baseUrl';
import { SentryClient } from '../sentry/client';
import { readExtraHeaders } from '../sentry/extraHeaders';
import { tokenKindOf } from '../sentry/tokenKind';
import { readSwitch } from '../sentry/values';
import { realClock } from './clock';
import { readToken } from './connections';
import { asSentryError } from './nodeErrors';
import { readNoResponse, toHttpResponse } from './transport';

const TEST_RETRIES = 1;
const TEST_TIMEOUT_MS = 15_000;

/** The credential's Test button: says which of its values to change, or that all is well. */
export async function testSentryClientKeysApi(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const token = readToken(credential.data?.authToken);
		const sentry = new SentryClient({
			baseUrl: normalizeBaseUrl(credential.data?.baseUrl),
			tokenKind: tokenKindOf(token),
			send: testTransport(this.helpers, token, credential.data ?? {}),
			secrets: [token, ...Object.values(readExtraHeaders(credential.data ?? {}))],
			clock: realClock(),
			maxConcurrentRequests: 1,
			maxRetries: TEST_RETRIES,
			timeout: TEST_TIMEOUT_MS,
		});
		return { status: 'OK', message: await checkToken(sentry) };
	} catch (reason) {
		const { message, remedy } = asSentryError(reason);
		return { status: 'Error', message: `${message}. ${remedy}` };
	}
}

/** n8n gives a credential's test no other helper than this one. */
function testTransport(
	helpers: ICredentialTestFunctions['helpers'],
	token: string,
	data: ICredentialDataDecryptedObject,
): Send {
	const extraHeaders = readExtraHeaders(data);
	const isInsecure = readSwitch(data.ignoreSslIssues, 'Ignore SSL Issues (Insecure)') === true;
	return async ({ method, url, query, timeout }: HttpRequest) =>
		await helpers
			.request({
				method,
				uri: url,
				qs: query,
				headers: {
					...extraHeaders,
					Accept: 'application/json',
					Authorization: `Bearer ${token}`,
				},
				rejectUnauthorized: !isInsecure,
				timeout,
				json: false,
				simple: false,
				resolveWithFullResponse: true,
				followRedirect: false,
			})
			.then(
				(response: { statusCode: number; headers: unknown; body: unknown }): Attempt => ({
					response: toHttpResponse(response.statusCode, response.headers, response.body),
				}),
				(reason: unknown): Attempt => ({ noResponse: readNoResponse(reason) }),
			);
}
