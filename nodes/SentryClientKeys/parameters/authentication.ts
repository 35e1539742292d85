import type { INodeProperties } from 'n8n-workflow';

/** The values are saved in users' workflows. */
export type Authentication = 'authToken' | 'oAuth2';

/** The credential type that goes with it. */
export function credentialTypeOf(authentication: Authentication): string {
	return authentication === 'oAuth2' ? 'sentryClientKeysOAuth2Api' : 'sentryClientKeysApi';
}

export const authentication: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	noDataExpression: true,
	default: 'authToken',
	options: [
		{ name: 'Auth Token', value: 'authToken' },
		{ name: 'OAuth2', value: 'oAuth2' },
	],
};
