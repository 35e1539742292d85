import { deleteKey } from '../../sentry/keys/deleteKey';
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
		const { organization, project, keyId } = item;
		return { project: { organization, project }, keyId };
	},

	async run({ project, keyId }, item) {
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
