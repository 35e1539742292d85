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
import { isOperationOption, optionEntries } from './parameters/options';
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
	...shownFor(on('scope'), scope),
	...shownFor(on('clientKey'), identifyBy),
	...shownFor(on('clientKey'), dsn),
	...shownFor(on('organization', 'scope', 'project'), organization),
	...shownFor(on('clientKey'), organizationOfKey),
	...shownFor(on('clientKey'), organizationOfDsn),
	...shownFor(on('project'), project),
	...shownFor(on('scope'), projectInScope),
	...shownFor(on('clientKey'), projectOfKey),
	...shownFor(on('clientKey'), clientKey),
	...Object.entries(all).flatMap(([resource, ofResource]) =>
		Object.values(ofResource).flatMap(({ option, parameters }) =>
			parameters.map((parameter) => shownIf(resource, [option.value as string], parameter)),
		),
	),
	resultFormat,
	listResultFormat,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: optionEntries.flatMap((entry) => {
			const { name } = entry;
			if (!isOperationOption(name)) return [entry];
			return shownFor(({ options = [] }) => options.includes(name), entry, '/');
		}),
	},
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

function on(...targets: Array<Operation['target']>): (operation: Operation) => boolean {
	return ({ target }) => targets.includes(target);
}

/**
 * The parameter for some operations, once for each resource that has any.
 *
 * @param root what leads from the parameter to the resource and the operation: n8n wants a slash from
 * within a collection
 */
function shownFor(
	isFor: (operation: Operation) => boolean,
	parameter: INodeProperties,
	root: '' | '/' = '',
): INodeProperties[] {
	return Object.entries(all).flatMap(([resource, ofResource]) => {
		const names = Object.values(ofResource)
			.filter(isFor)
			.map(({ option }) => option.value as string);
		return names.length === 0 ? [] : [shownIf(resource, names, parameter, root)];
	});
}

function shownIf(
	resource: string,
	operation: string[],
	parameter: INodeProperties,
	root: '' | '/' = '',
): INodeProperties {
	const show: IDisplayOptions['show'] = {
		[`${root}resource`]: [resource],
		[`${root}operation`]: operation,
		...parameter.displayOptions?.show,
	};
	return { ...parameter, displayOptions: { ...parameter.displayOptions, show } };
}
