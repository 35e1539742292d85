import { useOwnFolder } from './userFolder.cts';

// Before n8n-core is loaded.
useOwnFolder();
process.env.N8N_LOG_LEVEL ??= 'silent';

import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import { createRunExecutionData, UnexpectedError, Workflow } from 'n8n-workflow';
import type {
	IDataObject,
	INodeExecutionData,
	INodeType,
	INodeTypes,
	IPinData,
	IRun,
	IRunExecutionData,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { SentryClientKeys } from '../nodes/SentryClientKeys/SentryClientKeys.node.ts';
import { builtInNodes } from './builtInNodes.cts';
import { CredentialsHelper } from './credentialsHelper.cts';
import type { StoredCredential } from './credentialsHelper.cts';

/** The node's type as n8n names it when the package is installed. */
export const NODE_TYPE = 'n8n-nodes-sentry-client-keys.sentryClientKeys';

export type WorkflowJson = Pick<IWorkflowBase, 'nodes' | 'connections'> & {
	name?: string;
	pinData?: IPinData;
};

export interface EngineOptions {
	/** By the ID that the workflow's nodes name. */
	credentials: Record<string, StoredCredential>;
	/** Default `execution-1`; null for an execution that is not stored. */
	executionId?: string | null;
	/** Carries on with the data of an earlier execution, as n8n's Retry does. */
	runExecutionData?: IRunExecutionData;
	/** Cancels the execution after so many milliseconds. */
	cancelAfter?: number;
}

const nodes: Record<string, INodeType> = { ...builtInNodes, [NODE_TYPE]: new SentryClientKeys() };

/** The nodes that the engine knows. */
export const nodeTypes: INodeTypes = {
	getByName: find,
	getByNameAndVersion: find,
	getKnownTypes: () => ({}),
};

function find(type: string): INodeType {
	const node = nodes[type];
	if (node === undefined) throw new UnexpectedError(`The engine has no node of type ${type}`);
	return node;
}

/**
 * Runs a workflow on n8n's own execution engine, without the server around it: the node runs exactly
 * as in n8n, with n8n's HTTP helper, expressions, retries and error outputs.
 */
export async function runWorkflow(json: WorkflowJson, options: EngineOptions): Promise<IRun> {
	const workflow = new Workflow({
		id: 'workflow-1',
		name: json.name ?? 'Workflow',
		nodes: json.nodes,
		connections: json.connections,
		active: false,
		nodeTypes,
		settings: { executionOrder: 'v1' },
	});
	const executionId = options.executionId === undefined ? 'execution-1' : options.executionId;
	const additionalData = {
		credentialsHelper: new CredentialsHelper(options.credentials),
		executionId: executionId ?? undefined,
		currentNodeExecutionIndex: 0,
		hooks: new ExecutionLifecycleHooks('manual', executionId ?? '', {
			...json,
			id: 'workflow-1',
			name: workflow.name ?? '',
			active: false,
			isArchived: false,
			activeVersionId: null,
			createdAt: new Date(),
			updatedAt: new Date(),
		}),
		restApiUrl: LOCAL,
		instanceBaseUrl: LOCAL,
		formBaseUrl: LOCAL,
		formWaitingBaseUrl: LOCAL,
		formTestBaseUrl: LOCAL,
		webhookBaseUrl: LOCAL,
		webhookWaitingBaseUrl: LOCAL,
		webhookTestBaseUrl: LOCAL,
		mcpBaseUrl: LOCAL,
		mcpTestBaseUrl: LOCAL,
		variables: {},
	} as unknown as IWorkflowExecuteAdditionalData;
	const engine = new WorkflowExecute(
		additionalData,
		'manual',
		options.runExecutionData ?? createRunExecutionData(),
	);
	const run = options.runExecutionData
		? engine.processRunExecutionData(workflow)
		: engine.run({ workflow, ...(json.pinData && { pinData: json.pinData }) });
	if (options.cancelAfter !== undefined) {
		setTimeout(() => run.cancel(), options.cancelAfter).unref();
	}
	return await run;
}

/** Resolved where nothing is ever asked of it. */
const LOCAL = 'http://127.0.0.1/';

/** The items of one node's output, of its last run. */
export function outputOf(run: IRun, node: string, output = 0): INodeExecutionData[] {
	return run.data.resultData.runData[node]?.at(-1)?.data?.main?.[output] ?? [];
}

/** The JSON of the same items. */
export function jsonOf(run: IRun, node: string, output = 0): IDataObject[] {
	return outputOf(run, node, output).map(({ json }) => json);
}
