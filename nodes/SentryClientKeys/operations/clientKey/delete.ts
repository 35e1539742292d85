import { deleteKey } from '../../sentry/keys/deleteKey';
import { compareBeforeWriting } from '../../sentry/keys/keyChoice';
import { locateKey } from '../../sentry/keys/locateKey';
import { readChoice } from '../../sentry/values';
import { operation } from '../types';

export const deleteOperation = operation({
	target: 'clientKey',
	option: {
		name: 'Delete',
		value: 'delete',
		action: 'Delete client key (DSN)',
		description: 'Delete a client key (DSN) for good: apps that use it can send no more events',
	},
	parameters: [],
	options: ['dryRun', 'ifNotFound'],

	prepare(item) {
		const ifNotFound = readChoice(
			item.options.value('ifNotFound'),
			['error', 'ignore'],
			'Options > If Not Found',
		);
		return { target: item.keyTarget, isIgnored: ifNotFound === 'ignore' };
	},

	async preview({ target }, item, { keyId = '' }) {
		const { columns } = await locateKey(item.keys.server, target);
		const id = item.sentry.names.keyId(keyId);
		return {
			responses: [],
			results: [{ row: { deleted: false, id, outcome: 'wouldDelete', ...columns } }],
		};
	},

	async run({ target, isIgnored }, item) {
		const { choice, columns, ...project } = await locateKey(item.keys.server, target);
		const { keyId } = choice;
		await compareBeforeWriting(item.sentry, project, choice);
		const { response, missing } = await deleteKey(item.sentry, project, keyId);
		const deletion = { deleted: keyId, ...project };
		if (missing === undefined) item.keys.remember(deletion);
		const isDeleted = missing === undefined || item.keys.remembers(deletion);
		if (!isDeleted && !isIgnored) throw missing;
		if (!isDeleted) item.warn('key_not_found', keyId);
		return {
			responses: [response],
			results: [{ row: { deleted: isDeleted, id: item.sentry.names.keyId(keyId), ...columns } }],
			...(isDeleted && {
				change: `deleted client key ${keyId} in ${project.organization}/${project.project}`,
			}),
		};
	},
});
