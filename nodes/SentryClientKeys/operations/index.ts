import { create } from './clientKey/create';
import { deleteOperation } from './clientKey/delete';
import { get } from './clientKey/get';
import { getAll as getAllKeys } from './clientKey/getAll';
import { rotate } from './clientKey/rotate';
import { update } from './clientKey/update';
import { upsert } from './clientKey/upsert';
import { getAll as getAllOrganizations } from './organization/getAll';
import { getAll as getAllProjects } from './project/getAll';
import type { Operation } from './types';

/**
 * Every operation, by resource: the node's description, its execution and the result schemas follow
 * from this. The keys are saved in users' workflows. In the order of their names in the editor.
 */
export const operations = {
	clientKey: {
		create,
		upsert,
		delete: deleteOperation,
		get,
		getAll: getAllKeys,
		rotate,
		update,
	},
	organization: { getAll: getAllOrganizations },
	project: { getAll: getAllProjects },
} satisfies Record<string, Record<string, Operation>>;

/** How the editor names the resources. */
export const resources = {
	clientKey: { name: 'Client Key', value: 'clientKey' },
	organization: { name: 'Organization', value: 'organization' },
	project: { name: 'Project', value: 'project' },
} satisfies { [resource in keyof typeof operations]: { name: string; value: resource } };

/** The operation that each resource begins with, whichever comes first by the alphabet. */
export const defaultOperations = {
	clientKey: 'create',
	organization: 'getAll',
	project: 'getAll',
} satisfies { [resource in keyof typeof operations]: keyof (typeof operations)[resource] };

/** The operation of that name; undefined if there is none. */
export function findOperation(resource: string, name: string): Operation | undefined {
	const all: Record<string, Record<string, Operation>> = operations;
	return Object.hasOwn(all, resource) && Object.hasOwn(all[resource] ?? {}, name)
		? all[resource]?.[name]
		: undefined;
}
