import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox, SandboxOptions } from '../../sandbox/index.cts';

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
