import { deleteKey } from '../../sentry/keys/deleteKey';
import { compareBeforeWriting } from '../../sentry/keys/keyChoice';
import { operation } from '../types';

export const deleteOperation = operation({
	target: 'clientKey',
	option: {
		name: 'Delete',
		value: 'delete',
		action: 'Delete client key',
		description: 'Delete a client key for good: apps that use its DSN can send no more events',
	},
	parameters: [],

	prepare(item) {
		const { organization, project, keyChoice } = item;
		return { project: { organization, project }, keyChoice };
	},

	async run({ project, keyChoice }, item) {
		const { keyId } = keyChoice;
		await compareBeforeWriting(item.sentry, project, keyChoice);
		const { answer, existed } = await deleteKey(item.sentry, project, keyId);
		if (!existed) item.notice('keyWasGone', keyId);
		return {
			answers: [answer],
			results: [{ row: { deleted: true } }],
			...(existed && {
				change: `deleted client key ${keyId} in ${project.organization}/${project.project}`,
			}),
		};
	},
});
