import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { generate } from 'selfsigned';

export interface ServiceRequest {
	method: string;
	/** Without the query. */
	url: string;
	authorization: string | undefined;
	body: unknown;
}

/** What a service answers; no body is an empty one. */
export interface ServiceResponse {
	status: number;
	body?: object;
}

/** The rest of the internet, as n8n sees it. */
export interface OtherServices {
	/** For n8n: sends all that leaves this machine here. */
	env: NodeJS.ProcessEnv;
	requests: ServiceRequest[];
	/** Decides on the response to each request; 200 unless a test says otherwise. */
	response: (request: ServiceRequest) => ServiceResponse;
	close(): Promise<void>;
}

/**
 * Stands in for other services, so that workflows run as they are: an HTTP proxy that takes every
 * connection for itself, with a certificate in the hosts' names.
 */
export async function startOtherServices(hosts: string[]): Promise<OtherServices> {
	const { private: key, cert } = await generate([{ name: 'commonName', value: hosts[0] ?? '' }], {
		extensions: [{ name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2, value })) }],
	});
	const folder = await mkdtemp(join(tmpdir(), 'services-'));
	const certificate = join(folder, 'certificate.pem');
	await writeFile(certificate, cert);

	const services: OtherServices = {
		env: {},
		requests: [],
		response: () => ({ status: 200, body: {} }),
		close: async () => {
			proxy.closeAllConnections();
			server.closeAllConnections();
			proxy.close();
			server.close();
			await rm(folder, { recursive: true });
		},
	};
	const server = createTlsServer({ key, cert }, (incoming, outgoing) => {
		const chunks: Buffer[] = [];
		incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
		incoming.on('end', () => {
			const { pathname } = new URL(incoming.url ?? '/', 'https://localhost');
			const request: ServiceRequest = {
				method: incoming.method ?? '',
				url: `https://${incoming.headers.host}${pathname}`,
				authorization: incoming.headers.authorization,
				body: JSON.parse(Buffer.concat(chunks).toString() || 'null') as unknown,
			};
			services.requests.push(request);
			const { status, body } = services.response(request);
			outgoing.writeHead(status, { 'content-type': 'application/json' });
			outgoing.end(body && JSON.stringify(body));
		});
	});
	const proxy = createServer().on('connect', (_request, client) => {
		const { port } = server.address() as AddressInfo;
		const onward = connect(port, '127.0.0.1', () => {
			client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			client.pipe(onward).pipe(client);
		});
		for (const end of [client, onward])
			end.on('error', () => [client, onward].map((s) => s.destroy()));
	});
	for (const listener of [server, proxy]) {
		listener.listen(0, '127.0.0.1');
		await once(listener, 'listening');
	}
	services.env = {
		HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
		NO_PROXY: '127.0.0.1,localhost',
		NODE_EXTRA_CA_CERTS: certificate,
	};
	return services;
}
