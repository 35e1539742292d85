import type { INodeProperties } from 'n8n-workflow';

export const resultFormat: INodeProperties = {
	displayName: 'Result Format',
	name: 'resultFormat',
	type: 'options',
	default: 'structuredTable',
	description: 'What the items of the Result output hold',
	options: [
		{
			name: 'DSN Only',
			value: 'dsn',
			description: 'The public DSN that goes into an app, with the key it belongs to and no secret',
		},
		{
			name: 'Raw Response',
			value: 'rawResponse',
			description: "One item per request: Sentry's response body and the HTTP status",
		},
		{
			name: 'Structured Table',
			value: 'structuredTable',
			description: 'One item per client key, always with the same 14 columns',
		},
	],
};
