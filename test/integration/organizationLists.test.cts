import type { IDataObject } from 'n8n-workflow';

import { sharedSandbox } from './servers.cts';
import { locator, methods, result, run, stopText } from './support.cts';

const sandbox = sharedSandbox();

const LIST: IDataObject = { operation: 'getAll', returnAll: true, resultFormat: 'dsn' };
const codes = ({ warnings = [] }: IDataObject = {}) =>
	(warnings as Array<{ code: string }>).map(({ code }) => code);

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
		const few = result(await run(sandbox, { ...PROJECTS, returnAll: false, limit: 2 }));
		expect(few.map(({ project }) => project)).toEqual(['backend', 'mobile-app']);
		expect(few.map(codes)).toEqual([[], ['list_cut']]);
		const all = result(await run(sandbox, { ...PROJECTS, returnAll: false, limit: 30 }));
		expect(all.flatMap(codes)).toEqual([]);
	});

	it('whose slug is all digits is handed out by its ID, and taken by it', async () => {
		sandbox.addProjects('acme', 1, { id: 77, slug: '2024', name: 'Year' });
		const [row] = result(await run(sandbox, { ...PROJECTS, filters: { query: 'year' } }));
		expect(row).toMatchObject({ project: '77', id: '77', name: 'Year' });
		const keys = result(await run(sandbox, { ...LIST, project: locator(row?.project) }));
		expect(keys).toMatchObject([{ name: 'Default', projectId: 77, project: '77' }]);
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

describe('the organizations of a token', () => {
	const ORGANIZATIONS = { resource: 'organization', operation: 'getAll', returnAll: true };

	it('come one an item', async () => {
		const rows = result(await run(sandbox, { ...ORGANIZATIONS, organization: locator('') }));
		expect(rows).toEqual([
			{
				organization: 'acme',
				id: '4504765715316736',
				name: 'Acme',
				dateCreated: '2023-04-05T06:07:08Z',
			},
			{
				organization: 'globex',
				id: '4504765715316737',
				name: 'Globex',
				dateCreated: '2023-04-05T06:07:08Z',
			},
		]);
		expect(rows.map((row) => Object.keys(row))).toEqual(
			Array(2).fill(['organization', 'id', 'name', 'dateCreated']),
		);
	});

	it.each(['integration', 'integrationProjectOnly'] as const)(
		'are its own for an integration (%s)',
		async (token) => {
			const rows = result(await run(sandbox, ORGANIZATIONS, { token: sandbox.tokens[token] }));
			expect(rows.map(({ organization }) => organization)).toEqual(['acme']);
		},
	);

	it('can be searched and limited', async () => {
		const found = await run(sandbox, { ...ORGANIZATIONS, filters: { query: 'glo' } });
		expect(result(found).map(({ organization }) => organization)).toEqual(['globex']);
		const few = result(await run(sandbox, { ...ORGANIZATIONS, returnAll: false, limit: 1 }));
		expect(few.map(codes)).toEqual([['list_cut']]);
	});

	it('are pages in the raw format', async () => {
		const [row] = result(await run(sandbox, { ...ORGANIZATIONS, resultFormat: 'rawResponse' }));
		expect(row).toMatchObject({ status: 200, body: [{ slug: 'acme' }, { slug: 'globex' }] });
	});

	it('are not asked for with an empty search', async () => {
		const done = await run(sandbox, {
			...ORGANIZATIONS,
			filters: { query: '={{ $json.nothing }}' },
		});
		expect(stopText(done).message).toMatch(/^'Filters > Query' is empty/);
	});
});
