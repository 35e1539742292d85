import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { ItemParameters } from '../parameters/ItemParameters';
import { listKeyPage } from '../sentry/keys/keyList';
import { search } from './search';

/** The From List mode of Client Key: the keys of the chosen project, newest first. */
export async function searchClientKeys(
	this: ILoadOptionsFunctions,
	filter?: string,
	cursor?: string,
): Promise<INodeListSearchResult> {
	return await search(this, {
		filter,
		cursor,
		list: async (sentry) => {
			const { organization, project } = ItemParameters.ofEditor(this);
			return await listKeyPage(sentry, { organization, project }, filter ?? '', cursor);
		},
		toItem: ({ id, name, isActive }) => ({
			name: `${name ?? id} (${id.slice(0, 8)}…)${isActive === false ? ' – inactive' : ''}`,
			value: id,
		}),
		ifEmpty: {
			message: 'The project has no client key',
			remedy: "Create one first, with the operation 'Create'.",
		},
	});
}
