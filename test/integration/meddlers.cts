import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Sandbox } from '../../sandbox/index.cts';

/** One response on its way from the sandbox to the node. */
export interface Passing {
	method: string;
	/** With the query. */
	path: string;
	/** The node's request headers, names in lower case. */
	requestHeaders: IncomingMessage['headers'];
	status: number;
	/** Of the response. */
	headers: Record<string, string>;
	text: string;
}

/** What to answer instead; undefined to let it pass. */
export type Meddle = (
	passing: Passing,
) => Partial<Pick<Passing, 'status' | 'headers' | 'text'>> | undefined;

/**
 * Starts servers in front of the sandbox that change responses after the sandbox did its work, and closes
 * them after each test: caches, gateways and filters that the sandbox's own faults do not know.
 *
 * @returns the address
 */
export function meddlersThat(): (sandbox: Sandbox, meddle: Meddle) => Promise<string> {
	const servers: Server[] = [];
	afterEach(() => {
		for (const server of servers.splice(0)) server.close();
	});
	return async (sandbox, meddle) => {
		const server = createServer((request, response) => {
			void pass(sandbox, request, meddle).then(({ status, headers, text }) => {
				response.writeHead(status, headers).end(text);
			});
		});
		servers.push(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	};
}

async function pass(sandbox: Sandbox, request: IncomingMessage, meddle: Meddle) {
	const { method = '', url: path = '', headers: requestHeaders } = request;
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const { authorization = '' } = requestHeaders;
	const response = await fetch(new URL(path, sandbox.url), {
		method,
		headers: { authorization, 'content-type': 'application/json' },
		redirect: 'manual',
		...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
	});
	const text = await response.text();
	const { status } = response;
	const headers: Record<string, string> = { 'content-type': 'application/json' };
	for (const name of ['date', 'link', 'location']) {
		const value = response.headers.get(name);
		if (value !== null) headers[name] = value;
	}
	const passing = { method, path, requestHeaders, status, headers, text };
	return { status, headers, text, ...meddle(passing) };
}
