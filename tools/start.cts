import { startSandbox } from '../sandbox/index.cts';
import { EXAMPLE_CREDENTIAL_ID, exampleWorkflows } from './examples.cts';
import { N8nInstance } from './n8nInstance.cts';
import { OWNER } from './n8nSession.cts';
import { REPOSITORY } from './package.cts';
import { runOrThrow } from './process.cts';

const PORT = 5678;
/** What the credential leads to: the sandbox, or the real Sentry that the environment names. */
async function chooseSentry(env: NodeJS.ProcessEnv) {
	const { SENTRY_AUTH_TOKEN, SENTRY_URL } = env;
	if (SENTRY_AUTH_TOKEN) {
		const baseUrl = SENTRY_URL || 'https://sentry.io';
		return { about: baseUrl, baseUrl, authToken: SENTRY_AUTH_TOKEN, close: async () => {} };
	}
	const sandbox = await startSandbox();
	return {
		about: `the sandbox at ${sandbox.url} (what happened there: ${sandbox.url}/sandbox/state)`,
		baseUrl: sandbox.url,
		authToken: sandbox.tokens.admin,
		close: async () => await sandbox.close(),
	};
}

async function main(): Promise<void> {
	const interrupted = new Promise<void>((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
	});
	console.log('Building the package …');
	await runOrThrow('npm', ['run', 'build', '--silent'], { cwd: REPOSITORY });
	const sentry = await chooseSentry(process.env);
	const n8n = await N8nInstance.create();
	try {
		console.log('Importing the credential and the examples …');
		const { authToken, baseUrl } = sentry;
		await n8n.importCredentials([
			{
				id: EXAMPLE_CREDENTIAL_ID,
				name: 'Sentry Client Keys account',
				type: 'sentryClientKeysApi',
				data: { authToken, baseUrl },
			},
		]);
		const workflows = exampleWorkflows();
		await n8n.importWorkflows(workflows);
		console.log('Starting n8n …');
		const { url } = await n8n.start(PORT);
		console.log(`
  n8n        ${url}
  Log-in     ${OWNER.email}
  Password   ${OWNER.password}
  Sentry     ${sentry.about}
  Workflows  ${workflows.map(({ id }) => `${url}/workflow/${id}`).join('\n             ')}

Ctrl-C stops n8n and removes its data.`);
		await interrupted;
		console.log('Stopping …');
	} finally {
		await n8n.remove();
		await sentry.close();
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
