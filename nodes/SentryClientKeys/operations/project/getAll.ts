import type { INodeProperties } from 'n8n-workflow';

import { returnAll } from '../../parameters/returnAll';
import { listAllProjects } from '../../sentry/listOrganizationsAndProjects';
import type { ProjectEntry } from '../../sentry/listOrganizationsAndProjects';
import { handleOf } from '../../sentry/lookUp';
import type { ItemParameters } from '../../parameters/ItemParameters';
import { InvalidInputError } from '../../sentry/errors';
import { operation } from '../types';
import type { Row } from '../../results/types';

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
			placeholder: 'e.g. web',
			description: "Only projects that match Sentry's search: part of a name or slug, or team:x",
		},
	],
};

export const getAll = operation({
	target: 'organization',
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many projects',
		description: 'Get many projects of an organization, to do something in each of them',
	},
	parameters: [...returnAll, filters],

	prepare(item) {
		const { organization, limit } = item;
		return { organization, limit, search: readQuery(item) };
	},

	async run({ organization, limit, search }, item) {
		const { found, responses, isCut } = await listAllProjects(item.sentry, organization, {
			limit,
			search,
		});
		if (isCut) item.warn('list_cut');
		const isNamed = found.every((project) => project.organization !== undefined);
		const slug = isNamed
			? organization
			: await item.organizationsAndProjects.organizationSlug(organization);
		return {
			responses,
			results: found.slice(0, limit).map((project) => ({ row: rowOf(project, slug) })),
		};
	},
});

/** The columns and their order, which users' workflows rely on; null where Sentry sent nothing. */
function rowOf(project: ProjectEntry, organization: string): Row {
	return {
		organization: project.organization?.slug ?? organization,
		project: handleOf(project),
		id: project.id ?? null,
		name: project.name,
		platform: project.platform ?? null,
		isMember: project.isMember ?? null,
		hasAccess: project.hasAccess ?? null,
		dateCreated: project.dateCreated ?? null,
	};
}

/** @throws InvalidInputError if it looks for a DSN: servers ignore that, or know it in another list only */
function readQuery(item: ItemParameters): string {
	const label = 'Filters > Query';
	const query = item.filter('query', 'Query') ?? '';
	if (!/\bdsn:/i.test(query)) return query;
	throw new InvalidInputError(
		label,
		"can't look for a DSN",
		"To find out whose DSN it is, use 'Client Key: Get' with 'Identify Key By' set to 'DSN'.",
	);
}
