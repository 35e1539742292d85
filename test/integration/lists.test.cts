import type { IDataObject, IRun } from 'n8n-workflow';

import { DIALECTS } from '../../sandbox/index.cts';
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
const codes = ({ warnings = [] }: IDataObject = {}) =>
	(warnings as Array<{ code: string }>).map(({ code }) => code);

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

	it('are read no further than the limit, and the last row says that there are more', async () => {
		addKeys(sandbox, 12);
		const done = await run(sandbox, { ...LIST, returnAll: false, limit: 5 });
		const rows = result(done);
		expect(names(rows)).toEqual(['key 11', 'key 10', 'key 9', 'key 8', 'key 7']);
		expect(rows.map(codes)).toEqual([[], [], [], [], ['list_cut']]);
		expect(hints(done)).toContain('left some results out');
		expect(sandbox.requests.map(({ path }) => path)).toEqual([
			'/api/0/projects/acme/web-app/keys/?per_page=5',
		]);
	});

	it('say nothing where the limit is just their number', async () => {
		addKeys(sandbox, 4);
		const rows = result(await run(sandbox, { ...LIST, returnAll: false, limit: 5 }));
		expect(rows.map(codes)).toEqual([[], [], [], [], []]);
	});

	it.each(['structuredTable', 'dsn'])(
		'name their organization and project last in the format %s',
		async (resultFormat) => {
			const options = { includeUsage: true };
			const [row = {}] = result(await run(sandbox, { ...LIST, resultFormat, options }));
			expect(row).toMatchObject({ organization: 'acme', project: 'web-app' });
			expect(Object.keys(row).slice(-3)).toEqual(['usage', 'organization', 'project']);
		},
	);

	it('name them by their slugs, though they were entered by their IDs', async () => {
		const rows = result(
			await run(
				sandbox,
				{
					...LIST,
					organization: locator('4504765715316736'),
					project: locator('={{ 4505281256090153 + $json.n % 2 }}'),
				},
				{ items: numbered(6) },
			),
		);
		expect(rows.map(({ organization, project }) => [organization, project])).toEqual(
			[0, 1, 2, 3, 4, 5].map((n) => ['acme', n % 2 === 0 ? 'web-app' : 'mobile-app']),
		);
		expect(sandbox.requests).toHaveLength(6 + 2);
	});

	it('of a project that the server lists none of, and does not know, are refused', async () => {
		sandbox.faults.add({ kind: 'listInstead', path: '/keys/' });
		const { message } = stopText(await run(sandbox, { ...LIST, project: locator('nope') }));
		expect(message).toContain('the project or the organization does not exist (404)');
		expect(result(await run(sandbox, LIST))).toEqual([]);
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
		[
			{ scope: '={{ "project" }}', filters: { team: 'apps' } },
			/^'Filters > Team' is for the scope Organization only/,
		],
		[{ ...WHOLE, filters: { team: '={{ $json.nothing }}' } }, /^'Filters > Team' is empty/],
		[{ ...WHOLE, filters: { team: 'a/b' } }, /^'Filters > Team' is not an ID or slug/],
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
			'/api/0/organizations/acme/project-keys/?project=-1&per_page=100',
			'/api/0/organizations/acme/projects/?per_page=100',
		]);
		expect(rows.map(({ organization }) => organization)).toEqual(Array(30).fill('acme'));
		expect(new Set(rows.map(({ project }) => project)).size).toBe(30);
		expect(rows).toContainEqual(
			expect.objectContaining({ project: 'web-app', projectId: 4505281256090153 }),
		);
	});

	it('are one request in the raw format, which names nothing', async () => {
		await run(sandbox, { ...LIST, ...WHOLE, resultFormat: 'rawResponse' });
		expect(methods(sandbox)).toEqual(['GET']);
	});

	it('name the organization by its slug, with one look-up for all items', async () => {
		const organization = locator('4504765715316736');
		const rows = result(
			await run(sandbox, { ...LIST, ...WHOLE, organization }, { items: numbered(3) }),
		);
		expect(rows.map((row) => row.organization)).toEqual(Array(90).fill('acme'));
		expect(sandbox.requests).toHaveLength(3 + 2);
	});

	it('name a project whose slug is all digits by its ID', async () => {
		const server = await serverThat({ organizationKeysEndpoint: false });
		for (const one of [sandbox, server]) {
			one.addProjects('acme', 1, { id: 77, slug: '2024' });
			const rows = result(await run(one, { ...LIST, ...WHOLE }));
			expect(rows.filter(({ project }) => project === '77')).toMatchObject([{ projectId: 77 }]);
		}
	});

	it.each([true, false])(
		'are those of projects without the token as member, too (endpoint: %p)',
		async (organizationKeysEndpoint) => {
			const server = await serverThat({ organizationKeysEndpoint });
			const token = server.tokens.oneTeam;
			expect(result(await run(server, { ...LIST, ...WHOLE }, { token }))).toHaveLength(30);
			for (const team of ['services', '4506123456700002']) {
				const filters = { team };
				const rows = result(await run(server, { ...LIST, ...WHOLE, filters }, { token }));
				expect(rows).toHaveLength(28);
				expect(names(rows)).toEqual(Array(28).fill('Default'));
			}
		},
	);

	it.each([true, false])(
		'of a team are read once a run where slugs are asked for (endpoint: %p)',
		async (organizationKeysEndpoint) => {
			const server = await serverThat({ organizationKeysEndpoint });
			const rows = result(
				await run(
					server,
					{ ...LIST, ...WHOLE, filters: { team: 'apps' } },
					{ token: server.tokens.oneTeam },
				),
			);
			expect(rows.map(({ project }) => project).sort()).toEqual(['mobile-app', 'web-app']);
			expect(server.requests).toHaveLength(organizationKeysEndpoint ? 2 : 1 + 1 + 2);
		},
	);

	it.each([true, false])(
		'of an unknown team are refused (endpoint: %p)',
		async (organizationKeysEndpoint) => {
			const server = await serverThat({ organizationKeysEndpoint });
			const done = await run(
				server,
				{ ...LIST, ...WHOLE, filters: { team: 'nobody' } },
				{ token: server.tokens.oneTeam },
			);
			expect(stopText(done).message).toMatch(
				/the team (?:or the organization )?does not exist \(404\)/,
			);
			expect(stopText(done).description).toContain('team "nobody"');
		},
	);

	it('of one moment are the same at the limit, in one list and project by project', async () => {
		const ids: unknown[][] = [];
		for (const organizationKeysEndpoint of [true, false]) {
			const server = await serverThat({ organizationKeysEndpoint });
			const dateCreated = new Date(Date.now() + 1000);
			for (const [n, project] of ['backend', 'service-27', 'web-app', 'backend'].entries()) {
				const id = `${(n * 7 + 3) % 10}`.repeat(32);
				addKeys(server, 1, { public: id, dateCreated }, project);
			}
			for (const limit of [1, 2, 3, 4]) {
				const rows = result(await run(server, { ...LIST, ...WHOLE, returnAll: false, limit }));
				expect(codes(rows.at(-1))).toEqual(['list_cut']);
				ids.push(rows.map(({ id }) => (id as string)[0]));
			}
		}
		expect(ids.slice(0, 4)).toEqual([['0'], ['0', '3'], ['0', '3', '4'], ['0', '3', '4', '7']]);
		expect(ids.slice(4)).toEqual(ids.slice(0, 4));
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
		expect(few.map(({ id }) => id)).toEqual(rows.slice(0, 2).map(({ id }) => id));
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
		expect(codes(result(done).at(-1))).toEqual(['projects_left_out']);
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

/** Rows whose names are all text. */
const rowsOf = (done: IRun) =>
	result(done) as Array<Record<'id' | 'organization' | 'project', string>>;

it.each(DIALECTS)(
	'an audit of all that a token sees is complete and in order, on %s',
	async (dialect) => {
		const server = await serverThat({ dialect });
		server.clear();
		const projects = [20, 15, 5].flatMap((count, n) => {
			const organization = `org-${n}`;
			server.addOrganizations({ id: 10 + n, slug: organization, name: organization, teams: [] });
			return Array.from({ length: count }, (_, number) => {
				const slug = `app-${n}-${number}`;
				server.addProjects(organization, 1, { id: 100 * (n + 1) + number, slug, name: slug });
				server.addKeys(organization, slug, 9);
				return `${organization}/${slug}`;
			});
		});
		server.addToken({
			name: 'auditor',
			token: 'auditor',
			kind: 'user',
			scopes: ['org:read', 'project:read', 'team:read'],
			organizations: ['org-0', 'org-1', 'org-2'],
			hasObjectAccess: true,
			expired: false,
		});
		const step = async (parameters: IDataObject, rows: IDataObject[]) =>
			rowsOf(
				await run(
					server,
					{ ...parameters, returnAll: true },
					{ token: 'auditor', items: rows.map((json) => ({ json })) },
				),
			);
		const organizations = await step({ resource: 'organization', operation: 'getAll' }, [{}]);
		const found = await step(
			{
				resource: 'project',
				operation: 'getAll',
				organization: locator('={{ $json.organization }}'),
			},
			organizations,
		);
		const keys = await step(
			{
				operation: 'getAll',
				organization: locator('={{ $json.organization }}'),
				project: locator('={{ $json.project }}'),
			},
			found,
		);
		expect(found.map(({ organization, project }) => `${organization}/${project}`).sort()).toEqual(
			projects.sort(),
		);
		const perProject = found.flatMap(({ organization, project }) =>
			server.keys.ofProject(organization, project).map(({ public: id }) => id),
		);
		expect(keys.map(({ id }) => id.replaceAll('-', ''))).toEqual(perProject);
		expect(keys).toHaveLength(400);
	},
);
