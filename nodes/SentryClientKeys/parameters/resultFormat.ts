import type { INodeProperties } from 'n8n-workflow';

const FORMATS = {
	dsn: {
		name: 'DSN Only',
		value: 'dsn',
		description: 'The public DSN that goes into an app, with the key it belongs to and no secret',
	},
	rawResponse: {
		name: 'Raw Response',
		value: 'rawResponse',
		description: "One item per request: Sentry's response body and the HTTP status",
	},
};

/** For operations on client keys. */
export const resultFormat: INodeProperties = {
	displayName: 'Result Format',
	name: 'resultFormat',
	type: 'options',
	default: 'structuredTable',
	description: 'What the items of the Result output hold',
	displayOptions: { show: { resource: ['clientKey'] } },
	options: [
		FORMATS.dsn,
		FORMATS.rawResponse,
		{
			name: 'Structured Table',
			value: 'structuredTable',
			description:
				'One item per client key, always with the same 14 columns; of Delete, its ID alone',
		},
	],
};

/** For operations on organizations and projects, which have no DSN. */
export const listResultFormat: INodeProperties = {
	...resultFormat,
	displayOptions: { show: { resource: ['organization', 'project'] } },
	options: [
		FORMATS.rawResponse,
		{
			name: 'Structured Table',
			value: 'structuredTable',
			description: 'One item each, with the columns that the other operations take',
		},
	],
};
