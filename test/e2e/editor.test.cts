import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox } from '../../sandbox/index.cts';
import { Editor } from '../../tools/editor.cts';
import { N8nInstance } from '../../tools/n8nInstance.cts';
import { chain, credentialsOf, sentry, trigger } from './workflows.cts';

let sandbox: Sandbox;
let n8n: N8nInstance;
let editor: Editor;

const nothingPicked = { __rl: true, mode: 'list', value: '' };

beforeAll(async () => {
	sandbox = await startSandbox();
	n8n = await N8nInstance.create();
	await n8n.importCredentials(credentialsOf(sandbox));
	await n8n.importWorkflows([
		chain('create', [
			trigger(),
			sentry('Create', { organization: nothingPicked, project: nothingPicked }),
		]),
		chain('update', [
			trigger(),
			sentry('Update', { operation: 'update', clientKey: nothingPicked, updateFields: {} }),
		]),
		chain('organization', [
			trigger(),
			sentry('List', { operation: 'getAll', scope: 'organization' }),
		]),
		chain('forbidden', [trigger(), sentry('Create', {}, { token: 'readOnly' })]),
	]);
	editor = await Editor.open(await n8n.start());
}, 600_000);

afterAll(async () => {
	await editor.close();
	await n8n.remove();
	await sandbox.close();
});

it('a user picks organization and project from lists, and gets the key and the configuration', async () => {
	await editor.openNode('create', 'Create');
	await editor.pick('organization', 'Acme (acme)');
	await editor.pick('project', 'Web App (web-app)');

	const output = await editor.executeStep();
	const [key] = sandbox.keys.ofProject('acme', 'web-app');
	expect(key?.label).toBe('Create');
	await output
		.getByText(key?.public ?? '')
		.first()
		.waitFor();
	const text = await output.innerText();
	expect(text).toContain('Result Branch (1 item)');
	expect(text).toContain('Configuration Branch (1 item)');
});

it('a user picks a key and one of the SDK versions that it offers', async () => {
	await editor.openNode('update', 'Update');
	await editor.pick('clientKey', 'Default (');
	await editor.addTo('Add Field', 'Browser SDK Version');
	await editor.pick('browserSdkVersion', '8.x');

	await editor.executeStep();
	const changed = sandbox.keys.all().filter(({ browserSdkVersion }) => browserSdkVersion === '8.x');
	expect(changed.map(({ label }) => label)).toEqual(['Default']);
});

it('the keys of the whole organization are listed by Scope', async () => {
	await editor.openNode('organization', 'List');
	const text = await (await editor.executeStep()).innerText();
	expect(text).toMatch(/Result Branch \(3\d items\)/);
});

it('a refusal shows what happened and what to do', async () => {
	await editor.openNode('forbidden', 'Create');
	const text = await (await editor.executeStep()).innerText();
	expect(text).toContain('Sentry did not create the client key: the token lacks a scope (403)');
	expect(text).toContain('project:write or project:admin');
});
