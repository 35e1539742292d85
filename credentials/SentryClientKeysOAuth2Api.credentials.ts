import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

import { extraHeaders, ignoreSslIssues } from './connectionFields';

/** A Sentry server and an OAuth application of it; n8n asks for the token and renews it. */
export class SentryClientKeysOAuth2Api implements ICredentialType {
	name = 'sentryClientKeysOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'Sentry Client Keys OAuth2 API';

	icon: Icon = {
		light: 'file:../nodes/SentryClientKeys/sentryClientKeys.svg',
		dark: 'file:../nodes/SentryClientKeys/sentryClientKeys.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-sentry-client-keys/n8n-nodes-sentry-client-keys#credential';

	/** n8n signs OAuth2 requests to whatever address, so no other node may use it: the token would go there. */
	restrictToSupportedNodes = true as const;

	properties: INodeProperties[] = [
		// n8n puts the fields that `extends` brings before all others, so the steps take the place of one that Sentry has no use for.
		{
			displayName:
				"In Sentry, open User settings > Applications, make an application, and enter the redirect URL above under 'Authorized Redirect URIs'. Enter its client ID and secret here; for a self-hosted Sentry, also the 'Sentry URL' below. Extra headers go on API calls only: an access proxy in front of Sentry must let /oauth/token/ pass.",
			name: 'serverUrl',
			type: 'notice',
			default: '',
		},
		{ displayName: 'Grant Type', name: 'grantType', type: 'hidden', default: 'authorizationCode' },
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
		{
			displayName: 'Authorization URL',
			name: 'authUrl',
			type: 'hidden',
			default: '={{$self["baseUrl"].replace(/(\\/api(\\/0)?)?\\/*$/, "")}}/oauth/authorize/',
			required: true,
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: '={{$self["baseUrl"].replace(/(\\/api(\\/0)?)?\\/*$/, "")}}/oauth/token/',
			required: true,
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'string',
			default: 'org:read project:read project:write project:admin',
			description:
				'What the application may do. Leave out project:admin if no workflow is to delete keys.',
		},
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: '',
		},
		{ displayName: 'Authentication', name: 'authentication', type: 'hidden', default: 'body' },
		// It restricts the HTTP Request node, which can't use this credential.
		{
			displayName: 'Allowed HTTP Request Domains',
			name: 'allowedHttpRequestDomains',
			type: 'hidden',
			default: 'none',
		},
		// n8n's own name, which connecting and renewing honour.
		ignoreSslIssues('ignoreSSLIssues'),
		...extraHeaders,
	];
}
