import { create } from './clientKey/create';
import type { Operation } from './types';

/**
 * Every operation, by resource: the node's description, its execution and the result schemas follow
 * from this. The keys are saved in users' workflows.
 */
export const operations = {
	clientKey: { create },
} satisfies Record<string, Record<string, Operation>>;

/** How the editor names the resources. */
export const resources = {
	clientKey: { name: 'Client Key', value: 'clientKey' },
} satisfies { [resource in keyof typeof operations]: { name: string; value: resource } };

/** The operation of that name; undefined if there is none. */
export function findOperation(resource: string, name: string): Operation | undefined {
	const all: Record<string, Record<string, Operation>> = operations;
	return all[resource]?.[name];
}
