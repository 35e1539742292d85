import type { INodeProperties } from 'n8n-workflow';

import type { ItemParameters } from '../../parameters/ItemParameters';
import { returnAll } from '../../parameters/returnAll';
import { OPTIONS_OF_RETURNED_KEYS } from '../../parameters/options';
import type { ProjectRef } from '../../sentry/endpoints';
import type { OrganizationsAndProjects } from '../../sentry/organizationsAndProjects';
import { InvalidInputError } from '../../sentry/errors';
import { projectIdOf } from '../../sentry/keys/parseDsn';
import { listKeys, listOrganizationKeys } from '../../sentry/keys/keyList';
import type { FilteredKeys, KeyFilter } from '../../sentry/keys/keyList';
import { idOrSlug } from '../../sentry/paths';
import type { ClientKey } from '../../sentry/types';
import { readChoice } from '../../sentry/values';
import { keyResults, usageDays, warnOfEmptyDsn } from '../keyResults';
import { operation } from '../types';

const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	options: [
		{
			displayName: 'Name Contains',
			name: 'name',
			type: 'string',
			default: '',
			placeholder: 'e.g. production',
			description: 'Only keys with this text in their name, upper and lower case alike',
		},
		{
			displayName: 'Status',
			name: 'status',
			type: 'options',
			default: 'active',
			options: [
				{ name: 'Active', value: 'active' },
				{ name: 'Inactive', value: 'inactive' },
			],
			description: 'Only keys that accept events, or only those that are switched off',
		},
		{
			displayName: 'Team',
			name: 'team',
			type: 'string',
			default: '',
			placeholder: 'e.g. backend',
			description: "Only keys of this team's projects: its slug or ID",
			displayOptions: { show: { '/scope': ['organization'] } },
		},
	],
};

export const getAll = operation({
	target: 'scope',
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many client keys (DSNs)',
		description: 'Get many client keys (DSNs) of a project, or of the whole organization',
	},
	parameters: [...returnAll, filters],
	options: [...OPTIONS_OF_RETURNED_KEYS, 'includeUsage', 'usageDays'],

	prepare(item) {
		const { organization, projectInScope: project, limit } = item;
		const filter = { ...readFilters(item), ...(limit !== undefined && { limit }) };
		const team = readTeam(item, project);
		const days = usageDays(item);
		const isNamed = item.value('resultFormat') !== 'rawResponse';
		return { organization, project, filter, team, days, isNamed };
	},

	async run({ organization, project, filter, team, days, isNamed }, item) {
		const list =
			project === undefined
				? await listOrganizationKeys(item.organizationsAndProjects, organization, filter, team)
				: await listKeys(item.sentry, { organization, project }, filter);
		if (list.isCut) item.warn('list_cut');
		const { leftOut = [] } = list;
		if (leftOut.length > 0) item.warn('projects_left_out', leftOut.join(', '));
		for (const key of list.keys) warnOfEmptyDsn(item, key);
		const needsNames = list.keys.length > 0 && (isNamed || days !== undefined);
		const projectOf = needsNames
			? await projectNames(item.organizationsAndProjects, { organization, project }, list)
			: () => ({ organization, project: '' });
		const { results, responses } = await keyResults(item, list.keys, {
			projectOf,
			columnsOf: (key) => ({ ...projectOf(key) }),
			days,
		});
		return { responses: [...list.responses, ...responses], results };
	},
});

/** What the project of each key is called, and its organization: from the lists, none asked for a key alone. */
async function projectNames(
	organizationsAndProjects: OrganizationsAndProjects,
	{ organization, project }: { organization: string; project: string | undefined },
	{ projects: known }: FilteredKeys,
): Promise<(key: ClientKey) => ProjectRef> {
	if (project !== undefined) {
		const named = await organizationsAndProjects.slugsOf({ organization, project });
		return () => named;
	}
	const slug = await organizationsAndProjects.organizationSlug(organization);
	const byId =
		known === undefined
			? await organizationsAndProjects.projectHandles(organization)
			: new Map<string, string>();
	return (key) => {
		const id = projectIdOf(key) ?? '';
		return { organization: slug, project: known?.get(key) ?? byId.get(id) ?? id };
	};
}

/** @throws InvalidInputError */
function readFilters(item: ItemParameters): KeyFilter {
	const name = item.filter('name', 'Name Contains');
	const status = readChoice(
		item.filter('status', 'Status'),
		['active', 'inactive', 'all'],
		'Filters > Status',
	);
	return {
		...(name !== undefined && { name }),
		...(status !== undefined && status !== 'all' && { status }),
	};
}

/** @throws InvalidInputError if it is set for a single project, which it can't narrow down */
function readTeam(item: ItemParameters, project: string | undefined): string | undefined {
	const label = 'Filters > Team';
	const team = item.filter('team', 'Team');
	if (team === undefined) return undefined;
	if (project === undefined) return idOrSlug(label, team);
	throw new InvalidInputError(
		label,
		'is for the scope Organization only',
		"Remove the filter, or set 'Scope' to Organization.",
	);
}
