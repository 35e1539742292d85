import { parseArgs } from 'node:util';

import { DIALECTS } from './dialect.cts';
import type { Dialect, DialectName } from './dialect.cts';
import { FAULT_KINDS } from './faults.cts';
import type { FaultKind } from './faults.cts';
import { startSandbox } from './index.cts';

const USAGE = `Usage: npm run sandbox -- [options]
  --port N            default 8787
  --dialect NAME      which server it is: ${DIALECTS.join(', ')} (default sentry, as on sentry.io)
  --limiter           limit requests as sentry.io does
  --public MODE       honoured, ignored or refused: what becomes of a client-chosen public ID
  --no-rate-limits    a plan without rate limits for keys
  --no-org-keys       without the list of an organization's keys, as before December 2025
  --resets-version    a PUT without the SDK version sets it back, as on older servers
  --resets-settings   a PUT sets back all that it leaves out
  --keys N            adds so many keys to acme/web-app
  --latency MS        per request
  --fault KIND[:P]    with probability P (default 1); may be repeated. Kinds:
                      ${FAULT_KINDS.join(', ')}`;

const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '8787' },
		limiter: { type: 'boolean', default: false },
		dialect: { type: 'string', default: 'sentry' },
		public: { type: 'string' },
		'no-rate-limits': { type: 'boolean', default: false },
		'no-org-keys': { type: 'boolean', default: false },
		'resets-version': { type: 'boolean', default: false },
		'resets-settings': { type: 'boolean', default: false },
		keys: { type: 'string', default: '0' },
		latency: { type: 'string', default: '0' },
		fault: { type: 'string', multiple: true, default: [] },
		help: { type: 'boolean', default: false },
	},
});

async function main(): Promise<void> {
	if (values.help) {
		console.log(USAGE);
		return;
	}
	if (!DIALECTS.includes(values.dialect as DialectName)) {
		throw new Error(`No dialect ${values.dialect}.\n${USAGE}`);
	}
	const sandbox = await startSandbox({
		port: Number(values.port),
		limiter: values.limiter,
		dialect: values.dialect as DialectName,
		...(values.public !== undefined && { publicKeys: values.public as Dialect['publicKeys'] }),
		...(values['no-rate-limits'] && { rateLimitFeature: false }),
		...(values['no-org-keys'] && { organizationKeysEndpoint: false }),
		...(values['resets-version'] && { resetsSdkVersion: true }),
		...(values['resets-settings'] && { resetsSettings: true }),
		latencyMs: Number(values.latency),
	});
	sandbox.addKeys('acme', 'web-app', Number(values.keys));
	for (const text of values.fault) {
		const [kind = '', probability] = text.split(':');
		if (!FAULT_KINDS.includes(kind as FaultKind)) throw new Error(`No fault ${kind}.\n${USAGE}`);
		sandbox.faults.add({
			kind: kind as FaultKind,
			probability: probability === undefined ? 1 : Number(probability),
		});
	}
	console.log(`The Sentry sandbox is at ${sandbox.url}

Organizations   acme (projects web-app, mobile-app, backend, service-01 … service-27), globex (api, shop)
State           ${sandbox.url}/sandbox/state

Tokens (they only work here):`);
	for (const [name, token] of Object.entries(sandbox.tokens)) {
		console.log(`  ${name.padEnd(23)} ${token}`);
	}
	const { clientId, clientSecret } = sandbox.oauthClient;
	console.log(`\nOAuth2 client  ${clientId}, secret ${clientSecret}\n\nCtrl-C stops it.`);
	process.once('SIGINT', () => void sandbox.close());
	process.once('SIGTERM', () => void sandbox.close());
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
