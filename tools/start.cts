import { watch } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { DIALECTS, startSandbox } from '../sandbox/index.cts';
import type { DialectName } from '../sandbox/index.cts';
import {
	examples,
	oAuth2Credential,
	sentryCredential,
	withConfiguration,
	withCredentials,
} from './examples.cts';
import type { Configuration } from './examples.cts';
import { N8nInstance } from './n8nInstance.cts';
import type { CredentialImport } from './n8nInstance.cts';
import { OWNER } from './n8nSession.cts';
import { REPOSITORY } from './package.cts';
import { runOrThrow } from './process.cts';

const PORT = 5678;
/** Editors save in several steps; they are one change. */
const SETTLE_MS = 300;

/** What the credentials lead to: the sandbox, or the real Sentry that the environment names. */
async function chooseSentry(
	env: NodeJS.ProcessEnv,
	dialect: DialectName,
): Promise<{
	about: string;
	configuration: Configuration;
	credentials: CredentialImport[];
	close(): Promise<void>;
}> {
	const { SENTRY_AUTH_TOKEN, SENTRY_URL, SENTRY_ORG, SENTRY_PROJECT } = env;
	if (SENTRY_AUTH_TOKEN) {
		const baseUrl = SENTRY_URL || 'https://sentry.io';
		return {
			about: `  Sentry     ${baseUrl}`,
			configuration: {
				...(SENTRY_ORG && { organization: SENTRY_ORG }),
				...(SENTRY_PROJECT && { project: SENTRY_PROJECT }),
			},
			credentials: [sentryCredential(SENTRY_AUTH_TOKEN, baseUrl)],
			close: async () => await Promise.resolve(),
		};
	}
	const sandbox = await startSandbox({ dialect });
	const { url, tokens, oauthClient } = sandbox;
	const kinds = Object.entries(tokens).map(([name, token]) => `${name.padEnd(23)} ${token}`);
	return {
		about: `  Sentry     the sandbox (${dialect}) at ${url}
             What happened there: ${url}/sandbox/state
  Tokens     ${kinds.join('\n             ')}
  OAuth2     client ID ${oauthClient.clientId}, client secret ${oauthClient.clientSecret}
             The credential 'Sentry Client Keys OAuth2 account' holds them: open it and connect it.`,
		configuration: {},
		credentials: [sentryCredential(tokens.admin, url), oAuth2Credential(url, oauthClient)],
		close: async () => await sandbox.close(),
	};
}

async function build(): Promise<void> {
	await runOrThrow('npm', ['run', 'build', '--silent'], { cwd: REPOSITORY });
}

/** Builds the package after each change of its sources, and has n8n load it anew. */
function reloadOnChange(n8n: N8nInstance): void {
	let timer: NodeJS.Timeout | undefined;
	let last = Promise.resolve();
	const reload = async () => {
		console.log('Building the package …');
		try {
			await build();
			await n8n.updatePackage();
			console.log('n8n has the new one.');
		} catch (error) {
			console.error(error instanceof Error ? error.message : error);
		}
	};
	for (const sources of ['nodes', 'credentials']) {
		watch(join(REPOSITORY, sources), { recursive: true }, () => {
			clearTimeout(timer);
			timer = setTimeout(() => {
				last = last.then(reload);
			}, SETTLE_MS);
		}).unref();
	}
}

/** `npm start`; `npm run dev` with `--reload`; `--dialect` says which server the sandbox is. */
async function main(): Promise<void> {
	const { reload: isReloading, dialect } = parseArgs({
		options: {
			reload: { type: 'boolean', default: false },
			dialect: { type: 'string', default: 'sentry' },
		},
	}).values;
	const known = DIALECTS.find((name) => name === dialect);
	if (known === undefined) throw new Error(`--dialect is one of ${DIALECTS.join(', ')}`);
	const interrupted = new Promise<void>((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
	});
	console.log('Building the package …');
	await build();
	const sentry = await chooseSentry(process.env, known);
	const n8n = await N8nInstance.create(isReloading ? { N8N_DEV_RELOAD: 'true' } : {});
	try {
		console.log('Importing the credential and the examples …');
		const { configuration, credentials } = sentry;
		await n8n.importCredentials(credentials);
		const workflows = examples().map((example) =>
			withCredentials(withConfiguration(example, configuration), credentials),
		);
		await n8n.importWorkflows(workflows);
		console.log('Starting n8n …');
		const { port } = new URL((await n8n.start(PORT)).url);
		// By this name n8n has Sentry send the browser back, and its log-in holds for one name only.
		const url = `http://localhost:${port}`;
		console.log(`
  n8n        ${url}
  Log-in     ${OWNER.email}
  Password   ${OWNER.password}
${sentry.about}
  Workflows  ${workflows.map(({ id }) => `${url}/workflow/${id}`).join('\n             ')}

${isReloading ? 'A change under nodes/ or credentials/ is built and loaded at once. ' : ''}Ctrl-C stops n8n and removes its data.`);
		if (isReloading) reloadOnChange(n8n);
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
