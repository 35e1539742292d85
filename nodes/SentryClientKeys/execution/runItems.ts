import type { IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import { findOperation } from '../operations';
import type { Operation } from '../operations/types';
import { ItemParameters } from '../parameters/ItemParameters';
import { RESULT_FORMATS } from '../results';
import { CancelledError, InvalidInputError } from '../sentry/errors';
import { asSentryError, errorItem, nodeError, stopError } from './nodeErrors';
import type { Failed } from './nodeErrors';
import { hasFailed, Run } from './run';
import type { ItemResult, Job } from './run';
import { isTool } from './runIdentity';

/**
 * Runs the node's operation for every input item and returns the items of the Result output.
 *
 * All items' parameters are read and checked before the first request. Then the items run side by side;
 * the output keeps their order.
 *
 * @throws NodeApiError or NodeOperationError for the lowest item that failed, unless the node is set to
 * continue: then an error item takes the item's place
 */
export async function runItems(node: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const operation = operationOf(node);
	const jobs = node.getInputData().map((_, index) => prepare(node, operation, index));
	const stopAtFailure = !node.continueOnFail();
	if (stopAtFailure && jobs.some(hasFailed)) throw stopError(node.getNode(), jobs);

	const results = await new Run(node, operation, jobs, stopAtFailure).results();
	if (node.getExecutionCancelSignal()?.aborted) {
		throw stopError(node.getNode(), results, new CancelledError());
	}
	if (stopAtFailure && results.some(hasFailed)) throw stopError(node.getNode(), results);
	return results.flatMap((result, index) => toItems(node.getNode(), result, index));
}

function operationOf(node: IExecuteFunctions): Operation {
	const operation = findOperation(
		node.getNodeParameter('resource', 0, ''),
		node.getNodeParameter('operation', 0, ''),
	);
	if (operation === undefined) {
		const failure = new InvalidInputError(
			'Operation',
			'is not an operation of this node',
			"Choose one of the listed operations. For other calls to Sentry's API, use the HTTP Request node.",
		);
		throw nodeError(node.getNode(), failure, 0);
	}
	return operation;
}

function prepare(node: IExecuteFunctions, operation: Operation, index: number): Job | Failed {
	try {
		const parameters = ItemParameters.ofItem(node, index);
		const format = parameters.choice(
			'resultFormat',
			'Result Format',
			RESULT_FORMATS,
			'structuredTable',
		);
		const isDryRun = 'preview' in operation && parameters.options.switch('dryRun') === true;
		if (isDryRun && format === 'rawResponse') {
			throw new InvalidInputError(
				'Options > Dry Run',
				'has no raw response: nothing is sent to change anything',
				"Choose another 'Result Format', or remove the option.",
			);
		}
		return {
			prepared: operation.prepare(parameters),
			isDryRun,
			format,
			redactSecrets: parameters.options.switch('redactSecrets') ?? isTool(node),
			dsnAddress: parameters.options.dsnAddress,
			neverError: parameters.options.switch('neverError') === true && format === 'rawResponse',
			maxConcurrentRequests: parameters.options.number('maxConcurrentRequests'),
			maxRetries: parameters.options.number('maxRetries'),
			timeout: parameters.options.number('timeout'),
		};
	} catch (reason) {
		return { failure: asSentryError(reason) };
	}
}

function toItems(node: INode, result: ItemResult | undefined, index: number): INodeExecutionData[] {
	if (result === undefined) return [];
	if (hasFailed(result)) return [errorItem(node, result.failure, index)];
	return result.rows.map((json) => ({ json, pairedItem: { item: index } }));
}
