import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	Icon,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { readExtraHeaders } from '../nodes/SentryClientKeys/sentry/extraHeaders';
import { readSwitch } from '../nodes/SentryClientKeys/sentry/values';
import { extraHeaders, IGNORE_SSL, ignoreSslIssues } from './connectionFields';

/** A Sentry server and a token for it. Tested by the node, which can tell a token's scopes. */
export class SentryClientKeysApi implements ICredentialType {
	name = 'sentryClientKeysApi';

	displayName = 'Sentry Client Keys API';

	icon: Icon = {
		light: 'file:../nodes/SentryClientKeys/sentryClientKeys.svg',
		dark: 'file:../nodes/SentryClientKeys/sentryClientKeys.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-sentry-client-keys/n8n-nodes-sentry-client-keys#credential';

	properties: INodeProperties[] = [
		{
			displayName:
				'The token needs the scope project:write (project:admin to delete keys), and org:read for the lists. Use an internal integration or a personal token; organization tokens (sntrys_…) cannot manage client keys.',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Auth Token',
			name: 'authToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'The token of an internal integration, or a personal token',
		},
		{
			displayName: 'Sentry URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://sentry.io',
			required: true,
			placeholder: 'e.g. https://sentry.example.com',
			description:
				'The address of your Sentry. https://sentry.io reaches every region; for a self-hosted Sentry, enter the address of its start page.',
		},
		ignoreSslIssues('ignoreSslIssues'),
		...extraHeaders,
	];

	/**
	 * Puts token and extra headers on requests to the Sentry URL's origin, and on no others: the HTTP
	 * Request node may use the credential as well, with whatever address somebody enters there.
	 */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		// n8n's older helper, which the HTTP Request node uses, calls the address `uri`.
		const { uri, url } = request as Partial<IHttpRequestOptions> & { uri?: string };
		const { baseUrl, authToken, ignoreSslIssues: isInsecure } = credentials;
		if (originOf(url ?? uri, request.baseURL) !== originOf(baseUrl))
			return await Promise.resolve(request);
		const headers = {
			...request.headers,
			...readExtraHeaders(credentials),
			Authorization: `Bearer ${typeof authToken === 'string' ? authToken.trim() : ''}`,
		};
		const insecure = { skipSslCertificateValidation: true, rejectUnauthorized: false };
		return {
			...request,
			...NO_REDIRECTS,
			headers,
			...(readSwitch(isInsecure, IGNORE_SSL) === true && insecure),
		};
	};
}

/**
 * In the words of n8n's HTTP helper and of the older one. n8n checks no origin for a redirect that it
 * follows: the extra headers would go to any host, and the token too in HTTP Request before version 4.4.
 */
const NO_REDIRECTS = {
	disableFollowRedirect: true,
	followRedirect: false,
	followAllRedirects: false,
};

/** The origin of an address, which may be relative to a base; undefined if it is none. */
function originOf(address: unknown, base?: string): string | undefined {
	if (typeof address !== 'string') return undefined;
	return URL.canParse(address, base) ? new URL(address, base).origin : undefined;
}
