import type { INodeProperties } from 'n8n-workflow';

import { OPTIONS_OF_RETURNED_KEYS } from '../../parameters/options';
import { readKey } from '../../sentry/endpoints';
import { compareBeforeWriting } from '../../sentry/keys/keyChoice';
import { locateKey } from '../../sentry/keys/locateKey';
import { rotateKey } from '../../sentry/keys/rotateKey';
import type { Rotation } from '../../sentry/keys/successor';
import { changesOf } from '../../sentry/keys/keyFields';
import { keyResult, warnOfIgnored, wouldDo } from '../keyResults';
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
		action: 'Rotate client key (DSN)',
		description: 'Replace a client key (DSN) with a new one that has the same settings',
	},
	parameters,
	options: [...OPTIONS_OF_RETURNED_KEYS, 'dryRun', 'safeRetry'],

	prepare(item) {
		const previousKey = item.choice('previousKey', 'Previous Key', PREVIOUS_KEY, 'keep');
		const isSafe = item.options.switch('safeRetry') !== false;
		return { target: item.keyTarget, previousKey, isSafe };
	},

	async preview({ target, previousKey }, item) {
		const { choice, columns, ...project } = await locateKey(item.keys.server, target);
		const { body: key } = await readKey(item.sentry, project, choice.keyId);
		const changes = previousKey === 'disable' ? changesOf(key, { isActive: false }) : {};
		return {
			responses: [],
			results: [
				keyResult(item, key, {
					...wouldDo('wouldRotate', changes),
					previousKeyId: key.id,
					...columns,
				}),
			],
		};
	},

	async run({ target, previousKey, isSafe }, item) {
		const { choice, columns, organization, project } = await locateKey(item.keys.server, target);
		const { keyId } = choice;
		const rotation: Rotation = { organization, project, keyId, previousKey, isSafe };
		return await item.inTurn(['client key', keyId], async () => {
			await compareBeforeWriting(item.sentry, rotation, choice);
			const rotated = await rotateKey(item.keys, rotation);
			const { key, responses, ignored, isRepeat, left, wasKept } = rotated;
			warnOfIgnored(item, ignored);
			if (isRepeat) item.warn('rotated_before', key.id);
			if (wasKept) item.warn('old_key_kept', keyId);
			if (left !== undefined) item.warn('duplicate_left', left);
			const fate = { keep: 'kept', disable: 'disabled', delete: 'deleted' }[
				wasKept ? 'keep' : previousKey
			];
			return {
				responses,
				results: [
					keyResult(item, key, { previousKeyId: item.sentry.names.keyId(keyId), ...columns }),
				],
				change: `rotated client key ${keyId} (${fate}) to ${key.id} in ${organization}/${project}`,
			};
		});
	},
});
