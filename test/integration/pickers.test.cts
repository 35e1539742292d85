import { LoadOptionsContext } from 'n8n-core';
import { Workflow } from 'n8n-workflow';
import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeListSearchResult,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { SentryClientKeys } from '../../nodes/SentryClientKeys/SentryClientKeys.node.ts';
import type { Sandbox } from '../../sandbox/index.cts';
import { CredentialsHelper } from '../../tools/credentialsHelper.cts';
import { nodeTypes } from '../../tools/engine.cts';
import { sharedSandbox } from './servers.cts';
import { addKeys, createdIn, locator, sentryNode } from './support.cts';

type TokenName = keyof Sandbox['tokens'];

const sandbox = sharedSandbox();

/** Opens a drop-down the way the editor does. */
async function open(
	method: keyof SentryClientKeys['methods']['listSearch'],
	token: TokenName,
	{
		filter,
		cursor,
		organization = locator('acme'),
		project = locator('web-app'),
	}: {
		filter?: string;
		cursor?: string | undefined;
		organization?: IDataObject;
		project?: IDataObject;
	} = {},
): Promise<INodeListSearchResult> {
	const node = sentryNode({ organization, project });
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const context = new LoadOptionsContext(
		workflow,
		node,
		{
			credentialsHelper: new CredentialsHelper({
				sentry: { authToken: sandbox.tokens[token], baseUrl: sandbox.url },
			}),
			currentNodeParameters: node.parameters,
		} as unknown as IWorkflowExecuteAdditionalData,
		'',
	);
	// n8n-core's own types do not tell an absent property from an undefined one.
	const functions = context as ILoadOptionsFunctions;
	return await new SentryClientKeys().methods.listSearch[method].call(functions, filter, cursor);
}

const values = ({ results }: INodeListSearchResult) => results.map(({ value }) => value);

describe('the organization list', () => {
	it.each(['write', 'integration', 'projectOnly', 'integrationProjectOnly'] as const)(
		'works for the token %s',
		async (token) => {
			expect(values(await open('searchOrganizations', token))).toContain('acme');
		},
	);

	it('is searched by name and slug', async () => {
		expect(values(await open('searchOrganizations', 'write', { filter: 'glo' }))).toEqual([
			'globex',
		]);
		expect(values(await open('searchOrganizations', 'projectOnly', { filter: 'Glo' }))).toEqual([
			'globex',
		]);
		expect(values(await open('searchOrganizations', 'write', { filter: 'zzz' }))).toEqual([]);
	});

	it('says what to do where Sentry lists nothing', async () => {
		sandbox.faults.add({ kind: 'listInstead' });
		await expect(open('searchOrganizations', 'write')).rejects.toThrow(/'By ID'/);
	});

	it('says what is wrong with the token', async () => {
		await expect(open('searchOrganizations', 'organization')).rejects.toThrow(
			/organization tokens/,
		);
		await expect(open('searchOrganizations', 'expired')).rejects.toThrow(/expired/);
	});
});

describe('the project list', () => {
	it.each(['write', 'integration', 'projectOnly', 'integrationProjectOnly'] as const)(
		'holds the projects of the organization alone, for the token %s',
		async (token) => {
			const found = values(await open('searchProjects', token));
			expect(found).toHaveLength(30);
			expect(found).toContain('web-app');
			expect(found).not.toContain('api');
		},
	);

	it('is searched', async () => {
		expect(values(await open('searchProjects', 'write', { filter: 'service-1' }))).toHaveLength(10);
	});

	it.each(['write', 'projectOnly'] as const)('goes on page by page (%s)', async (token) => {
		sandbox.addProjects('acme', 150);
		const found: unknown[] = [];
		let cursor: string | undefined;
		let pages = 0;
		do {
			const page = await open('searchProjects', token, { cursor });
			found.push(...values(page));
			cursor = page.paginationToken;
			pages += 1;
		} while (cursor !== undefined);
		expect(pages).toBe(2);
		expect(new Set(found).size).toBe(180);
	});

	it('gives a project whose slug is all digits by its ID', async () => {
		sandbox.addProjects('acme', 1, { id: 77, slug: '2024', name: 'Year' });
		const { results } = await open('searchProjects', 'write', { filter: 'year' });
		expect(results).toEqual([{ name: 'Year (2024)', value: '77' }]);
	});

	it('takes the organization from an address as well', async () => {
		const organization = locator('https://globex.sentry.io/projects/', 'url');
		expect(values(await open('searchProjects', 'write', { organization }))).toEqual([
			'api',
			'shop',
		]);
	});

	it('cannot follow an expression', async () => {
		const organization = locator('={{ $json.organization }}');
		await expect(open('searchProjects', 'write', { organization })).rejects.toThrow(
			/'Organization' is an expression/,
		);
	});

	it('asks for the organization first', async () => {
		await expect(open('searchProjects', 'write', { organization: locator('') })).rejects.toThrow(
			'Choose an organization first',
		);
	});
});

describe('the client key list', () => {
	it('names each key, newest first, and says which are inactive', async () => {
		const [first] = addKeys(sandbox, 2);
		Object.assign(createdIn(sandbox)[0] ?? {}, { isActive: false });
		const { results } = await open('searchClientKeys', 'readOnly');
		expect(results.map(({ name }) => name)).toEqual([
			expect.stringMatching(/^key 1 \([a-f0-9]{8}…\) – inactive$/),
			`key 0 (${first?.slice(0, 8)}…)`,
			expect.stringMatching(/^Default \(/),
		]);
		expect(results[1]?.value).toBe(first);
	});

	it('is searched by name and ID over all pages', async () => {
		addKeys(sandbox, 120);
		const byName = await open('searchClientKeys', 'write', { filter: 'DEFAULT' });
		expect(byName.results).toHaveLength(1);
		const id = String(byName.results[0]?.value);
		expect(values(await open('searchClientKeys', 'write', { filter: id.slice(3, 20) }))).toEqual([
			id,
		]);
	});

	it('goes on page by page', async () => {
		addKeys(sandbox, 120);
		const first = await open('searchClientKeys', 'write');
		const second = await open('searchClientKeys', 'write', { cursor: first.paginationToken });
		expect([first.results.length, second.results.length]).toEqual([100, 21]);
		expect(second.paginationToken).toBeUndefined();
	});

	it('asks for the project first', async () => {
		const project = locator('');
		await expect(open('searchClientKeys', 'write', { project })).rejects.toThrow(
			'Choose a project first',
		);
	});

	it('says what is wrong with the project', async () => {
		const project = locator('nope');
		await expect(open('searchClientKeys', 'write', { project })).rejects.toThrow(
			/project or the organization does not exist \(404\)/,
		);
	});

	it('asks for the organization before that', async () => {
		const organization = locator('', 'list');
		await expect(open('searchClientKeys', 'write', { organization })).rejects.toThrow(
			'Choose an organization first',
		);
	});

	it('says so if there is none', async () => {
		sandbox.faults.add({ kind: 'listInstead', path: '/keys/' });
		await expect(open('searchClientKeys', 'write')).rejects.toThrow(/no client key.*'Create'/);
	});
});

describe('the list of SDK versions', () => {
	it('holds what the keys of the project offer, and latest', async () => {
		expect(values(await open('searchBrowserSdkVersions', 'write'))).toEqual([
			'10.x',
			'9.x',
			'8.x',
			'7.x',
			'latest',
		]);
	});

	it('is searched', async () => {
		expect(values(await open('searchBrowserSdkVersions', 'write', { filter: '8' }))).toEqual([
			'8.x',
		]);
	});

	it('says what to do where no key tells', async () => {
		sandbox.faults.add({ kind: 'listInstead', path: '/keys/' });
		await expect(open('searchBrowserSdkVersions', 'write')).rejects.toThrow(/'By Version'/);
	});
});
