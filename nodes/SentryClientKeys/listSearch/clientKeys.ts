import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { keyName, listKeyPage } from '../sentry/keys/keyList';
import { chosenProject } from './chosen';
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
		list: async (sentry) => await listKeyPage(sentry, chosenProject(this), filter ?? '', cursor),
		toItem: (key) => ({
			name: `${keyName(key) || key.id} (${key.id.slice(0, 8)}…)${key.isActive === false ? ' – inactive' : ''}`,
			value: key.id,
		}),
		ifEmpty: {
			message: 'The project has no client key',
			remedy: "Create one first, with the operation 'Create'.",
		},
	});
}
