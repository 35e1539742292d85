import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { sendEvent } from '../../../tools/sendEvent.cts';

let server: Server | undefined;

afterEach(() => server?.close());

/** The DSN of an ingest address that answers so; without a status it ends the connection. */
async function dsnOf(status: number | undefined, body = ''): Promise<string> {
	server = createServer((request, response) => {
		if (status === undefined) request.socket.destroy();
		else response.writeHead(status).end(body);
	}).listen(0, '127.0.0.1');
	await new Promise((resolve) => server?.once('listening', resolve));
	return `http://${'a'.repeat(32)}@127.0.0.1:${(server.address() as AddressInfo).port}/1`;
}

it.each([
	[200, '{"id":"1"}', '200 {"id":"1"}'],
	[403, '{"detail":"ProjectId"}', '403 {"detail":"ProjectId"}'],
	[404, '<!DOCTYPE html><p>Not found</p>', '404 and a web page'],
	[503, '', '503'],
])('a response %d is told with its words', async (status, body, response) => {
	expect(await sendEvent(await dsnOf(status, body), 'hello')).toMatchObject({ status, response });
});

it('a connection that ends is told as such', async () => {
	const { status, response } = await sendEvent(await dsnOf(undefined), 'hello');
	expect([status, response]).toEqual([undefined, expect.stringMatching(/closed|reset|hang up/i)]);
});

it('an address where nothing listens is told', async () => {
	const dsn = await dsnOf(200);
	await new Promise((resolve) => server?.close(resolve));
	expect((await sendEvent(dsn, 'hello')).response).toMatch(/ECONNREFUSED/);
});
