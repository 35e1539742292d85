import type { IRun } from 'n8n-workflow';

import { startSandbox } from '../sandbox/index.cts';
import { jsonOf, runWorkflow } from './engine.cts';
import { example, sentryCredential, withConfiguration, withCredentials } from './examples.cts';
import type { Configuration } from './examples.cts';
import { sendEvent } from './sendEvent.cts';

const EXAMPLE = 'create-client-key';
const SENTRY_NODE = 'Sentry Client Keys';

/** Where the demo runs: the sandbox, or the real Sentry that the environment names. */
interface Target {
	name: string;
	baseUrl: string;
	authToken: string;
	/** Replaces the example's organization and project. */
	configuration: Configuration;
	close(): Promise<void>;
}

async function chooseTarget(env: NodeJS.ProcessEnv): Promise<Target> {
	const { SENTRY_AUTH_TOKEN, SENTRY_ORG, SENTRY_PROJECT, SENTRY_URL } = env;
	if (SENTRY_AUTH_TOKEN !== undefined && SENTRY_AUTH_TOKEN !== '') {
		if (!SENTRY_ORG || !SENTRY_PROJECT) {
			throw new Error('Set SENTRY_ORG and SENTRY_PROJECT as well: the slugs to create a key in.');
		}
		const baseUrl = SENTRY_URL || 'https://sentry.io';
		return {
			name: baseUrl,
			baseUrl,
			authToken: SENTRY_AUTH_TOKEN,
			configuration: { organization: SENTRY_ORG, project: SENTRY_PROJECT },
			close: async () => await Promise.resolve(),
		};
	}
	const sandbox = await startSandbox();
	return {
		name: `the Sentry sandbox at ${sandbox.url}`,
		baseUrl: sandbox.url,
		authToken: sandbox.tokens.write,
		configuration: {},
		close: async () => await sandbox.close(),
	};
}

function printTable(rows: object[]): void {
	for (const row of rows) {
		const entries = Object.entries(row) as Array<[string, unknown]>;
		const width = Math.max(...entries.map(([name]) => name.length));
		for (const [name, value] of entries) {
			console.log(`  ${name.padEnd(width)}  ${shown(name, value)}`);
		}
	}
}

/** One line per value; secrets stay out of terminals and their logs. */
function shown(name: string, value: unknown): string {
	if (name === 'secret' && value !== null) return '(not shown)';
	if (typeof value !== 'object' || value === null) return String(value);
	const json = JSON.stringify(value, (key, inner: unknown) =>
		key === 'secret' ? '(not shown)' : inner,
	);
	return json.length > 100 ? `${json.slice(0, 100)}…` : json;
}

function errorText(run: IRun): string {
	const { error } = run.data.resultData;
	return [error?.message, error && 'description' in error ? error.description : undefined]
		.filter((text) => text)
		.join('\n');
}

async function demo(): Promise<void> {
	const target = await chooseTarget(process.env);
	try {
		console.log(`Running examples/${EXAMPLE}.json on n8n's engine against ${target.name}\n`);
		const credential = sentryCredential(target.authToken, target.baseUrl);
		const configured = withConfiguration(example(EXAMPLE), target.configuration);
		const workflow = withCredentials(configured, [credential]);
		const run = await runWorkflow(workflow, {
			credentials: { [credential.id]: credential.data },
		});
		if (run.status !== 'success') throw new Error(errorText(run));

		console.log('Output 0, Result:');
		printTable(jsonOf(run, SENTRY_NODE, 0));
		console.log('\nOutput 1, Configuration (the input, passed through):');
		printTable(jsonOf(run, SENTRY_NODE, 1));

		const [key] = jsonOf(run, SENTRY_NODE, 0);
		const { public: dsn } = key?.dsn as { public: string };
		console.log(`\nSending one event with the official Sentry SDK through ${dsn}`);
		const { eventId, status, response } = await sendEvent(
			dsn,
			'Hello from the key that n8n created',
		);
		if (status !== 200) {
			throw new Error(
				`The key was created, but the event was not accepted. The ingest address answered: ${response}`,
			);
		}
		console.log(`Accepted: event ${eventId}`);
	} finally {
		await target.close();
	}
}

demo().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
