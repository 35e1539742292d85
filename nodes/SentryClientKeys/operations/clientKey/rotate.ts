import type { INodeProperties } from 'n8n-workflow';

import { compareBeforeWriting } from '../../sentry/keys/keyChoice';
import type { Purpose } from '../../sentry/keys/markedId';
import { rotateKey } from '../../sentry/keys/rotateKey';
import type { Rotation } from '../../sentry/keys/rotateKey';
import { operation } from '../types';

const PREVIOUS_KEY = ['keep', 'disable', 'delete'] as const satisfies Array<
	Rotation['previousKey']
>;

const parameters: INodeProperties[] = [
	{
		displayName: 'Previous Key',
		name: 'previousKey',
		type: 'options',
		default: 'keep',
		description:
			'What becomes of the old key. It is only touched once the new one was read back and is active.',
		options: [
			{
				name: 'Delete',
				value: 'delete',
				description: 'Apps that still use it can send no more events (needs project:admin)',
			},
			{
				name: 'Disable',
				value: 'disable',
				description: 'It refuses events until it is activated again',
			},
			{ name: 'Keep', value: 'keep', description: 'Both keys work, until you retire the old one' },
		],
	},
];

export const rotate = operation({
	target: 'clientKey',
	option: {
		name: 'Rotate',
		value: 'rotate',
		action: 'Rotate client key',
		description: 'Put a new client key with the same settings in the place of an old one',
	},
	parameters,

	prepare(item) {
		const { organization, project, keyChoice } = item;
		const { keyId } = keyChoice;
		const previousKey = item.choice('previousKey', 'Previous Key', PREVIOUS_KEY, 'keep');
		const rotation: Rotation = { organization, project, keyId, previousKey };
		return { rotation, keyChoice, isSafe: item.switchOption('safeRetry') !== false };
	},

	async run({ rotation, keyChoice, isSafe }, item) {
		const { organization, project, keyId, previousKey } = rotation;
		const purpose: Purpose = ['successor', keyId];
		return await item.inTurn(['client key', keyId], async () => {
			await compareBeforeWriting(item.sentry, rotation, keyChoice);
			const rotated = await rotateKey(item.sentry, rotation, {
				create: async (body) =>
					await item.createKey({ organization, project, body }, { isSafe, purpose }),
				isSuccessor: (candidate) => item.isMarked(purpose, candidate),
				madeEarlier: item.madeEarlier({ organization, project }, purpose),
			});
			const { key, answers, ignored, isRepeat, left, wasKept } = rotated;
			item.noticeIgnored(ignored);
			if (isRepeat) item.notice('rotatedBefore', key.id);
			if (wasKept) item.notice('oldKeyKept', keyId);
			if (left !== undefined) item.notice('duplicateLeft', left);
			const fate = { keep: 'kept', disable: 'disabled', delete: 'deleted' }[
				wasKept ? 'keep' : previousKey
			];
			return {
				answers,
				results: [{ key, columns: { previousKeyId: keyId } }],
				change: `rotated client key ${keyId} (${fate}) to ${key.id} in ${organization}/${project}`,
			};
		});
	},
});
