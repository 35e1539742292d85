import { LoadOptionsContext } from 'n8n-core';
import { Workflow } from 'n8n-workflow';
import type {
	IDataObject,
	INodeListSearchResult,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { SentryClientKeys } from '../../nodes/SentryClientKeys/SentryClientKeys.node.ts';
import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox } from '../../sandbox/index.cts';
import { CredentialsHelper } from '../../tools/credentialsHelper.cts';
import { nodeTypes } from '../../tools/engine.cts';
import { locator, sentryNode } from './support.cts';

type TokenName = keyof Sandbox['tokens'];

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterEach(() => sandbox.reset());
afterAll(async () => await sandbox.close());

/** Opens a drop-down the way the editor does. */
async function open(
	method: 'searchOrganizations' | 'searchProjects',
	token: TokenName,
	{
		filter,
		cursor,
		organization = locator('acme'),
	}: { filter?: string; cursor?: string; organization?: IDataObject } = {},
): Promise<INodeListSearchResult> {
	const node = sentryNode({ organization });
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
	return await new SentryClientKeys().methods.listSearch[method].call(context, filter, cursor);
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
		await expect(open('searchOrganizations', 'write')).rejects.toThrow(/'By ID or Slug'/);
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

	it('takes the organization from an address as well', async () => {
		const organization = locator('https://globex.sentry.io/projects/', 'url');
		expect(values(await open('searchProjects', 'write', { organization }))).toEqual([
			'api',
			'shop',
		]);
	});

	it('can not follow an expression', async () => {
		const organization = locator('={{ $json.organization }}');
		await expect(open('searchProjects', 'write', { organization })).rejects.toThrow(
			/'Organization' is an expression/,
		);
	});

	it('asks for the organization first', async () => {
		await expect(open('searchProjects', 'write', { organization: locator('') })).rejects.toThrow(
			/'Organization' is empty/,
		);
	});
});
