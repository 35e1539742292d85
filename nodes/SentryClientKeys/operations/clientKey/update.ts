import type { INodeProperties } from 'n8n-workflow';

import { keyFields, readCopyFrom, readKeyFields } from '../../parameters/readKeyFields';
import { name } from '../../parameters/keyName';
import { OPTIONS_OF_RETURNED_KEYS } from '../../parameters/options';
import { readKey } from '../../sentry/endpoints';
import { InvalidInputError } from '../../sentry/errors';
import { isRecord } from '../../sentry/json';
import { LONGEST_NAME } from '../../sentry/keys/keyBody';
import { changesOf, differenceOf, isEmpty } from '../../sentry/keys/keyFields';
import { withCopied } from '../../sentry/keys/copyFields';
import { compareWithKey } from '../../sentry/keys/keyChoice';
import { locateKey } from '../../sentry/keys/locateKey';
import { checkVersion, refuseIfNotStored, updateKey } from '../../sentry/keys/updateKey';
import { keyResult, warnOfIgnored, warnOfName, wouldDo } from '../keyResults';
import { operation } from '../types';

const LABEL = 'Update Fields';

const updateFields: INodeProperties = {
	displayName: LABEL,
	name: 'updateFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	description: 'What is to be changed. Everything else stays as it is.',
	options: [...keyFields, { ...name, description: `At most ${LONGEST_NAME} characters` }].sort(
		(a, b) => a.displayName.localeCompare(b.displayName),
	),
};

export const update = operation({
	target: 'clientKey',
	option: {
		name: 'Update',
		value: 'update',
		action: 'Update client key (DSN)',
		description: 'Change the name, status, rate limit or loader settings of a client key (DSN)',
	},
	parameters: [updateFields],
	options: [...OPTIONS_OF_RETURNED_KEYS, 'dryRun'],

	prepare(item) {
		const target = item.keyTarget;
		const given = item.value('updateFields');
		const fields = readKeyFields(given, LABEL);
		// Fields that were added and are empty, such as a sheet's cells, leave everything as it is.
		if (isEmpty(fields) && !(isRecord(given) && Object.keys(given).length > 0)) {
			throw new InvalidInputError(LABEL, 'is empty', 'Add at least one field to change.');
		}
		const asked = isRecord(given) ? given.name : undefined;
		return { target, fields, from: readCopyFrom(given, LABEL), asked };
	},

	async preview({ target, fields: own, from }, item) {
		const { server } = item.keys;
		const { choice, columns, ...project } = await locateKey(server, target);
		const fields = await withCopied(item.sentry, server, project, own, from);
		const { body: key } = await readKey(item.sentry, project, choice.keyId);
		const { changes, unknown } = differenceOf(key, fields);
		warnOfIgnored(item, unknown);
		const would = wouldDo('wouldUpdate', changesOf(key, changes));
		return { responses: [], results: [keyResult(item, key, { ...would, ...columns })] };
	},

	async run({ target, fields: own, from, asked }, item) {
		const { server } = item.keys;
		const { choice, columns, ...project } = await locateKey(server, target);
		const fields = await withCopied(item.sentry, server, project, own, from);
		const { keyId, dsn } = choice;
		return await item.inTurn(['client key', keyId], async () => {
			const current = await readKey(item.sentry, project, keyId);
			compareWithKey(current.body, dsn);
			checkVersion(current.body, fields.browserSdkVersion);
			const updated = await updateKey(item.sentry, project, current.body, fields);
			refuseIfNotStored(updated);
			const { key, writes, ignored, changedMeanwhile, isChanged } = updated;
			warnOfIgnored(item, ignored);
			warnOfName(item, asked, key);
			if (changedMeanwhile.length > 0) item.warn('changed_meanwhile', changedMeanwhile.join(', '));
			return {
				responses: writes.length > 0 ? writes : [current],
				results: [keyResult(item, key, columns)],
				...(isChanged && {
					change: `updated client key ${keyId} in ${project.organization}/${project.project}`,
				}),
			};
		});
	},
});
