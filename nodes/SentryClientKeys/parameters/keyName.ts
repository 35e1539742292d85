import type { INodeProperties } from 'n8n-workflow';

export const name: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. web-app production',
};
