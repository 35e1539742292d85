import type { INodeProperties } from 'n8n-workflow';

import type { ItemParameters } from '../../parameters/ItemParameters';
import { name } from '../../parameters/keyName';
import { rateLimit } from '../../parameters/rateLimit';
import { OPTIONS_OF_RETURNED_KEYS } from '../../parameters/options';
import { checkKeyBody, LONGEST_NAME, notShown, parseBody } from '../../sentry/keys/keyBody';
import type { FieldLabels } from '../../sentry/keys/keyBody';
import { numberAsText } from '../../sentry/values';
import { changesOf } from '../../sentry/keys/keyFields';
import { keyResult, warnOfIgnored, warnOfName, wouldDo } from '../keyResults';
import { operation } from '../types';

const FIELD_LABELS: FieldLabels = {
	body: 'Body',
	name: 'Name',
	rateLimit: 'Rate Limit',
	count: 'Rate Limit > Count',
	window: 'Rate Limit > Window (Seconds)',
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
		description: `At most ${LONGEST_NAME} characters. Sentry invents a name if this is empty.`,
		displayOptions: { show: { specifyBody: ['fields'] } },
	},
	{ ...rateLimit, displayOptions: { show: { specifyBody: ['fields'] } } },
	{
		displayName: 'Body',
		name: 'body',
		type: 'json',
		default: '{\n  "name": "my-app",\n  "rateLimit": { "count": 1000, "window": 3600 }\n}',
		description: `The request body: name (text of at most ${LONGEST_NAME} characters, or null) and rateLimit (count of events and window in seconds). Other fields are passed on as they are.`,
		displayOptions: { show: { specifyBody: ['json'] } },
	},
];

export const create = operation({
	target: 'project',
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create client key (DSN)',
		description: 'Create a new client key (DSN) in a project',
	},
	parameters,
	options: [...OPTIONS_OF_RETURNED_KEYS, 'dryRun', 'idempotencyKey', 'safeRetry'],

	prepare(item) {
		const { organization, project } = item;
		const { idempotencyKey } = item.options;
		const { body, asked, isUnnamed } = readBody(item);
		const isSafe = item.options.switch('safeRetry') !== false;
		return {
			creation: { organization, project, body, idempotencyKey, isSafe },
			asked,
			isUnnamed,
		};
	},

	async preview({ creation: { body } }) {
		return await Promise.resolve({
			responses: [],
			results: [{ key: body, columns: wouldDo('wouldCreate', changesOf({}, body)) }],
		});
	},

	async run({ creation, asked, isUnnamed }, item) {
		// Nothing else would tell in a dry run that the project is a wrong one.
		if (item.sentry.isDryRun) await item.keys.server.project(creation);
		const created = await item.keys.make(creation);
		const key = created.body;
		if (creation.idempotencyKey !== undefined && !item.keys.server.publicIds.isHonoured) {
			item.warn('idempotency_key_ignored');
		}
		if (isUnnamed) item.warn('name_generated', JSON.stringify(key.name ?? ''));
		warnOfName(item, asked, key);
		warnOfIgnored(item, notShown(creation.body, key), true);
		return {
			responses: [created],
			results: [keyResult(item, key)],
			change: `created client key ${key.id} in ${creation.organization}/${creation.project}`,
		};
	},
});

interface GivenBody {
	body: Record<string, unknown>;
	/** The name as it was given. */
	asked: unknown;
	/** Whether an expression was to give a name and gave none. */
	isUnnamed: boolean;
}

function readBody(item: ItemParameters): GivenBody {
	const isJson =
		item.choice('specifyBody', 'Specify Body', ['fields', 'json'], 'fields') === 'json';
	const given: Record<string, unknown> = !isJson
		? { name: numberAsText(item.value('name')), rateLimit: item.value('rateLimit') }
		: item.isLeftEmpty('body')
			? {}
			: parseBody(item.value('body'), JSON_LABELS.body);
	const body = checkKeyBody(given, isJson ? JSON_LABELS : FIELD_LABELS);
	const isUnnamed = body.name === undefined && item.isExpression(isJson ? 'body' : 'name');
	return { body, asked: given.name, isUnnamed };
}
