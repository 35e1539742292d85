import { setTimeout as delay } from 'node:timers/promises';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { INode } from 'n8n-workflow';

import type { WorkflowImport } from '../../tools/n8nInstance.cts';

/** n8n starts to listen some time after it has answered that the workflow is active. */
const TRIES = 40;
const PAUSE_MS = 250;

/**
 * A client of n8n's MCP Server Trigger, as an agent is one.
 *
 * @param token what the trigger wants, if it wants one
 */
export async function connectMcp(url: string, token?: string): Promise<Client> {
	const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
	for (let tries = 1; ; tries++) {
		const client = new Client({ name: 'test', version: '1' });
		try {
			const transport = new StreamableHTTPClientTransport(new URL(url), {
				requestInit: { headers },
			});
			// Its types were made without exactOptionalPropertyTypes.
			await client.connect(transport as Transport);
			return client;
		} catch (error) {
			if (tries === TRIES) throw error;
			await delay(PAUSE_MS);
		}
	}
}

/** @returns what the tool said, as text */
export async function callTool(client: Client, name: string, args: object): Promise<string> {
	const { content } = await client.callTool({ name, arguments: { ...args } });
	return (content as Array<{ text?: string }>).map(({ text }) => text ?? '').join('\n');
}

/** A workflow whose MCP server offers these nodes as tools, at `mcp/<path>`. */
export function mcpServer(path: string, tools: INode[]): WorkflowImport {
	const trigger: INode = {
		id: 'mcp',
		name: 'MCP',
		type: '@n8n/n8n-nodes-langchain.mcpTrigger',
		typeVersion: 2,
		position: [0, 0],
		parameters: { path },
		webhookId: path,
	};
	return {
		id: path,
		name: path,
		nodes: [trigger, ...tools],
		connections: Object.fromEntries(
			tools.map(({ name }) => [
				name,
				{ ai_tool: [[{ node: trigger.name, type: 'ai_tool', index: 0 }]] },
			]),
		),
		settings: { executionOrder: 'v1' },
	};
}
