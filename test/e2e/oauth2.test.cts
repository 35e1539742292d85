import { readFile } from 'node:fs/promises';

import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox } from '../../sandbox/index.cts';
import { Editor } from '../../tools/editor.cts';
import { N8nInstance } from '../../tools/n8nInstance.cts';
import type { N8nSession } from '../../tools/n8nSession.cts';
import { freePort } from '../../tools/process.cts';
import { chain, output, sentry, trigger } from './workflows.cts';

const TYPE = 'sentryClientKeysOAuth2Api';

let sandbox: Sandbox;
let n8n: N8nInstance;
let session: N8nSession;
let editor: Editor;

beforeAll(async () => {
	sandbox = await startSandbox();
	const port = await freePort();
	// Where Sentry sends the browser back to; n8n calls itself localhost otherwise.
	n8n = await N8nInstance.create({ N8N_EDITOR_BASE_URL: `http://127.0.0.1:${port}` });
	await n8n.importCredentials(
		['', '/', '/api/0'].map((suffix) => ({
			id: `oauth2${suffix}`,
			name: `OAuth2 ${suffix}`,
			type: TYPE,
			data: { baseUrl: sandbox.url + suffix, ...sandbox.oauthClient },
		})),
	);
	await n8n.importWorkflows([
		chain('create', [
			trigger(),
			sentry(
				'Create',
				{ authentication: 'oAuth2' },
				{ credentials: { [TYPE]: { id: 'oauth2', name: 'OAuth2' } } },
			),
		]),
	]);
	session = await n8n.start(port);
	editor = await Editor.open(session);
}, 600_000);

afterAll(async () => {
	await editor.close();
	await n8n.remove();
	await sandbox.close();
});

/** Where the credential's 'Connect my account' leads. */
const addressOf = async (id: string) =>
	new URL(
		(await session.get<{ data: string }>(`/oauth2-credential/auth?id=${encodeURIComponent(id)}`))
			.data,
	);
const created = () =>
	sandbox.keys.ofProject('acme', 'web-app').filter(({ label }) => label === 'Create');

it.each(['', '/', '/api/0'])('the Sentry URL may end in %p', async (suffix) => {
	const { origin, pathname, searchParams } = await addressOf(`oauth2${suffix}`);
	expect(origin + pathname).toBe(`${sandbox.url}/oauth/authorize/`);
	expect(searchParams.get('scope')).toBe('org:read project:read project:write project:admin');
});

it('a user connects the account once; keys are made, also after the token had to be renewed', async () => {
	const { page } = editor;
	await page.goto((await addressOf('oauth2')).href);
	await page.getByRole('button', { name: 'Approve' }).click();
	await page.getByText('Connection successful').waitFor();
	await n8n.stop();

	const runs = [await n8n.execute('create')];
	sandbox.expireOAuthTokens();
	runs.push(await n8n.execute('create'), await n8n.execute('create'));
	expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
	expect(runs.map((run) => output(run, 'Create').length)).toEqual([1, 1, 1]);
	expect(created()).toHaveLength(3);
	expect(sandbox.requests.filter(({ status }) => status === 401)).toHaveLength(1);

	const said = runs.map(({ stdout, stderr }) => stdout + stderr).join();
	const log = await readFile(n8n.logFile, 'utf8');
	for (const secret of ['sntrya_', sandbox.oauthClient.clientSecret]) {
		expect(said + log).not.toContain(secret);
	}
}, 180_000);

it('an access that Sentry took back is told, with what to do', async () => {
	sandbox.reset();
	const { exitCode, stdout, stderr } = await n8n.execute('create');
	expect(exitCode).toBe(1);
	expect(stdout + stderr).toContain('Sentry did not renew the access of the OAuth2 credential');
	expect(stdout + stderr).toContain('connect the account');
	expect(created()).toHaveLength(0);
});
