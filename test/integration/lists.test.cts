import type { IDataObject } from 'n8n-workflow';

import { outputOf } from '../../tools/engine.cts';
import { sharedSandbox } from './servers.cts';
import {
	addKeys,
	configuration,
	hints,
	locator,
	methods,
	NODE,
	numbered,
	result,
	run,
	serversThat,
	stopText,
} from './support.cts';

const sandbox = sharedSandbox();
const serverThat = serversThat();

const LIST: IDataObject = { operation: 'getAll', returnAll: true, resultFormat: 'dsn' };
const WHOLE = { scope: 'organization' };
const names = (rows: IDataObject[]) => rows.map(({ name }) => name);

describe("a project's keys", () => {
	it('are all there, newest first, in as many requests as it has hundreds', async () => {
		addKeys(sandbox, 136);
		const rows = result(await run(sandbox, LIST));
		expect(names(rows)).toEqual([
			...Array.from({ length: 136 }, (_, n) => `key ${135 - n}`),
			'Default',
		]);
		expect(methods(sandbox)).toEqual(['GET', 'GET']);
	});

	it('are read no further than the limit', async () => {
		addKeys(sandbox, 12);
		const rows = result(await run(sandbox, { ...LIST, returnAll: false, limit: 5 }));
		expect(names(rows)).toEqual(['key 11', 'key 10', 'key 9', 'key 8', 'key 7']);
		expect(sandbox.requests.map(({ path }) => path)).toEqual([
			'/api/0/projects/acme/web-app/keys/?per_page=5',
		]);
	});

	it('come up to 50 unless said otherwise', async () => {
		addKeys(sandbox, 55);
		expect(result(await run(sandbox, { operation: 'getAll' }))).toHaveLength(50);
	});

	it.each([
		[{ name: 'KEY 1' }, ['key 11', 'key 10', 'key 1']],
		[{ status: 'inactive' }, []],
		[{ status: 'active', name: 'default' }, ['Default']],
		[{ name: '', status: '' }, 13],
	])('can be filtered: %j', async (filters, expected) => {
		addKeys(sandbox, 12);
		const rows = result(await run(sandbox, { ...LIST, filters }));
		if (typeof expected === 'number') expect(rows).toHaveLength(expected);
		else expect(names(rows)).toEqual(expected);
	});

	it('are found by name beyond the first page', async () => {
		addKeys(sandbox, 120);
		const rows = result(
			await run(sandbox, { ...LIST, returnAll: false, limit: 1, filters: { name: 'default' } }),
		);
		expect(names(rows)).toEqual(['Default']);
	});

	it('are pages with their status in the raw format', async () => {
		addKeys(sandbox, 100);
		const rows = result(await run(sandbox, { ...LIST, resultFormat: 'rawResponse' }));
		expect(rows.map(({ status, body }) => [status, (body as unknown[]).length])).toEqual([
			[200, 100],
			[200, 1],
		]);
	});

	it('come without secrets if they are to', async () => {
		for (const resultFormat of ['structuredTable', 'rawResponse']) {
			const done = await run(sandbox, {
				...LIST,
				resultFormat,
				options: { redactSecrets: true },
			});
			expect(JSON.stringify(result(done))).not.toContain(sandbox.keys.all().at(-1)?.secret);
		}
	});

	it('all belong to the item that asked for them', async () => {
		const done = await run(
			sandbox,
			{ ...LIST, project: locator('={{ ["web-app", "backend"][$json.n] }}') },
			{ items: numbered(2) },
		);
		addKeys(sandbox, 1);
		expect(outputOf(done, NODE).map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
		]);
		expect(configuration(done)).toHaveLength(2);
	});

	it.each([
		[{ limit: 0, returnAll: false }, /^'Limit' is not a whole number of at least 1/],
		[{ limit: '={{ "many" }}', returnAll: false }, /^'Limit' /],
		[{ filters: { status: 'gone' } }, /^'Filters > Status' /],
		[{ filters: { name: '={{ $json.nothing }}' } }, /^'Filters > Name Contains' is empty/],
		[{ project: locator('={{ $json.nothing }}') }, /^'Project' has no value/],
		[{ project: locator('={{ "" }}') }, /^'Project' is empty/],
		[{ scope: '={{ "everything" }}' }, /^'Scope' is not one of the choices/],
	])('are not asked for with %j', async (parameters, message) => {
		expect(stopText(await run(sandbox, { ...LIST, ...parameters })).message).toMatch(message);
		expect(sandbox.requests).toEqual([]);
	});
});

describe("an organization's keys", () => {
	it('are one list where the server has it', async () => {
		const rows = result(await run(sandbox, { ...LIST, ...WHOLE }));
		expect(rows).toHaveLength(30);
		expect(sandbox.requests.map(({ path }) => path)).toEqual([
			'/api/0/organizations/acme/project-keys/?per_page=100',
		]);
	});

	it('are the same, in the same order, project by project', async () => {
		const server = await serverThat({ organizationKeysEndpoint: false });
		for (const project of ['backend', 'service-27', 'web-app', 'backend']) {
			addKeys(server, 1, { label: project }, project);
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
		const rows = result(await run(server, { ...LIST, ...WHOLE }));
		expect(rows).toHaveLength(34);
		expect(names(rows.slice(0, 5))).toEqual([
			'backend',
			'web-app',
			'service-27',
			'backend',
			'Default',
		]);
		const few = result(await run(server, { ...LIST, ...WHOLE, returnAll: false, limit: 2 }));
		expect(few).toEqual(rows.slice(0, 2));
	});

	it.each(['projectOnly', 'integrationProjectOnly'] as const)(
		'are found without org:read, too (%s)',
		async (token) => {
			const done = await run(sandbox, { ...LIST, ...WHOLE }, { token: sandbox.tokens[token] });
			expect(result(done)).toHaveLength(30);
		},
	);

	it('leave out projects that the token may not read, and say so', async () => {
		const server = await serverThat({ organizationKeysEndpoint: false });
		server.faults.add({ kind: 'forbidden', path: '/acme/backend/keys/' });
		const done = await run(server, { ...LIST, ...WHOLE });
		expect(result(done)).toHaveLength(29);
		expect(hints(done)).toMatch(/left out \(item 0: backend\)/);
	});

	it('are refused where none can be read', async () => {
		const { message } = stopText(
			await run(sandbox, { ...LIST, ...WHOLE }, { token: sandbox.tokens.otherOrg }),
		);
		expect(message).toBe(
			'Sentry did not list the client keys: the token may not do this here (403) [item 0]',
		);
	});

	it('are not there if the organization is not', async () => {
		const { message } = stopText(
			await run(sandbox, { ...LIST, ...WHOLE, organization: locator('nope') }),
		);
		expect(message).toContain('the organization does not exist (404)');
	});
});

describe("an organization's projects", () => {
	const PROJECTS = { resource: 'project', operation: 'getAll', returnAll: true };
	const columns = [
		'organization',
		'project',
		'id',
		'name',
		'platform',
		'isMember',
		'hasAccess',
		'dateCreated',
	];

	it.each(['write', 'projectOnly', 'integration'] as const)(
		'come one an item, for the token %s',
		async (token) => {
			const rows = result(await run(sandbox, PROJECTS, { token: sandbox.tokens[token] }));
			expect(rows).toHaveLength(30);
			expect(rows.map((row) => Object.keys(row))).toEqual(Array(30).fill(columns));
			expect(rows).toContainEqual(
				expect.objectContaining({ organization: 'acme', project: 'web-app', name: 'Web App' }),
			);
		},
	);

	it('name the organization by its slug, though it was entered by its ID', async () => {
		const [row] = result(
			await run(sandbox, { ...PROJECTS, organization: locator('4504765715316736') }),
		);
		expect(row?.organization).toBe('acme');
	});

	it('can be searched and limited', async () => {
		const found = await run(sandbox, { ...PROJECTS, filters: { query: 'service-1' } });
		expect(result(found)).toHaveLength(10);
		const few = await run(sandbox, { ...PROJECTS, returnAll: false, limit: 2 });
		expect(result(few).map(({ project }) => project)).toEqual(['backend', 'mobile-app']);
	});

	it('take as many requests as there are hundreds', async () => {
		sandbox.addProjects('acme', 120);
		expect(result(await run(sandbox, PROJECTS))).toHaveLength(150);
		expect(methods(sandbox)).toEqual(['GET', 'GET']);
	});

	it('are pages in the raw format', async () => {
		const [row] = result(await run(sandbox, { ...PROJECTS, resultFormat: 'rawResponse' }));
		expect(row?.status).toBe(200);
		expect(row?.body).toHaveLength(30);
	});
});
