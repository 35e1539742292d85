import type { INodeProperties } from 'n8n-workflow';

import { returnAll } from '../../parameters/returnAll';
import { listAllOrganizations } from '../../sentry/listOrganizationsAndProjects';
import { handleOf } from '../../sentry/lookUp';
import { operation } from '../types';

const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	options: [
		{
			displayName: 'Query',
			name: 'query',
			type: 'string',
			default: '',
			placeholder: 'e.g. acme',
			description: "Only organizations that match Sentry's search: part of a name or slug",
		},
	],
};

export const getAll = operation({
	target: 'none',
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many organizations',
		description: 'Get the organizations that the token can see, to do something in each of them',
	},
	parameters: [...returnAll, filters],

	prepare(item) {
		return { limit: item.limit, search: item.filter('query', 'Query') ?? '' };
	},

	async run({ limit, search }, item) {
		const { found, responses, isCut } = await listAllOrganizations(item.sentry, { limit, search });
		if (isCut) item.warn('list_cut');
		return {
			responses,
			// The columns and their order, which users' workflows rely on; null where Sentry sent nothing.
			results: found.slice(0, limit).map((organization) => ({
				row: {
					organization: handleOf(organization),
					id: organization.id ?? null,
					name: organization.name,
					dateCreated: organization.dateCreated ?? null,
				},
			})),
		};
	},
});
