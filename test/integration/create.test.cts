import { startSandbox } from '../../sandbox/index.cts';
import { jsonOf, outputOf, runWorkflow } from '../../tools/engine.cts';
import { sharedSandbox } from './servers.cts';
import {
	configuration,
	createdIn,
	locator,
	NODE,
	numbered,
	result,
	run,
	sentryNode,
	stopText,
} from './support.cts';

/** The 14 columns of the KNIME node that this one began as. */
const COLUMNS = [
	'id',
	'name',
	'label',
	'public',
	'secret',
	'projectId',
	'isActive',
	'rateLimit',
	'dsn',
	'browserSdkVersion',
	'browserSdk',
	'dateCreated',
	'dynamicSdkLoaderOptions',
	'useCase',
];

const sandbox = sharedSandbox();

const keysIn = (project: string) => sandbox.keys.ofProject('acme', project);

describe('a created key', () => {
	const named = { name: 'Fabulous Key', rateLimit: { limit: { count: 1000, window: 7200 } } };

	it('is a row of the 14 columns, in order, null where Sentry sends nothing', async () => {
		const [row] = result(await run(sandbox, named));
		expect(Object.keys(row ?? {})).toEqual(COLUMNS);
		expect(row).toMatchObject({
			name: 'Fabulous Key',
			isActive: true,
			rateLimit: { count: 1000, window: 7200 },
			useCase: null,
		});
		expect(keysIn('web-app')).toHaveLength(2);
	});

	it('is exactly body and status in the raw format', async () => {
		const [row] = result(await run(sandbox, { ...named, resultFormat: 'rawResponse' }));
		expect(Object.keys(row ?? {})).toEqual(['body', 'status']);
		expect(row?.status).toBe(201);
		expect(row?.body).toMatchObject({ name: 'Fabulous Key' });
		expect(row?.body).not.toHaveProperty('useCase');
	});

	it('is its public DSN and no secret in the DSN format', async () => {
		const [row] = result(await run(sandbox, { ...named, resultFormat: 'dsn' }));
		const [key] = keysIn('web-app').filter(({ label }) => label === 'Fabulous Key');
		expect(Object.keys(row ?? {})).toEqual(['dsn', 'id', 'name', 'projectId', 'isActive']);
		expect(row?.dsn).toContain(`//${key?.public}@`);
		expect(JSON.stringify(row)).not.toContain(key?.secret);
	});

	it.each(['structuredTable', 'rawResponse'])(
		'can come without its secret (%s)',
		async (resultFormat) => {
			const [row] = result(
				await run(sandbox, { ...named, resultFormat, options: { redactSecrets: true } }),
			);
			const [key] = keysIn('web-app').filter(({ label }) => label === 'Fabulous Key');
			expect(JSON.stringify(row)).not.toContain(key?.secret);
			expect(row?.body ?? row).toMatchObject({ secret: null, dsn: { secret: null } });
		},
	);

	it('comes without its secret also when that is asked for in text', async () => {
		const done = await run(sandbox, { ...named, options: { redactSecrets: '={{ "true" }}' } });
		expect(result(done)).toMatchObject([{ secret: null, dsn: { secret: null } }]);
	});

	it('may be described as JSON text or as an object', async () => {
		const items = [
			{ json: { body: '{"name": "as text", "rateLimit": {"count": 5, "window": 60}}' } },
			{ json: { body: { name: 'as object', rateLimit: null } } },
		];
		const rows = result(
			await run(sandbox, { specifyBody: 'json', body: '={{ $json.body }}' }, { items }),
		);
		expect(rows).toMatchObject([
			{ name: 'as text', rateLimit: { count: 5, window: 60 } },
			{ name: 'as object', rateLimit: null },
		]);
	});

	it.each([
		['with a name of blanks', { name: '   ' }],
		['with null for a name', { specifyBody: 'json', body: '{"name": null}' }],
		['with an empty body', { specifyBody: 'json', body: '' }],
	])('gets a name from Sentry %s', async (_, parameters) => {
		const [row] = result(await run(sandbox, parameters));
		expect(row?.name).toMatch(/^\w+ \w+$/);
	});

	it.each([
		['no numbers', {}],
		['a count of zero', { limit: { count: 0, window: 60 } }],
		['a window of zero', { limit: { count: 10, window: 0 } }],
	])('has no rate limit with %s', async (_, rateLimit) => {
		const [row] = result(await run(sandbox, { rateLimit }));
		expect(row?.rateLimit).toBeNull();
		expect(sandbox.requests.at(-1)?.body).not.toContain('rateLimit');
	});

	it('lets fields through that the node does not know', async () => {
		await run(sandbox, { specifyBody: 'json', body: '{"name": "x", "useCase": "profiling"}' });
		expect(sandbox.requests.at(-1)?.body).toContain('"useCase":"profiling"');
	});
});

describe('several items', () => {
	it('give one result and one configuration each, paired with their item', async () => {
		const items = ['web-app', 'backend', 'mobile-app'].map((project, n) => ({
			json: { project, n },
			binary: { file: { data: 'eA==', mimeType: 'text/plain' } },
		}));
		const done = await run(
			sandbox,
			{ project: locator('={{ $json.project }}'), name: '=key {{ $json.n }}' },
			{ items },
		);
		expect(outputOf(done, NODE, 0).map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(result(done).map(({ name }) => name)).toEqual(['key 0', 'key 1', 'key 2']);
		expect(configuration(done)).toEqual(
			items.map((item, index) => ({ ...item, pairedItem: { item: index } })),
		);
		expect(keysIn('backend').map(({ label }) => label)).toContain('key 1');
	});

	it('may each bring their own credential', async () => {
		const items = [
			{ json: { token: sandbox.tokens.write } },
			{ json: { token: sandbox.tokens.admin } },
		];
		const done = await run(sandbox, {}, { items, token: '={{ $json.token }}' });
		expect(done.status).toBe('success');
		expect(sandbox.requests.map(({ token }) => token).sort()).toEqual(['admin', 'write']);
	});

	it('keep their order, 2,000 of them', async () => {
		const done = await run(
			sandbox,
			{ name: '=key {{ $json.n }}', resultFormat: 'dsn' },
			{ items: numbered(2000) },
		);
		expect(result(done).map(({ name }) => name)).toEqual(
			Array.from({ length: 2000 }, (_, n) => `key ${n}`),
		);
		expect(keysIn('web-app')).toHaveLength(2001);
	});
});

describe('organization and project', () => {
	it.each([
		['slugs', locator('acme'), locator('web-app')],
		['slugs in plain text', 'acme', 'web-app'],
		[
			'an address',
			locator('https://acme.sentry.io/projects/web-app/?project=1', 'url'),
			locator('https://acme.sentry.io/projects/web-app/?project=1', 'url'),
		],
		['entries of the lists', locator('acme', 'list'), locator('web-app', 'list')],
	])('can be %s', async (_, organization, project) => {
		const done = await run(sandbox, { organization, project });
		expect(done.status).toBe('success');
		expect(keysIn('web-app')).toHaveLength(2);
	});

	it('tells a hint when Sentry stores no rate limit', async () => {
		const limited = await startSandbox({ rateLimitFeature: false });
		const done = await run(limited, { rateLimit: { limit: { count: 5, window: 60 } } });
		await limited.close();
		expect(done.data.resultData.runData[NODE]?.[0]?.hints).toEqual([
			expect.objectContaining({ message: expect.stringContaining('no rate limit') as string }),
		]);
	});
});

it('reads the credential address with a trailing slash, /api/0 or a path', async () => {
	for (const suffix of ['/', '/api/0', '/api/0/']) {
		const done = await run(sandbox, {}, { baseUrl: sandbox.url + suffix });
		expect(done.status).toBe('success');
	}
	const below = await startSandbox({ basePath: '/sentry' });
	const done = await run(below);
	await below.close();
	expect(done.status).toBe('success');
});

it.each(['', 'sentry.io', 'ftp://sentry.io', 'https://user:pass@sentry.io'])(
	'names the Sentry URL when it is %p',
	async (baseUrl) => {
		const { message } = stopText(await run(sandbox, {}, { baseUrl }));
		expect(message).toMatch(/^'Sentry URL' .*\[item 0\]$/);
		expect(message).not.toContain('pass@');
	},
);

it('the chain of two nodes goes through the Configuration output', async () => {
	const second = { ...sentryNode({ name: 'second' }), id: 'node-2', name: 'Second' };
	const first = sentryNode({ name: 'first' });
	const done = await runWorkflow(
		{
			nodes: [
				{
					...first,
					id: 't',
					name: 'Trigger',
					type: 'n8n-nodes-base.manualTrigger',
					parameters: {},
				},
				first,
				second,
			],
			connections: {
				Trigger: { main: [[{ node: NODE, type: 'main', index: 0 }]] },
				[NODE]: { main: [[], [{ node: 'Second', type: 'main', index: 0 }]] },
			},
			pinData: { Trigger: [{ json: { team: 'web' } }] },
		},
		{ credentials: { sentry: { authToken: sandbox.tokens.write, baseUrl: sandbox.url } } },
	);
	expect(jsonOf(done, 'Second', 1)).toEqual([{ team: 'web' }]);
	expect(createdIn(sandbox).map(({ label }) => label)).toEqual(['second', 'first']);
});
