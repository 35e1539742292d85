import type { INodeProperties } from 'n8n-workflow';

import type { ItemParameters } from '../../parameters/ItemParameters';
import { name } from '../../parameters/keyName';
import { rateLimit, readRateLimit } from '../../parameters/rateLimit';
import { checkKeyBody, parseBody } from '../../sentry/keys/keyBody';
import type { FieldLabels } from '../../sentry/keys/keyBody';
import { numberAsText } from '../../sentry/values';
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
		...name,
		description: 'At most 64 characters. Sentry invents a name if this is empty.',
		displayOptions: { show: { specifyBody: ['fields'] } },
	},
	{ ...rateLimit, displayOptions: { show: { specifyBody: ['fields'] } } },
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
	target: 'project',
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
				idempotencyKey: item.idempotencyKey,
				isSafe: item.switchOption('safeRetry') !== false,
			},
		};
	},

	async run({ key, settings }, item) {
		const created = await item.createKey(key, settings);
		if (key.body.rateLimit !== undefined && !created.body.rateLimit) {
			item.notice('rateLimitIgnored');
		}
		return {
			answers: [created],
			results: [{ key: created.body }],
			change: `created client key ${created.body.id} in ${key.organization}/${key.project}`,
		};
	},
});

function readBody(item: ItemParameters): Record<string, unknown> {
	if (item.choice('specifyBody', 'Specify Body', ['fields', 'json'], 'fields') === 'json') {
		return checkKeyBody(
			item.isLeftEmpty('body') ? {} : parseBody(item.value('body'), JSON_LABELS.body),
			JSON_LABELS,
		);
	}
	return checkKeyBody(
		{ name: numberAsText(item.value('name')), rateLimit: readRateLimit(item.value('rateLimit')) },
		FIELD_LABELS,
	);
}
