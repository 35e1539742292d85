import type { INodeProperties } from 'n8n-workflow';

import type { ItemParameters } from '../../parameters/ItemParameters';
import { returnAll } from '../../parameters/returnAll';
import { listKeys, listOrganizationKeys } from '../../sentry/keys/keyList';
import type { KeyFilter, KeyList } from '../../sentry/keys/keyList';
import { readChoice } from '../../sentry/values';
import { keyResults, usageDays } from '../keyResults';
import { operation } from '../types';
import type { ItemContext } from '../types';

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
	],
};

export const getAll = operation({
	target: 'scope',
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many client keys',
		description: 'Get many client keys of a project, or of the whole organization',
	},
	parameters: [...returnAll, filters],

	prepare(item) {
		const { organization, projectInScope: project } = item;
		const filter = { ...readFilters(item), limit: item.limit };
		return { organization, project, filter, days: usageDays(item) };
	},

	async run({ organization, project, filter, days }, item) {
		const list = await listOf(item, organization, project, filter);
		const { results, answers } = await keyResults(
			item,
			list.keys,
			({ projectId }) => ({ organization, project: project ?? String(projectId) }),
			days,
		);
		return { answers: [...list.answers, ...answers], results };
	},
});

async function listOf(
	item: ItemContext,
	organization: string,
	project: string | undefined,
	filter: KeyFilter,
): Promise<KeyList> {
	if (project !== undefined) return await listKeys(item.sentry, { organization, project }, filter);
	const list = await listOrganizationKeys(item.sentry, organization, filter);
	if (list.leftOut.length > 0) item.warn('projects_left_out', list.leftOut.join(', '));
	return list;
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
