import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { listOrganizations } from '../sentry/listOrganizationsAndProjects';
import { handleOf } from '../sentry/lookUp';
import { labelOf, search } from './search';

/** The From List mode of Organization. */
export async function searchOrganizations(
	this: ILoadOptionsFunctions,
	filter?: string,
	cursor?: string,
): Promise<INodeListSearchResult> {
	return await search(this, {
		filter,
		cursor,
		list: async (sentry) => await listOrganizations(sentry, filter ?? '', cursor),
		toItem: (organization) => ({ name: labelOf(organization), value: handleOf(organization) }),
		ifEmpty: {
			message: 'Sentry lists no organization for this token',
			remedy:
				"Choose 'By ID' and enter the organization's slug. The list wants a token with org:read; on sentry.io, tokens without it only see projects of the US region.",
		},
	});
}
