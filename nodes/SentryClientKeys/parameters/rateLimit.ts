import type { INodeProperties } from 'n8n-workflow';

/** A pair of numbers under Add Rate Limit; both or none. */
export const rateLimit: INodeProperties = {
	displayName: 'Rate Limit',
	name: 'rateLimit',
	type: 'fixedCollection',
	default: {},
	placeholder: 'Add Rate Limit',
	description: 'Caps the events that the key accepts. Without it there is no limit.',
	options: [
		{
			displayName: 'Limit',
			name: 'limit',
			values: [
				{
					displayName: 'Count',
					name: 'count',
					type: 'number',
					// Empty rather than a number: n8n fills a missing half of the pair with its default.
					default: '',
					placeholder: 'e.g. 1000',
					typeOptions: { minValue: 0, numberPrecision: 0 },
					description: 'How many events the key accepts in one window. 0 means no limit.',
				},
				{
					displayName: 'Window (Seconds)',
					name: 'window',
					type: 'number',
					default: '',
					placeholder: 'e.g. 3600',
					typeOptions: { minValue: 0, maxValue: 86400, numberPrecision: 0 },
					description: 'How long one window is, up to 86400 (one day). 0 means no limit.',
				},
			],
		},
	],
};
