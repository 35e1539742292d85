import { as, withToken } from './support.cts';
import { sharedSandbox } from '../servers.cts';

const LIST = '/api/0/organizations/acme/project-keys/';

const sandbox = sharedSandbox();

type Keys = Array<{ name: string; projectId: number; isActive: boolean }>;

async function list(params: Record<string, string> = {}): Promise<{ keys: Keys; link: string }> {
	const { data, headers } = await as('readOnly', sandbox).get<Keys>(LIST, { params });
	return { keys: data, link: String(headers.link) };
}

const names = ({ keys }: { keys: Keys }) => keys.map(({ name }) => name);

it('has the keys of all projects, newest first, ten unless asked', async () => {
	for (let n = 1; n <= 6; n++) {
		for (const project of ['backend', 'web-app']) {
			sandbox.addKeys('acme', project, 1, { label: `${project} ${n}` });
		}
	}
	const first = await list();
	expect(names(first)).toEqual([6, 5, 4, 3, 2].flatMap((n) => [`web-app ${n}`, `backend ${n}`]));
	expect(new Set(first.keys.map(({ projectId }) => projectId)).size).toBe(2);
	const cursor = /rel="next"; results="true"; cursor="([^"]+)"/.exec(first.link)?.[1] ?? '';
	expect(names(await list({ cursor })).slice(0, 3)).toEqual(['web-app 1', 'backend 1', 'Default']);
	expect((await list({ per_page: '100' })).keys).toHaveLength(42);
});

it('leaves out other organizations', async () => {
	sandbox.addKeys('globex', 'shop', 1);
	expect(names(await list())).not.toContain('key 1');
});

it.each([
	['active', 1],
	['inactive', 2],
	['revoked', 0],
	['', 3],
])('with the status "%s" has %d of three keys', async (status, count) => {
	const ids = new Set(
		sandbox
			.addKeys('acme', 'web-app', 3, (index) => ({ label: 'mine', isActive: index === 0 }))
			.map(({ public: id }) => id),
	);
	const { data } = await as('readOnly', sandbox).get<Array<{ id: string }>>(LIST, {
		params: { status, per_page: '100' },
	});
	expect(data.filter(({ id }) => ids.has(id))).toHaveLength(count);
});

it.each([
	['projectOnly', LIST, 403],
	['organization', LIST, 403],
	['otherOrg', LIST, 403],
	['integration', LIST, 200],
	['readOnly', '/api/0/organizations/nope/project-keys/', 404],
] as const)('for the token %s, %s answers %d', async (token, path, status) => {
	expect((await as(token, sandbox).get(path)).status).toBe(status);
});

it('is for nobody without a token', async () => {
	expect((await withToken(undefined, sandbox.url).get(LIST)).status).toBe(401);
});

it.each([
	['oneTeam', {}, 2],
	['oneTeam', { project: '-1' }, 30],
	['oneTeam', { team: 'services' }, 0],
	['oneTeam', { team: 'services', project: '-1' }, 28],
	['oneTeam', { team: '4506123456700001' }, 2],
	['readOnly', {}, 30],
	['integration', {}, 30],
] as const)('shows the token %s with %j the keys of %d projects', async (token, query, count) => {
	const { data } = await as(token, sandbox).get<Keys>(LIST, {
		params: { ...query, per_page: '100' },
	});
	expect(data).toHaveLength(count);
});

it('refuses a team that does not exist', async () => {
	const { status, data } = await as('readOnly', sandbox).get<unknown>(LIST, {
		params: { team: 'web' },
	});
	expect([status, data]).toEqual([404, { detail: 'Team not found' }]);
});

it.each([
	['oneTeam', 'services/projects/', 200, 28],
	['oneTeam', '4506123456700001/projects/', 200, 2],
	['oneTeam', 'nobody/projects/', 404, undefined],
	['oneTeam', 'apps/', 200, undefined],
	['readOnly', 'apps/projects/', 403, undefined],
] as const)('a team, for %s: %s answers %d', async (token, path, status, count) => {
	const response = await as(token, sandbox).get<unknown[]>(`/api/0/teams/acme/${path}`);
	expect([response.status, response.data.length]).toEqual([status, count]);
});
