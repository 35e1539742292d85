import { setTimeout as delay } from 'node:timers/promises';

import axios from 'axios';

interface RpcAnswer {
	result?: { content?: Array<{ text?: string }> };
	error?: { message: string };
}

/** As much of the Model Context Protocol as calling a tool takes (streamable HTTP). */
export class McpClient {
	private id = 0;

	private constructor(
		private readonly url: string,
		private session = '',
	) {}

	static async connect(url: string): Promise<McpClient> {
		const client = new McpClient(url);
		// n8n starts to listen some time after it has answered that the workflow is active.
		for (let tries = 1; ; tries++) {
			try {
				await client.request('initialize', {
					protocolVersion: '2025-03-26',
					capabilities: {},
					clientInfo: { name: 'test', version: '1' },
				});
				return client;
			} catch (error) {
				if (tries === 40) throw error;
				await delay(250);
			}
		}
	}

	/** @returns what the tool answered, as text */
	async call(name: string, args: object): Promise<string> {
		const { result } = await this.request('tools/call', { name, arguments: args });
		return (result?.content ?? []).map(({ text }) => text ?? '').join('\n');
	}

	private async request(method: string, params: object): Promise<RpcAnswer> {
		const { data, headers } = await axios.post<string>(
			this.url,
			{ jsonrpc: '2.0', id: ++this.id, method, params },
			{
				responseType: 'text',
				headers: {
					Accept: 'application/json, text/event-stream',
					...(this.session === '' ? {} : { 'mcp-session-id': this.session }),
				},
			},
		);
		this.session = String(headers['mcp-session-id'] ?? this.session);
		const json = /^data: (.*)$/m.exec(data)?.[1] ?? data;
		const answer = JSON.parse(json) as RpcAnswer;
		if (answer.error !== undefined) throw new Error(answer.error.message);
		return answer;
	}
}
