import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';

import { locator, NODE_TYPE } from '../test/e2e/workflows.cts';
import type { WorkflowImport } from '../tools/n8nInstance.cts';
import { FIRST_PAGE, keysOf, ORGANIZATION_KEYS } from './bare.cts';
import type { BareSend } from './bare.cts';
import { PROJECT } from './cases.cts';
import type { CaseName } from './cases.cts';

/** What the runs have in common. */
export interface Setting {
	url: string;
	inFlight: number;
	latencyMs: number;
	limiter: boolean;
}

/** How the same work can be done, as the table calls it. */
export const CONTENDERS = {
	node: 'This node',
	httpRequest: 'HTTP Request',
	loop: 'One after the other',
	reader: 'Pool that reads expressions',
	pool: "Pool over n8n's helper",
	axios: 'Pool over axios, without n8n',
} as const;

export type ContenderName = keyof typeof CONTENDERS;

/** Those that are workflows. */
export const IN_N8N = [
	'node',
	'httpRequest',
	'loop',
	'reader',
	'pool',
] as const satisfies ContenderName[];

/** How the bare axios sends. */
export function axiosSend(url: string, token: string): BareSend {
	return async ({ method, path, body }) => {
		const { data, headers } = await axios.request<unknown>({
			method,
			url: `${url}${path}`,
			data: body,
			headers: { Authorization: `Bearer ${token}` },
		});
		return { body: data, link: headers.link as string | undefined };
	};
}

/** The path of a workflow's webhook. */
export function pathOf(contender: ContenderName, name: CaseName): string {
	return `${contender}-${name}`;
}

/** A contender's workflow for a case: webhook, first meter, its nodes, second meter. */
export function workflowOf(
	contender: (typeof IN_N8N)[number],
	name: CaseName,
	setting: Setting,
): WorkflowImport {
	const id = pathOf(contender, name);
	const nodes = {
		node: () => [sentryNode(name, setting)],
		httpRequest: () => httpRequestNodes(name, setting),
		loop: () => [bareNode(name, setting, { isLoop: true })],
		reader: () => [bareNode(name, setting, { isReader: true })],
		pool: () => [bareNode(name, setting, {})],
	}[contender]();
	const webhook = {
		...node('Webhook', 'n8n-nodes-base.webhook', 2, {
			httpMethod: 'POST',
			path: id,
			responseMode: 'lastNode',
			responseData: 'firstEntryJson',
		}),
		webhookId: id,
	};
	const start = node('Start', 'CUSTOM.meter', 1, { isFirst: true });
	const stop = node('Stop', 'CUSTOM.meter', 1, { isFirst: false });
	const all = [webhook, start, ...nodes, stop];
	const connections: WorkflowConnections = {};
	all.slice(1).forEach(({ name: to }, index) => connect(connections, all[index]?.name ?? '', to));
	if (nodes.some(({ name: one }) => one === 'Missing')) {
		// It compares the items with the list.
		connections.List = { main: [[{ node: 'Missing', type: 'main', index: 1 }]] };
		connect(connections, 'Start', 'Missing');
	}
	return {
		id,
		name: id,
		nodes: all,
		connections,
		settings: {
			executionOrder: 'v1',
			saveDataSuccessExecution: 'none',
			saveDataErrorExecution: 'none',
		},
	};
}

type WorkflowConnections = Record<
	string,
	{ main: [Array<{ node: string; type: 'main'; index: number }>] }
>;

function connect(connections: WorkflowConnections, from: string, to: string): void {
	(connections[from] ??= { main: [[]] }).main[0].push({ node: to, type: 'main', index: 0 });
}

function sentryNode(name: CaseName, { inFlight }: Setting): INode {
	const inProject = { organization: locator('acme'), project: locator(projectOf(name)) };
	const key = { ...inProject, clientKey: locator('={{ $json.id }}') };
	const keyName = '={{ $json.name }}';
	const parameters: Record<CaseName, IDataObject> = {
		create: { operation: 'create', ...inProject, name: keyName },
		upsertNew: { operation: 'upsert', ...inProject, name: keyName },
		upsertSame: { operation: 'upsert', ...inProject, name: keyName },
		getMany: { operation: 'getAll', ...inProject, returnAll: true },
		organization: {
			operation: 'getAll',
			scope: 'organization',
			organization: locator('acme'),
			returnAll: true,
		},
		update: { operation: 'update', ...key, updateFields: { name: keyName } },
		rotate: { operation: 'rotate', ...key, previousKey: 'disable' },
	};
	return withCredential(
		node('Sentry', NODE_TYPE, 1, {
			resource: 'clientKey',
			...parameters[name],
			options: { maxConcurrentRequests: inFlight },
		}),
	);
}

/** Chosen in the panel, unless each item has its own. */
function projectOf(name: CaseName): string {
	return name === 'rotate' ? '={{ $json.project }}' : PROJECT;
}

function bareNode(
	name: CaseName,
	{ inFlight }: Setting,
	way: { isLoop?: boolean; isReader?: boolean },
): INode {
	const parameters = { case: name, inFlight, name: '={{ $json.name }}', ...way };
	return withCredential(node('Bare', 'CUSTOM.bare', 1, parameters));
}

/** What somebody builds who knows HTTP Request and Sentry's API well. */
function httpRequestNodes(name: CaseName, setting: Setting): INode[] {
	const { url } = setting;
	const project = projectOf(name);
	const keys = `${project.startsWith('=') ? '=' : ''}${url}${keysOf(project.replace('=', ''))}`;
	const key = `=${keys.replace('=', '')}{{ $json.id }}/`;
	const asNamed = '={{ ({ name: $json.name }) }}';
	switch (name) {
		case 'create':
			return [httpRequest('Create', 'POST', keys, setting, asNamed)];
		case 'upsertNew':
			return [listByHttp(keys), missing, httpRequest('Create', 'POST', keys, setting, asNamed)];
		case 'upsertSame':
			// Nothing is missing, so nothing comes after it.
			return [listByHttp(keys), missing];
		case 'getMany':
			return [listByHttp(keys)];
		case 'organization':
			return [listByHttp(`${url}${ORGANIZATION_KEYS}`)];
		case 'update':
			return [httpRequest('Update', 'PUT', key, setting, asNamed)];
		case 'rotate': {
			const ofItem = (path: string) => path.replaceAll('$json', "$('Start').item.json");
			return [
				httpRequest('Old', 'GET', key, setting),
				httpRequest('Create', 'POST', ofItem(keys), setting, asNamed),
				httpRequest('Disable', 'PUT', ofItem(key), setting, '={{ ({ isActive: false }) }}'),
			];
		}
	}
}

/** The items whose name is not in the list. */
const missing: INode = {
	...node('Missing', 'n8n-nodes-base.merge', 3.2, {
		mode: 'combine',
		fieldsToMatchString: 'name',
		joinMode: 'keepNonMatches',
		outputDataFrom: 'input1',
	}),
	alwaysOutputData: true,
};

/** Batches start at fixed times, so they are as large and as frequent as the server bears. */
function httpRequest(
	name: string,
	method: string,
	url: string,
	{ inFlight, latencyMs, limiter }: Setting,
	jsonBody?: string,
): INode {
	const batch = limiter
		? { batchSize: 20, batchInterval: 500 }
		: { batchSize: inFlight, batchInterval: latencyMs };
	return withCredential(
		node(name, 'n8n-nodes-base.httpRequest', 4.5, {
			method,
			url,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: 'sentryClientKeysApi',
			...(jsonBody !== undefined && { sendBody: true, specifyBody: 'json', jsonBody }),
			options: {
				batching: { batch },
				response: { response: { responseFormat: 'json' } },
			},
		}),
	);
}

function listByHttp(url: string): INode {
	const next = `$response.headers.link.match(/rel="next"; results="true"; cursor="([^"]*)"/)`;
	return {
		...withCredential(
			node('List', 'n8n-nodes-base.httpRequest', 4.5, {
				method: 'GET',
				url,
				authentication: 'predefinedCredentialType',
				nodeCredentialType: 'sentryClientKeysApi',
				sendQuery: true,
				queryParameters: { parameters: [{ name: 'per_page', value: '100' }] },
				options: {
					response: { response: { responseFormat: 'json' } },
					pagination: {
						pagination: {
							paginationMode: 'updateAParameterInEachRequest',
							parameters: {
								parameters: [
									{
										type: 'qs',
										name: 'cursor',
										value: `={{ $pageCount === 0 ? '${FIRST_PAGE}' : ${next}[1] }}`,
									},
								],
							},
							paginationCompleteWhen: 'other',
							completeExpression: `={{ !${next} }}`,
						},
					},
				},
			}),
		),
		executeOnce: true,
	};
}

function withCredential(of: INode): INode {
	return {
		...of,
		credentials: { sentryClientKeysApi: { id: 'sentry', name: 'Sentry' } },
		onError: 'continueRegularOutput',
	};
}

function node(name: string, type: string, typeVersion: number, parameters: IDataObject): INode {
	return {
		id: name,
		name,
		type,
		typeVersion,
		position: [0, 0],
		parameters: parameters as INode['parameters'],
	};
}
