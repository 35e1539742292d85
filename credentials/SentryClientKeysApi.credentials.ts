import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

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

	/** Keeps the HTTP Request node, and with it every workflow author, from using the token elsewhere. */
	restrictToSupportedNodes = true as const;

	/** They restrict the HTTP Request node, which can't use this credential anyway. */
	hideDomainRestrictionFields = true as const;

	properties: INodeProperties[] = [
		{
			displayName:
				'The token needs the scope project:write (project:admin to delete keys), and org:read for the pickers. Use an internal integration or a personal token; organization tokens (sntrys_…) can not manage client keys.',
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
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.authToken}}' } },
	};
}
