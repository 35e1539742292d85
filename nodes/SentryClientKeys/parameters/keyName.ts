import type { INodeProperties } from 'n8n-workflow';

export const name: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. web-app production',
};

/** Expressions often return a number where a name is wanted. */
export function numberAsText(value: unknown): unknown {
	return typeof value === 'number' ? String(value) : value;
}
