import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { defaultOperations, operations, resources } from './operations';
import type { Operation } from './operations/types';
import { authentication } from './parameters/authentication';
import {
	clientKey,
	dsn,
	identifyBy,
	organization,
	organizationOfDsn,
	organizationOfKey,
	project,
	projectInScope,
	projectOfKey,
	scope,
} from './parameters/locators';
import { options } from './parameters/options';
import { listResultFormat, resultFormat } from './parameters/resultFormat';

/** The operations by resource, without the types of their own. */
const all: Record<string, Record<string, Operation>> = operations;

/** The node's panel: what all operations share, with each operation's own parameters in between. */
export const properties: INodeProperties[] = [
	authentication,
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: Object.values(resources),
		default: 'clientKey',
	},
	...Object.values(resources).map(({ value }) => operationParameter(value)),
	...shownFor(['scope'], scope),
	...shownFor(['clientKey'], identifyBy),
	...shownFor(['clientKey'], dsn),
	...shownFor(['organization', 'scope', 'project'], organization),
	...shownFor(['clientKey'], organizationOfKey),
	...shownFor(['clientKey'], organizationOfDsn),
	...shownFor(['project'], project),
	...shownFor(['scope'], projectInScope),
	...shownFor(['clientKey'], projectOfKey),
	...shownFor(['clientKey'], clientKey),
	...Object.entries(all).flatMap(([resource, ofResource]) =>
		Object.values(ofResource).flatMap(({ option, parameters }) =>
			parameters.map((parameter) => shownIf(resource, [option.value as string], parameter)),
		),
	),
	resultFormat,
	listResultFormat,
	options,
];

function operationParameter(resource: keyof typeof operations): INodeProperties {
	const first = defaultOperations[resource];
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: Object.values(all[resource] ?? {}).map(({ option }) => option),
		default: first,
	};
}

/** The parameter for the operations with one of the targets, once for each resource that has any. */
function shownFor(targets: Array<Operation['target']>, parameter: INodeProperties) {
	return Object.entries(all).flatMap(([resource, ofResource]) => {
		const names = Object.values(ofResource)
			.filter(({ target }) => targets.includes(target))
			.map(({ option }) => option.value as string);
		return names.length === 0 ? [] : [shownIf(resource, names, parameter)];
	});
}

function shownIf(
	resource: string,
	operation: string[],
	parameter: INodeProperties,
): INodeProperties {
	const show: IDisplayOptions['show'] = {
		resource: [resource],
		operation,
		...parameter.displayOptions?.show,
	};
	return { ...parameter, displayOptions: { ...parameter.displayOptions, show } };
}
