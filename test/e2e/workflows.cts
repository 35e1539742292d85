import type { IConnections, IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox/index.cts';
import type { CredentialImport, HeadlessRun, WorkflowImport } from '../../tools/n8nInstance.cts';

export const NODE_TYPE = 'n8n-nodes-sentry-client-keys.sentryClientKeys';

type TokenName = keyof Sandbox['tokens'];

/** One credential per token of the sandbox; its ID is the token's name. */
export function credentialsOf({ tokens, url }: Sandbox): CredentialImport[] {
	const credential = (name: string, authToken: string, baseUrl: string): CredentialImport => ({
		id: name,
		name: `Sentry (${name})`,
		type: 'sentryClientKeysApi',
		data: { authToken, baseUrl },
	});
	return [
		...Object.entries(tokens).map(([name, token]) => credential(name, token, url)),
		credential('nowhere', tokens.write, 'http://127.0.0.1:9'),
	];
}

/** The items of a node's output, of its last run. */
export function output({ run }: HeadlessRun, node: string, index = 0): INodeExecutionData[] {
	return run?.data.resultData.runData[node]?.at(-1)?.data?.main?.[index] ?? [];
}

/** A resource locator's value. */
export function locator(value: string, mode = 'id'): IDataObject {
	return { __rl: true, mode, value };
}

/** A manual trigger. */
export function trigger(): INode {
	return node('Trigger', 'n8n-nodes-base.manualTrigger', 1, {});
}

/** A webhook that answers with the items of the workflow's last node, or at once. */
export function webhook(path: string, responseMode = 'lastNode'): INode {
	return {
		...node('Webhook', 'n8n-nodes-base.webhook', 2, {
			httpMethod: 'POST',
			path,
			responseMode,
			responseData: 'allEntries',
		}),
		webhookId: path,
	};
}

/** The real Edit Fields node, returning one item per object. */
export function items(...objects: IDataObject[]): INode {
	return node('Items', 'n8n-nodes-base.code', 2, {
		jsCode: `return ${JSON.stringify(objects)}.map((json) => ({ json }));`,
	});
}

/** The real Split Out node, returning one item per object of the webhook's `items`. */
export function splitOut(): INode {
	return node('Split Out', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.items' });
}

/** The node under test, creating in acme/web-app unless told otherwise. */
export function sentry(
	name: string,
	parameters: IDataObject = {},
	{ token = 'write', ...settings }: Partial<INode> & { token?: TokenName | 'nowhere' } = {},
): INode {
	return {
		...node(name, NODE_TYPE, 1, {
			resource: 'clientKey',
			operation: 'create',
			organization: { __rl: true, mode: 'id', value: 'acme' },
			project: { __rl: true, mode: 'id', value: 'web-app' },
			name,
			...parameters,
		}),
		credentials: { sentryClientKeysApi: { id: token, name: `Sentry (${token})` } },
		...settings,
	};
}

/** A workflow of nodes that follow each other; `output` of a node leads to the next one. */
export function chain(
	id: string,
	nodes: INode[],
	outputs: Record<string, number> = {},
): WorkflowImport {
	const connections: IConnections = {};
	nodes.slice(0, -1).forEach((from, index) => {
		const to = nodes[index + 1]?.name ?? '';
		const output = outputs[from.name] ?? 0;
		connections[from.name] = {
			main: [...Array.from({ length: output }, () => []), [{ node: to, type: 'main', index: 0 }]],
		};
	});
	return { id, name: id, nodes, connections, settings: { executionOrder: 'v1' } };
}

function node(name: string, type: string, typeVersion: number, parameters: IDataObject): INode {
	return {
		id: `node-${name.toLowerCase().replaceAll(' ', '-')}`,
		name,
		type,
		typeVersion,
		position: [0, 0],
		parameters: parameters as INode['parameters'],
	};
}
