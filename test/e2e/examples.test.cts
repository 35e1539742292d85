import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox } from '../../sandbox/index.cts';
import { EXAMPLE_CREDENTIAL_ID, exampleWorkflows } from '../../tools/examples.cts';
import { N8nInstance } from '../../tools/n8nInstance.cts';
import type { WorkflowImport } from '../../tools/n8nInstance.cts';
import { output } from './workflows.cts';

/** The key that the user picks where an example leaves it open. */
const PICKED = 'a'.repeat(32);

let sandbox: Sandbox;
let n8n: N8nInstance;

beforeAll(async () => {
	sandbox = await startSandbox();
	n8n = await N8nInstance.create();
	await n8n.importCredentials([
		{
			id: EXAMPLE_CREDENTIAL_ID,
			name: 'Sentry Client Keys account',
			type: 'sentryClientKeysApi',
			data: { authToken: sandbox.tokens.admin, baseUrl: sandbox.url },
		},
	]);
	await n8n.importWorkflows(exampleWorkflows().map(runnable));
}, 600_000);

afterEach(() => sandbox.reset());

afterAll(async () => {
	await n8n.remove();
	await sandbox.close();
});

/** With what only a user can add: a click instead of a schedule, and the key that is picked. */
function runnable(workflow: WorkflowImport): WorkflowImport {
	const json = JSON.stringify(workflow)
		.replace(
			'"n8n-nodes-base.scheduleTrigger","typeVersion":1.2',
			'"n8n-nodes-base.manualTrigger","typeVersion":1',
		)
		.replace('"clientKey":{"__rl":true,"mode":"list","value":""}', `"clientKey":"${PICKED}"`);
	return JSON.parse(json) as WorkflowImport;
}

it('create-client-key makes the key that its configuration describes', async () => {
	const done = await n8n.execute('create-client-key');
	expect(output(done, 'Sentry Client Keys')[0]?.json).toMatchObject({ name: 'Fabulous Key' });
	expect(output(done, 'Sentry Client Keys', 1)[0]?.json).toMatchObject({ keyName: 'Fabulous Key' });
});

it('key-for-every-project leaves no project without one', async () => {
	const done = await n8n.execute('key-for-every-project');
	expect(output(done, 'A key in each of them')).toHaveLength(30);
	expect(sandbox.keys.all().filter(({ label }) => label === 'production')).toHaveLength(30);
});

it('switch-off-unused-keys switches off what is old and brought nothing, and no other', async () => {
	const old = { dateCreated: new Date(Date.now() - 100 * 24 * 60 * 60 * 1000) };
	const [unused, used] = sandbox.addKeys('acme', 'web-app', 2, old);
	sandbox.addKeys('acme', 'web-app', 1, { label: 'new' });
	sandbox.addUsage(used?.public ?? '', { accepted: 1 }, 60);
	await n8n.execute('switch-off-unused-keys');
	expect(
		sandbox.keys
			.ofProject('acme', 'web-app')
			.filter(({ isActive }) => !isActive)
			.map(({ public: id }) => id),
	).toEqual([unused?.public]);
});

it('rotate-client-key puts a new key beside the old one', async () => {
	sandbox.addKeys('acme', 'web-app', 1, { public: PICKED, label: 'picked' });
	const done = await n8n.execute('rotate-client-key');
	expect(output(done, 'Rotate')[0]?.json).toMatchObject({ name: 'picked', previousKeyId: PICKED });
});
