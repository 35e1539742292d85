import type { INodeProperties } from 'n8n-workflow';

import { keyFields, readCopyFrom, readKeyFields } from '../../parameters/readKeyFields';
import { name } from '../../parameters/keyName';
import { OPTIONS_OF_RETURNED_KEYS } from '../../parameters/options';
import { readKey } from '../../sentry/endpoints';
import { withCopied } from '../../sentry/keys/copyFields';
import { purposeOf, settleUpsert, upsertKey } from '../../sentry/keys/upsertKey';
import type { Upserted, WantedKey } from '../../sentry/keys/upsertKey';
import { InvalidInputError } from '../../sentry/errors';
import { checkName } from '../../sentry/keys/keyBody';
import { numberAsText } from '../../sentry/values';
import { changesOf, differenceOf } from '../../sentry/keys/keyFields';
import { keyResult, warnOfIgnored, warnOfName, wouldDo } from '../keyResults';
import { operation } from '../types';
import type { ItemContext } from '../types';
import type { OperationOutcome } from '../../results/types';

const LABEL = 'Additional Fields';

const parameters: INodeProperties[] = [
	{
		...name,
		required: true,
		description:
			'The name by which the key is found. Upper and lower case count; a key is created if none has this name.',
	},
	{
		displayName: 'If Inactive',
		name: 'ifInactive',
		type: 'options',
		default: 'keep',
		description: 'What to do when the key of this name is switched off',
		options: [
			{ name: 'Activate', value: 'activate', description: 'Switch it on, so that it takes events' },
			{ name: 'Keep', value: 'keep', description: 'Leave it switched off and return a warning' },
		],
	},
	{
		displayName: 'If Several Match',
		name: 'ifSeveral',
		type: 'options',
		default: 'fail',
		description: 'What to do when several keys of the project have this name',
		options: [
			{
				name: 'Stop with a Message',
				value: 'fail',
				description: 'Name the keys and change nothing',
			},
			{ name: 'Use the Oldest', value: 'useOldest', description: 'Leave the others as they are' },
		],
	},
	{
		displayName: LABEL,
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		description: 'What the key is to have. Everything else stays as it is.',
		options: keyFields,
	},
];

export const upsert = operation({
	target: 'project',
	option: {
		name: 'Create or Update',
		value: 'upsert',
		action: 'Create or update client key (DSN)',
		description:
			'Create a new client key (DSN), or update the current one if it already exists (upsert)',
	},
	parameters,
	options: [...OPTIONS_OF_RETURNED_KEYS, 'dryRun', 'safeRetry'],

	prepare(item) {
		const { organization, project } = item;
		const name = checkName(numberAsText(item.value('name')), 'Name');
		if (name === undefined) {
			throw new InvalidInputError(
				'Name',
				'is empty',
				"Enter the name by which the key is found. To have Sentry invent one, use the operation 'Create'.",
			);
		}
		const given = item.value('additionalFields');
		const fields = readKeyFields(given, LABEL);
		const ifInactive = item.choice('ifInactive', 'If Inactive', ['keep', 'activate'], 'keep');
		const ifSeveral = item.choice('ifSeveral', 'If Several Match', ['fail', 'useOldest'], 'fail');
		const isSafe = item.options.switch('safeRetry') !== false;
		return {
			wanted: { organization, project, name, fields, ifInactive, ifSeveral, isSafe },
			from: readCopyFrom(given, LABEL),
			asked: item.value('name'),
		};
	},

	async preview(
		{ wanted: { name, fields, ...project }, from },
		item,
		{ method, keyId = '', body },
	) {
		if (method === 'POST') {
			const { sentry, keys } = item;
			const key = { name, ...(await withCopied(sentry, keys.server, project, fields, from)) };
			const would = wouldDo('wouldCreate', changesOf({}, key));
			const { rateLimit = null, ...shown } = key;
			return { responses: [], results: [{ key: { ...shown, rateLimit }, columns: would }] };
		}
		const { body: key } = await readKey(item.sentry, project, keyId);
		const { changes } = differenceOf(key, body);
		const would = wouldDo('wouldUpdate', changesOf(key, changes));
		return { responses: [], results: [keyResult(item, key, would)] };
	},

	async run({ wanted: ofProject, from, asked }, item) {
		const { server } = item.keys;
		const fields = await withCopied(item.sentry, server, ofProject, ofProject.fields, from);
		const { id: projectId } = await server.project(ofProject);
		const wanted: WantedKey = { ...ofProject, fields, projectId };
		const turn = purposeOf(wanted);
		const outcome = (upserted: Upserted) => outcomeOf(item, wanted, asked, upserted);
		const upserted = await item.inTurn(turn, async () => await upsertKey(item.keys, wanted));
		if (!('created' in upserted)) return outcome(upserted);
		return {
			change: `created client key ${upserted.created.body.id} in ${wanted.organization}/${wanted.project}`,
			settle: async () =>
				outcome(
					await item.inTurn(turn, async () => await settleUpsert(item.keys, wanted, upserted)),
				),
		};
	},
});

function outcomeOf(
	item: ItemContext,
	{ organization, project }: WantedKey,
	asked: unknown,
	{ key, writes, outcome, ignored, changedMeanwhile, left, lookalikes }: Upserted,
): OperationOutcome {
	warnOfIgnored(item, ignored);
	warnOfName(item, asked, key);
	if (changedMeanwhile.length > 0) item.warn('changed_meanwhile', changedMeanwhile.join(', '));
	if (left.length > 0) item.warn('duplicate_left', left.join(', '));
	if (lookalikes.length > 0) item.warn('name_lookalike', JSON.stringify(lookalikes));
	return {
		responses: writes.length > 0 ? writes : [{ body: key, status: 200 }],
		results: [keyResult(item, key, { outcome })],
		...(outcome !== 'unchanged' && {
			change: `${outcome} client key ${key.id} in ${organization}/${project}`,
		}),
	};
}
