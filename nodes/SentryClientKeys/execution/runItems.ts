import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { findOperation } from '../operations';
import type { Operation, OperationOutcome, Row } from '../operations/types';
import { ItemParameters } from '../parameters/ItemParameters';
import { isResultFormat, resultFormats } from '../results';
import type { ResultFormatName } from '../results';
import { CancelledError, InvalidInputError } from '../sentry/errors';
import { parseJson } from '../sentry/json';
import { runInOrder } from '../sentry/pool';
import type { HttpResponse } from '../sentry/types';
import { realClock } from './clock';
import { Connections } from './connections';
import { CreationMemory } from './CreationMemory';
import { ItemContext } from './ItemContext';
import { asSentryError, errorJson, nodeError, stopError } from './nodeErrors';
import type { Failed } from './nodeErrors';
import { Notices } from './notices';
import { isTool, runIdentity } from './runIdentity';

/** Everything about one item that is known before its first request. */
interface Job {
	prepared: unknown;
	format: ResultFormatName;
	redactSecrets: boolean;
	neverError: boolean;
	maxConcurrentRequests: number;
	maxRetries: number;
	/** Milliseconds per request. */
	timeout: number;
}

/** What an item came to: its rows and what it changed in Sentry, or why it has none. */
type ItemResult = { rows: Row[]; change?: string | undefined } | Failed;

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

	const results = await runJobs(node, operation, jobs, stopAtFailure);
	if (node.getExecutionCancelSignal()?.aborted) {
		throw stopError(node.getNode(), results, new CancelledError());
	}
	if (stopAtFailure && results.some(hasFailed)) throw stopError(node.getNode(), results);
	return results.flatMap((result, index) => toItems(result, index));
}

function operationOf(node: IExecuteFunctions): Operation {
	const operation = findOperation(
		node.getNodeParameter('resource', 0, ''),
		node.getNodeParameter('operation', 0, ''),
	);
	if (operation === undefined) {
		const failure = new InvalidInputError(
			'Operation',
			'is not one of this node',
			"Choose one of the listed operations. For other calls to Sentry's API, use the HTTP Request node.",
		);
		throw nodeError(node.getNode(), failure, 0);
	}
	return operation;
}

function prepare(node: IExecuteFunctions, operation: Operation, index: number): Job | Failed {
	try {
		const parameters = ItemParameters.ofItem(node, index);
		const format = parameters.value('resultFormat');
		if (!isResultFormat(format)) {
			throw new InvalidInputError(
				'Result Format',
				'is not one of the formats',
				`Use one of: ${Object.keys(resultFormats).join(', ')}.`,
			);
		}
		return {
			prepared: operation.prepare(parameters),
			format,
			redactSecrets: parameters.switchOption('redactSecrets') ?? isTool(node),
			neverError: parameters.switchOption('neverError') === true && format === 'rawResponse',
			maxConcurrentRequests: parameters.numberOption('maxConcurrentRequests'),
			maxRetries: parameters.numberOption('maxRetries'),
			timeout: parameters.numberOption('timeout'),
		};
	} catch (reason) {
		return { failure: asSentryError(reason) };
	}
}

async function runJobs(
	node: IExecuteFunctions,
	operation: Operation,
	jobs: Array<Job | Failed>,
	stopAtFailure: boolean,
): Promise<Array<ItemResult | undefined>> {
	const cancelSignal = node.getExecutionCancelSignal();
	const clock = realClock(cancelSignal);
	const maxConcurrentRequests = jobs.find(isRunnable)?.maxConcurrentRequests ?? 1;
	const connections = new Connections(node);
	const run = runIdentity(node);
	const memory = run.isRepeatable
		? new CreationMemory(node.getContext('node'), run.runIndex)
		: undefined;
	const notices = new Notices();
	let failed = jobs.some(hasFailed);

	const runJob = async (job: Job, index: number): Promise<ItemResult> => {
		try {
			const { maxRetries, timeout } = job;
			const connection = await connections.ofItem(index, {
				clock,
				maxConcurrentRequests,
				maxRetries,
				timeout,
			});
			const item = new ItemContext(connection, run, memory, notices, index);
			const outcome = await operation.run(job.prepared, item);
			return { rows: resultFormats[job.format](outcome, job), change: outcome.change };
		} catch (reason) {
			const failure = asSentryError(reason);
			if (job.neverError && failure.refusal !== undefined) {
				return { rows: resultFormats[job.format](refusalOutcome(failure.refusal), job) };
			}
			failed = true;
			return { failure };
		}
	};

	const results = await runInOrder(
		jobs.length,
		maxConcurrentRequests,
		async (index) => {
			const job = jobs[index];
			return isRunnable(job) ? await runJob(job, index) : job;
		},
		() => !cancelSignal?.aborted && !(failed && stopAtFailure),
	);
	// After a failure n8n may run the items again.
	if (!failed) memory?.forgetRun();
	notices.show(node);
	return results;
}

function isRunnable(job: Job | Failed | undefined): job is Job {
	return job !== undefined && !hasFailed(job);
}

function hasFailed(result: object | undefined): result is Failed {
	return result !== undefined && 'failure' in result;
}

function refusalOutcome({ text, status }: HttpResponse): OperationOutcome {
	return { answers: [{ body: parseJson(text) ?? text, status }], results: [] };
}

function toItems(result: ItemResult | undefined, index: number): INodeExecutionData[] {
	if (result === undefined) return [];
	const rows = hasFailed(result) ? [errorJson(result.failure, index)] : result.rows;
	return rows.map((json) => ({ json, pairedItem: { item: index } }));
}
