import type { INodeProperties } from 'n8n-workflow';

import { operations, resources } from '../operations';
import type { Operation } from '../operations/types';
import { organization, project } from './locators';
import { options } from './options';
import { resultFormat } from './resultFormat';

/** The node's panel: what all operations share, with each operation's own parameters in between. */
export const properties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: Object.values(resources),
		default: 'clientKey',
	},
	...Object.entries(operations).map(([resource, ofResource]) =>
		operationParameter(resource, Object.values(ofResource)),
	),
	organization,
	project,
	...Object.entries(operations).flatMap(([resource, ofResource]) =>
		Object.values(ofResource).flatMap((operation) => ownParameters(resource, operation)),
	),
	resultFormat,
	options,
];

function operationParameter(resource: string, ofResource: Operation[]): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: ofResource.map(({ option }) => option),
		default: 'create',
	};
}

function ownParameters(resource: string, { option, parameters }: Operation): INodeProperties[] {
	return parameters.map((parameter) => ({
		...parameter,
		displayOptions: {
			...parameter.displayOptions,
			show: {
				resource: [resource],
				operation: [option.value],
				...parameter.displayOptions?.show,
			},
		},
	}));
}
