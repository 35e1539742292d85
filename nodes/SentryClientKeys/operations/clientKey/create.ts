import type { INodeProperties } from 'n8n-workflow';

import type { ItemParameters } from '../../parameters/ItemParameters';
import { isRecord } from '../../sentry/json';
import { checkKeyBody, parseBody } from '../../sentry/keyBody';
import type { FieldLabels } from '../../sentry/keyBody';
import { operation } from '../types';

const FIELD_LABELS: FieldLabels = {
	body: 'Body',
	name: 'Name',
	rateLimit: 'Rate Limit',
	count: 'Rate Limit > Count',
	window: 'Rate Limit > Window',
};

const JSON_LABELS: FieldLabels = {
	body: 'Body',
	name: 'Body > name',
	rateLimit: 'Body > rateLimit',
	count: 'Body > rateLimit.count',
	window: 'Body > rateLimit.window',
};

const parameters: INodeProperties[] = [
	{
		displayName: 'Specify Body',
		name: 'specifyBody',
		type: 'options',
		default: 'fields',
		options: [
			{ name: 'Using Fields Below', value: 'fields' },
			{ name: 'Using JSON', value: 'json' },
		],
	},
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		placeholder: 'e.g. web-app production',
		description: 'At most 64 characters. Sentry invents a name if this is empty.',
		displayOptions: { show: { specifyBody: ['fields'] } },
	},
	{
		displayName: 'Rate Limit',
		name: 'rateLimit',
		type: 'fixedCollection',
		default: {},
		placeholder: 'Add Rate Limit',
		description: 'Caps the events that the key accepts. Without it there is no limit.',
		displayOptions: { show: { specifyBody: ['fields'] } },
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
						displayName: 'Window',
						name: 'window',
						type: 'number',
						default: '',
						placeholder: 'e.g. 3600',
						typeOptions: { minValue: 0, maxValue: 86400, numberPrecision: 0 },
						description:
							'The length of the window in seconds, up to 86400 (one day). 0 means no limit.',
					},
				],
			},
		],
	},
	{
		displayName: 'Body',
		name: 'body',
		type: 'json',
		default: '{\n  "name": "my-app",\n  "rateLimit": { "count": 1000, "window": 3600 }\n}',
		description:
			'The request body: name (text of at most 64 characters, or null) and rateLimit (count of events and window in seconds). Other fields are passed on as they are.',
		displayOptions: { show: { specifyBody: ['json'] } },
	},
];

export const create = operation({
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create client key',
		description: 'Create a new client key (DSN) in a project',
	},
	parameters,

	prepare(item) {
		return {
			key: { organization: item.organization, project: item.project, body: readBody(item) },
			settings: {
				idempotencyKey: item.textOption('idempotencyKey'),
				isSafe: item.option('safeRetry') !== false,
			},
		};
	},

	async run({ key, settings }, item) {
		const { body, status } = await item.createKey(key, settings);
		return {
			answers: [{ body, status }],
			keys: [body],
			change: `created client key ${body.id} in ${key.organization}/${key.project}`,
		};
	},
});

function readBody(item: ItemParameters): Record<string, unknown> {
	if (item.value('specifyBody') === 'json') {
		return checkKeyBody(parseBody(item.value('body'), JSON_LABELS.body), JSON_LABELS);
	}
	const rateLimit = item.value('rateLimit');
	const limit = isRecord(rateLimit) ? rateLimit.limit : undefined;
	return checkKeyBody(
		{
			name: numberAsText(item.value('name')),
			rateLimit: isRecord(limit)
				? { count: textAsNumber(limit.count), window: textAsNumber(limit.window) }
				: limit,
		},
		FIELD_LABELS,
	);
}

/** Expressions in fields often return a number where the field wants text, or the reverse. */
function numberAsText(value: unknown): unknown {
	return typeof value === 'number' ? String(value) : value;
}

function textAsNumber(value: unknown): unknown {
	if (value === '') return undefined;
	return typeof value === 'string' && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value;
}
