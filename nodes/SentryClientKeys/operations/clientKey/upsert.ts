import type { INodeProperties } from 'n8n-workflow';

import { keyFields, readKeyFields } from '../../parameters/keyFields';
import { name } from '../../parameters/keyName';
import type { Purpose } from '../../sentry/keys/markedId';
import { ensureKey } from '../../sentry/keys/ensureKey';
import type { WantedKey } from '../../sentry/keys/ensureKey';
import { InvalidInputError } from '../../sentry/errors';
import { checkName } from '../../sentry/keys/keyBody';
import { numberAsText } from '../../sentry/values';
import { operation } from '../types';

const LABEL = 'Additional Fields';

const parameters: INodeProperties[] = [
	{
		...name,
		required: true,
		description:
			'The name by which the key is found. Upper and lower case count; a key is created if none has this name.',
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
		action: 'Create or update client key',
		description: 'Create a new client key, or update the current one if it already exists (upsert)',
	},
	parameters,

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
		const fields = readKeyFields(item.value('additionalFields'), LABEL);
		const ifSeveral = item.choice('ifSeveral', 'If Several Match', ['fail', 'useOldest'], 'fail');
		const wanted: WantedKey = { organization, project, name, fields, ifSeveral };
		return { wanted, isSafe: item.switchOption('safeRetry') !== false };
	},

	async run({ wanted, isSafe }, item) {
		const { organization, project, name } = wanted;
		const projectId = await item.projectId({ organization, project });
		const purpose: Purpose = ['name', projectId, name];
		return await item.inTurn(purpose, async () => {
			const { key, writes, outcome, ignored, left } = await ensureKey(item.sentry, wanted, {
				create: async (body) =>
					await item.createKey({ organization, project, body }, { isSafe, purpose }),
				isOwn: (candidate) => item.isMarked(purpose, candidate),
				isSuccessor: (keyId, candidate) => item.isMarked(['successor', keyId], candidate),
			});
			item.noticeIgnored(ignored);
			if (left !== undefined) item.notice('duplicateLeft', left);
			return {
				answers: writes.length > 0 ? writes : [{ body: key, status: 200 }],
				results: [{ key, columns: { outcome } }],
				...(outcome !== 'unchanged' && {
					change: `${outcome} client key ${key.id} in ${organization}/${project}`,
				}),
			};
		});
	},
});
