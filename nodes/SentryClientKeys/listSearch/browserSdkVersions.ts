import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { listSdkVersions } from '../sentry/keys/keyList';
import { chosenProject } from './chosen';
import { search } from './search';

/** The From List mode of Browser SDK Version: what the keys of the chosen project offer. */
export async function searchBrowserSdkVersions(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, {
		filter,
		cursor: undefined,
		list: async (sentry) => {
			const versions = await listSdkVersions(sentry, chosenProject(this));
			return { entries: versions.filter((version) => version.includes(filter ?? '')) };
		},
		toItem: (version) => ({ name: version, value: version }),
		ifEmpty: {
			message: 'The project has no client key that tells which versions there are',
			remedy: "Choose 'By Version' and enter one, such as latest.",
		},
	});
}
