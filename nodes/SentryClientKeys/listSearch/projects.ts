import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { listProjects } from '../sentry/listOrganizationsAndProjects';
import { handleOf } from '../sentry/lookUp';
import { chosenOrganization } from './chosen';
import { labelOf, search } from './search';

/** The From List mode of Project: the projects of the chosen organization. */
export async function searchProjects(
	this: ILoadOptionsFunctions,
	filter?: string,
	cursor?: string,
): Promise<INodeListSearchResult> {
	return await search(this, {
		filter,
		cursor,
		list: async (sentry) =>
			await listProjects(sentry, chosenOrganization(this), filter ?? '', cursor),
		toItem: (project) => ({ name: labelOf(project), value: handleOf(project) }),
		ifEmpty: {
			message: 'Sentry lists no project of this organization for this token',
			remedy:
				"Choose 'By ID' and enter the project's slug. The list wants a token with org:read; without it, a personal token only sees the projects of its user's teams.",
		},
	});
}
