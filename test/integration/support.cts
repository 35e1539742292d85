import type { IDataObject, INode, INodeExecutionData, IRun } from 'n8n-workflow';

import type { KeyRecord, RequestRecord, Sandbox } from '../../sandbox/index.cts';
import { jsonOf, NODE_TYPE, outputOf, runWorkflow } from '../../tools/engine.cts';
import type { EngineOptions, WorkflowJson } from '../../tools/engine.cts';

export { serversThat } from './servers.cts';

export const NODE = 'Sentry Client Keys';
const TRIGGER = 'Trigger';

/** A create in the sandbox's project `acme/web-app`, unless a test says otherwise. */
export const CREATE: IDataObject = {
	resource: 'clientKey',
	operation: 'create',
	organization: { __rl: true, mode: 'id', value: 'acme' },
	project: { __rl: true, mode: 'id', value: 'web-app' },
	specifyBody: 'fields',
	name: '',
	rateLimit: {},
	resultFormat: 'structuredTable',
	options: {},
};

/** A resource locator's value. */
export function locator(value: unknown, mode = 'id'): IDataObject {
	return { __rl: true, mode, value: value as string };
}

/** The node as it stands in a workflow. */
export function sentryNode(parameters: IDataObject, settings: Partial<INode> = {}): INode {
	return {
		id: 'node-1',
		name: NODE,
		type: NODE_TYPE,
		typeVersion: 1,
		position: [200, 0],
		parameters: { ...CREATE, ...parameters } as INode['parameters'],
		credentials: { sentryClientKeysApi: { id: 'sentry', name: 'Sentry' } },
		...settings,
	};
}

/** A trigger that hands over `items`, connected to the node. */
export function workflowOf(items: INodeExecutionData[], node: INode): WorkflowJson {
	return {
		nodes: [
			{
				id: 'trigger',
				name: TRIGGER,
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			node,
		],
		connections: { [TRIGGER]: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
		pinData: { [TRIGGER]: items },
	};
}

/** So many items, each with its number in the field `n`. */
export function numbered(count: number): INodeExecutionData[] {
	return Array.from({ length: count }, (_, n) => ({ json: { n } }));
}

export interface RunSettings extends Partial<EngineOptions> {
	items?: INodeExecutionData[];
	node?: Partial<INode>;
	token?: string;
	baseUrl?: string;
}

/** Runs the node once against the sandbox. */
export async function run(
	sandbox: Sandbox,
	parameters: IDataObject = {},
	{ items = numbered(1), node, token, baseUrl, ...options }: RunSettings = {},
): Promise<IRun> {
	return await runWorkflow(workflowOf(items, sentryNode(parameters, node)), {
		credentials: {
			sentry: { authToken: token ?? sandbox.tokens.write, baseUrl: baseUrl ?? sandbox.url },
		},
		...options,
	});
}

export const result = (run: IRun): IDataObject[] => jsonOf(run, NODE, 0);
export const configuration = (run: IRun): INodeExecutionData[] => outputOf(run, NODE, 1);

/** What the user reads when the workflow stops: the title and the text below it. */
export function stopText(run: IRun): { message: string; description: string } {
	const error = run.data.resultData.error;
	if (error === undefined) throw new Error('The workflow did not stop');
	const description = 'description' in error ? error.description : '';
	return { message: error.message, description: description ?? '' };
}

/** The keys that were made, newest first: without the one that the project came with. */
export const createdIn = (server: Sandbox): KeyRecord[] =>
	server.keys.ofProject('acme', 'web-app').filter(({ label }) => label !== 'Default');

/** The requests that reached the server, as "GET", "POST", …, in order. */
export const methods = (server: Sandbox): string[] => server.requests.map(({ method }) => method);

/** The hints above the node's output. */
export const hints = (run: IRun): string =>
	(run.data.resultData.runData[NODE] ?? [])
		.flatMap((task) => task.hints ?? [])
		.map(({ message }) => message)
		.join('\n');

/** Adds keys called `key 0`, `key 1` and so on to a project of acme; returns their IDs, newest last. */
export const addKeys = (
	server: Sandbox,
	count: number,
	fields: Partial<KeyRecord> = {},
	project = 'web-app',
): string[] =>
	server
		.addKeys('acme', project, count, (n) => ({ label: `key ${n}`, ...fields }))
		.map(({ public: id }) => id);

/** The creates that reached the server. */
export const posts = (server: Sandbox): RequestRecord[] =>
	server.requests.filter(({ method }) => method === 'POST');

/** A name for each of `numbered`'s items. */
export const NAMED: IDataObject = { name: '=key {{ $json.n }}' };
