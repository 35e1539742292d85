import { randomUUID } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { ItemIdentity } from '../sentry/keys/keyMaker';

const CONTEXT_KEY = 'runId';

/** What stands for one run of the node. */
export interface RunIdentity extends Omit<ItemIdentity, 'itemIndex'> {
	/** Whether n8n may run the same items again under this identity. */
	isRepeatable: boolean;
}

/** Whether an AI agent called the node as its tool: n8n runs it under a type of its own. */
export function isTool(node: IExecuteFunctions): boolean {
	return isSuppliedTool(node) || node.getNode().type.endsWith('Tool');
}

/**
 * What stands for this run of the node: the same when n8n repeats it (Retry On Fail, a second worker
 * under the same execution), another in the next round of a loop and in the next execution.
 *
 * A tool call that n8n makes outside the workflow's own order has no run index of its own, so two calls
 * could not be told apart: each gets an identity nobody else has, and remembers nothing.
 */
export function runIdentity(node: IExecuteFunctions): RunIdentity {
	const nodeId = node.getNode().id || node.getNode().name;
	// Execution IDs are small numbers that start again in every n8n and every new database.
	const origin = `${node.getInstanceId()}/${node.getWorkflow().id ?? ''}`;
	if (isSuppliedTool(node)) {
		return { executionId: randomUUID(), nodeId, runIndex: 0, isRepeatable: false };
	}
	const runIndex = Number(node.getWorkflowDataProxy(0).$runIndex);
	return {
		executionId: `${origin}/${node.getExecutionId() || unnamedExecution(node)}/${beginningOf(node)}`,
		nodeId,
		runIndex,
		isRepeatable: true,
	};
}

/** What n8n's older versions do not offer, although the types of the newest one say so. */
type NewerFunctions = Partial<Pick<IExecuteFunctions, 'isToolExecution' | 'getExecutionContext'>>;

/** Whether n8n calls the node outside the workflow's own order; older versions can't tell. */
function isSuppliedTool(node: NewerFunctions): boolean {
	return node.isToolExecution?.() ?? false;
}

/**
 * When n8n began the execution, since its number may come again in a new database. n8n 1.x, whose nodes
 * have no `isToolExecution`, tells another moment when it gives the execution to a second worker: there it
 * would tell apart what is the same.
 */
function beginningOf(node: NewerFunctions): string {
	if (node.isToolExecution === undefined) return '';
	return String(node.getExecutionContext?.()?.establishedAt ?? '');
}

/** An execution that is not stored has no ID; its own context still outlives the node's tries. */
function unnamedExecution(node: IExecuteFunctions): string {
	const context = node.getContext('node');
	context[CONTEXT_KEY] ??= randomUUID();
	return context[CONTEXT_KEY] as string;
}
