import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox, SandboxOptions } from '../../sandbox/index.cts';

/** One server for all tests of a file, started before the first and back at its seed after each. */
export function sharedSandbox(): Sandbox {
	let running: Sandbox | undefined;
	beforeAll(async () => {
		running = await startSandbox();
	});
	afterEach(() => running?.reset());
	afterAll(async () => await running?.close());
	return new Proxy({} as Sandbox, {
		get: (_, name) => Reflect.get(running ?? {}, name) as unknown,
	});
}

/** Starts servers that differ from the usual one, and closes them after each test. */
export function serversThat(): (options?: SandboxOptions) => Promise<Sandbox> {
	const servers: Sandbox[] = [];
	afterEach(async () => {
		await Promise.all(servers.splice(0).map(async (server) => await server.close()));
	});
	return async (options) => {
		const server = await startSandbox(options);
		servers.push(server);
		return server;
	};
}
