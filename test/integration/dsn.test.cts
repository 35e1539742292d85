import type { IDataObject } from 'n8n-workflow';

import { sharedSandbox } from './servers.cts';
import { addKeys, createdIn, locator, methods, result, run, stopText } from './support.cts';

const sandbox = sharedSandbox();
const ORGANIZATION_ID = '4504765715316736';

let dsn: string;
let keyId: string;
let projectId: string;

beforeEach(() => {
	[keyId = ''] = addKeys(sandbox, 1, { label: 'app' });
	projectId = String(createdIn(sandbox)[0]?.projectId);
	dsn = `https://${keyId}@sentry.example/${projectId}`;
});

const byDsn = (operation: string, more: IDataObject = {}): IDataObject => ({
	operation,
	identifyBy: 'dsn',
	dsn,
	organization: undefined,
	project: undefined,
	...more,
});
const WHERE = { organization: 'acme', project: 'web-app' };

it.each<[string, IDataObject, IDataObject]>([
	['get', {}, { name: 'app', ...WHERE }],
	['update', { updateFields: { name: 'renamed' } }, { name: 'renamed', ...WHERE }],
	['rotate', { previousKey: 'delete' }, { name: 'app', ...WHERE }],
	['delete', {}, { deleted: true, ...WHERE }],
])('%s finds the key, and names its organization and project', async (operation, more, row) => {
	const done = await run(sandbox, byDsn(operation, more), { token: sandbox.tokens.admin });
	expect(result(done)).toMatchObject([row]);
	const columns = Object.keys(result(done)[0] ?? {});
	expect(columns.slice(-2)).toEqual(['organization', 'project']);
	const ids = createdIn(sandbox).map(({ public: id }) => id);
	expect(ids.includes(keyId)).toBe(operation === 'get' || operation === 'update');
});

it('a project whose slug is all digits is found and named by its ID', async () => {
	sandbox.addProjects('acme', 1, { id: 77, slug: '2024' });
	const [key] = sandbox.addKeys('acme', '77', 1, { label: 'of digits' });
	dsn = `https://${key?.public}@sentry.example/77`;
	const [row] = result(await run(sandbox, byDsn('get')));
	expect(row).toMatchObject({ name: 'of digits', organization: 'acme', project: '77' });
});

it('a host that names the organization leaves nothing to look for', async () => {
	dsn = `https://${keyId}@o${ORGANIZATION_ID}.ingest.us.sentry.io/${projectId}`;
	const [row] = result(await run(sandbox, byDsn('get')));
	expect(row).toMatchObject({ id: keyId, ...WHERE });
	expect(sandbox.requests.map(({ path }) => path)).toEqual([
		`/api/0/projects/${ORGANIZATION_ID}/${projectId}/`,
		`/api/0/projects/${ORGANIZATION_ID}/${projectId}/keys/${keyId}/`,
	]);
});

it('the panel may name the organization instead', async () => {
	const [row] = result(await run(sandbox, byDsn('get', { organization: locator('acme') })));
	expect(row).toMatchObject({ id: keyId, ...WHERE });
	const other = await run(sandbox, byDsn('get', { organization: locator('globex') }));
	expect(stopText(other).message).toContain(`No project ${projectId}`);
});

it.each(['integration', 'integrationProjectOnly'] as const)(
	'an %s token finds it among its own projects',
	async (name) => {
		const done = await run(sandbox, byDsn('get'), { token: sandbox.tokens[name] });
		expect(result(done)).toMatchObject([{ id: keyId, ...WHERE }]);
	},
);

it.each(['get', 'update', 'rotate', 'delete'])(
	'%s of a project that the token does not see is refused, and nothing is written',
	async (operation) => {
		dsn = `https://${keyId}@sentry.example/999999`;
		const done = await run(
			sandbox,
			byDsn(operation, { updateFields: { name: 'x' }, options: { ifNotFound: 'ignore' } }),
			{ token: sandbox.tokens.admin },
		);
		const { message, description } = stopText(done);
		expect(message).toBe('No project 999999 in the organizations that the token sees [item 0]');
		expect(description).not.toContain(keyId);
		expect(new Set(methods(sandbox))).toEqual(new Set(['GET']));
	},
);

it('the DSN of an organization that another number stands for is refused', async () => {
	dsn = `https://${keyId}@o999.ingest.us.sentry.io/${projectId}`;
	const refused = await run(sandbox, byDsn('delete', { organization: locator('acme') }), {
		token: sandbox.tokens.admin,
	});
	expect(stopText(refused).message).toBe(
		"'DSN' is the DSN of another organization than the one that was chosen [item 0]",
	);
	expect(createdIn(sandbox)).toHaveLength(1);
});

it('two hundred DSNs of one project ask once where it is', async () => {
	const ids = addKeys(sandbox, 200, {});
	const items = ids.map((id) => ({ json: { dsn: `https://${id}@sentry.example/${projectId}` } }));
	const done = await run(sandbox, byDsn('get', { dsn: '={{ $json.dsn }}' }), { items });
	expect(result(done).map(({ id }) => id)).toEqual(ids);
	expect(sandbox.requests.length).toBeLessThan(205);
});
