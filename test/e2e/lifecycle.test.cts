import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox } from '../../sandbox/index.cts';
import { N8nInstance } from '../../tools/n8nInstance.cts';
import { chain, credentialsOf, locator, output, sentry, trigger } from './workflows.cts';

let sandbox: Sandbox;
let n8n: N8nInstance;

const found = { clientKey: locator('={{ $json.id }}') };
const inEachProject = {
	organization: locator('={{ $json.organization }}'),
	project: locator('={{ $json.project }}'),
};

beforeAll(async () => {
	sandbox = await startSandbox();
	n8n = await N8nInstance.create();
	await n8n.importCredentials(credentialsOf(sandbox));
	await n8n.importWorkflows([
		chain('every-project', [
			trigger(),
			sentry('Projects', { resource: 'project', operation: 'getAll', returnAll: true }),
			sentry('Keys', { operation: 'upsert', name: 'production', ...inEachProject }),
		]),
		chain('lists', [
			trigger(),
			sentry('Project', { operation: 'getAll', returnAll: true }),
			sentry(
				'Organization',
				{ operation: 'getAll', returnAll: true, scope: 'organization', resultFormat: 'dsn' },
				{ executeOnce: true },
			),
		]),
		chain('life', [
			trigger(),
			sentry('Ensure', {
				operation: 'upsert',
				name: 'app',
				additionalFields: { rateLimit: { limit: { count: 5, window: 60 } }, hasDebug: true },
			}),
			sentry('Update', {
				operation: 'update',
				updateFields: { browserSdkVersion: locator('9.x', 'list'), hasReplay: false },
				...found,
			}),
			sentry('Get', { operation: 'get', ...found, options: { includeUsage: true } }),
			sentry(
				'Rotate',
				{ operation: 'rotate', previousKey: 'delete', ...found },
				{ token: 'admin' },
			),
			sentry('Delete', { operation: 'delete', ...found }, { token: 'admin' }),
		]),
		chain('delete-without-scope', [
			trigger(),
			sentry('Find', { operation: 'getAll', limit: 1 }),
			sentry('Delete', { operation: 'delete', ...found }),
		]),
	]);
}, 600_000);

afterEach(() => sandbox.reset());

afterAll(async () => {
	await n8n.remove();
	await sandbox.close();
});

const json = (...of: Parameters<typeof output>) => output(...of).map((item) => item.json);

describe('in a real n8n', () => {
	it('a key for every project is two nodes, and nothing the second time', async () => {
		const first = await n8n.execute('every-project');
		expect(json(first, 'Keys').map(({ outcome }) => outcome)).toEqual(Array(30).fill('created'));
		const second = await n8n.execute('every-project');
		expect(json(second, 'Keys').map(({ outcome }) => outcome)).toEqual(Array(30).fill('unchanged'));
		expect(sandbox.keys.all().filter(({ label }) => label === 'production')).toHaveLength(30);
	});

	it('137 keys of a project, and all of an organization, are listed in order', async () => {
		sandbox.addKeys('acme', 'web-app', 136);
		const done = await n8n.execute('lists');
		const rows = json(done, 'Project');
		expect(rows).toHaveLength(137);
		expect(rows[0]?.name).toBe('key 136');
		expect(rows.at(-1)?.name).toBe('Default');
		const requests = sandbox.requests.filter(({ path }) => path.includes('/web-app/keys/'));
		expect(requests).toHaveLength(2);
		expect(json(done, 'Organization')).toHaveLength(166);
	});

	it('a key is made, changed, read, rotated and deleted', async () => {
		const done = await n8n.execute('life');
		expect(json(done, 'Ensure')).toMatchObject([
			{ name: 'app', rateLimit: { count: 5, window: 60 }, outcome: 'created' },
		]);
		const [read] = json(done, 'Get');
		expect(read).toMatchObject({
			browserSdkVersion: '9.x',
			dynamicSdkLoaderOptions: { hasDebug: true, hasReplay: false, hasPerformance: true },
			usage: { accepted: 0, filtered: 0, dropped: 0, days: 30 },
		});
		const [rotated] = json(done, 'Rotate');
		const { id, name, isActive, rateLimit, browserSdkVersion, dynamicSdkLoaderOptions } =
			rotated ?? {};
		expect({ name, isActive, rateLimit, browserSdkVersion, dynamicSdkLoaderOptions }).toEqual({
			name: 'app',
			isActive: true,
			rateLimit: read?.rateLimit,
			browserSdkVersion: '9.x',
			dynamicSdkLoaderOptions: read?.dynamicSdkLoaderOptions,
		});
		expect(rotated?.previousKeyId).toBe(read?.id);
		expect(id).not.toBe(read?.id);
		expect(json(done, 'Delete')).toEqual([{ deleted: true, id: expect.any(String) as string }]);
		expect(sandbox.keys.ofProject('acme', 'web-app').map(({ label }) => label)).toEqual([
			'Default',
		]);
	});

	it('a deletion that the token does not allow says which scope it takes', async () => {
		const { exitCode, stdout, stderr } = await n8n.execute('delete-without-scope');
		expect(exitCode).toBe(1);
		expect(stdout + stderr).toContain(
			'Sentry did not delete the client key: the token lacks a scope (403) [item 0]',
		);
		expect(stdout + stderr).toContain('The token needs project:admin.');
		expect(sandbox.keys.ofProject('acme', 'web-app')).toHaveLength(1);
	});
});
