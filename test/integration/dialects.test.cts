import type { IDataObject, IRun } from 'n8n-workflow';

import { DIALECTS } from '../../sandbox/index.cts';
import type { Fault, Sandbox } from '../../sandbox/index.cts';
import { oldKey, runAsAdmin } from './capabilities.cts';
import { serversThat } from './servers.cts';
import { locator, NAMED, NODE, numbered, result } from './support.cts';

const serverThat = serversThat();

const ITEMS = 12;

/** What goes wrong on the way: nothing, or every fourth response, after the server has done its work. */
const WAYS: Array<[string, Fault[]]> = [
	['every response arrives', []],
	[
		'a quarter of the responses is lost',
		[
			{ kind: 'loseResponse', probability: 0.15, seed: 5 },
			{ kind: 'error500AfterCommit', probability: 0.1, seed: 8 },
		],
	],
];

const PATIENT: IDataObject = { maxRetries: 8 };

/** A server in use, and a run of the node there, each item with its own outcome. */
async function runOn(
	server: Sandbox,
	faults: Fault[],
	parameters: IDataObject,
	items = ITEMS,
): Promise<{ run: IRun; rows: IDataObject[]; failures: string[] }> {
	for (const fault of faults) server.faults.add(fault);
	const run = await runAsAdmin(
		server,
		{ ...parameters, options: { ...PATIENT, ...(parameters.options as IDataObject) } },
		{ items: numbered(items), node: { onError: 'continueErrorOutput' } },
	);
	server.faults.clear();
	const outputs = run.data.resultData.runData[NODE]?.[0]?.data?.main ?? [];
	return {
		run,
		rows: result(run),
		failures: (outputs[2] ?? []).map(({ json }) => JSON.stringify(json)),
	};
}

const keysNamed = (server: Sandbox, name: string) =>
	server.keys.ofProject('acme', 'web-app').filter(({ label }) => label === name);

const ids = (server: Sandbox, count: number): string[] =>
	server
		.addKeys('acme', 'web-app', count, (n) => ({
			label: `old ${n}`,
			dateCreated: new Date(Date.now() - 86_400_000),
		}))
		.map(({ public: id }) => id);

const digits = (id: unknown): string => String(id).replaceAll('-', '');

describe.each(DIALECTS)('on %s', (dialect) => {
	describe.each(WAYS)('where %s', (_, faults) => {
		let server: Sandbox;

		beforeEach(async () => {
			server = await serverThat({ dialect });
			oldKey(server);
		});

		it('Create makes each key once, or names what it does not know', async () => {
			const { rows, failures } = await runOn(server, faults, NAMED);
			expect(rows.length + failures.length).toBe(ITEMS);
			for (let n = 0; n < ITEMS; n++) {
				const made = keysNamed(server, `key ${n}`);
				const row = rows.find(({ name }) => name === `key ${n}`);
				expect(made.length).toBe(1);
				if (row !== undefined) expect(digits(row.id)).toBe(made[0]?.public);
			}
			for (const failure of failures) expect(failure).toContain('may have been created');
			if (dialect !== 'glitchtip') expect(failures).toEqual([]);
		});

		it('Create or Update ends with one key a name', async () => {
			const upsert = { operation: 'upsert', ...NAMED };
			await runOn(server, faults, upsert);
			const { rows, failures } = await runOn(server, [], upsert);
			expect(failures).toEqual([]);
			for (let n = 0; n < ITEMS; n++) {
				const made = keysNamed(server, `key ${n}`);
				expect(made.map(({ public: id }) => id)).toEqual([digits(rows[n]?.id)]);
			}
		});

		it.each(['keep', 'delete'])(
			'Rotate (%s) leaves a key that works, and names it',
			async (previousKey) => {
				const old = ids(server, ITEMS);
				const clientKey = locator(`={{ ${JSON.stringify(old)}[$json.n] }}`);
				const { rows, failures } = await runOn(server, faults, {
					operation: 'rotate',
					clientKey,
					previousKey,
				});
				expect(rows.length + failures.length).toBe(ITEMS);
				const known = server.keys.all();
				for (let n = 0; n < ITEMS; n++) {
					const working = keysNamed(server, `old ${n}`);
					expect(working.length).toBeGreaterThan(0);
					expect(working.length).toBeLessThan(3);
				}
				for (const { id } of rows) {
					expect(known.find((key) => key.public === digits(id))?.isActive).toBe(true);
				}
				if (previousKey === 'delete') {
					const gone = old.filter((id) => !known.some((key) => key.public === id));
					expect(gone.length).toBeGreaterThanOrEqual(rows.length);
				}
				if (dialect !== 'glitchtip') expect(failures).toEqual([]);
			},
		);

		it('Update stores what it reports, or says that nothing was stored', async () => {
			const old = ids(server, ITEMS);
			const { rows, failures } = await runOn(server, faults, {
				operation: 'update',
				clientKey: locator(`={{ ${JSON.stringify(old)}[$json.n] }}`),
				updateFields: { name: '=new {{ $json.n }}' },
			});
			const stored = server.keys.all().filter(({ label }) => label.startsWith('new '));
			expect([rows.length, stored.length, failures.length]).toEqual(
				dialect === 'glitchtip' ? [0, 0, ITEMS] : [ITEMS, ITEMS, 0],
			);
			for (const failure of failures) expect(failure).toContain('stored nothing of the update');
		});

		it('Delete takes out the keys that were named, and reports each', async () => {
			const old = ids(server, ITEMS);
			const { rows, failures } = await runOn(server, faults, {
				operation: 'delete',
				clientKey: locator(`={{ ${JSON.stringify(old)}[$json.n] }}`),
			});
			expect([rows.length, failures]).toEqual([ITEMS, []]);
			expect(
				server.keys
					.ofProject('acme', 'web-app')
					.map(({ label }) => label)
					.sort(),
			).toEqual(['Default', 'old']);
		});

		it('Get finds each key, by its ID and by its DSN', async () => {
			const old = ids(server, ITEMS);
			const byId = { clientKey: locator(`={{ ${JSON.stringify(old)}[$json.n] }}`) };
			const { projectId } = oldKey(server);
			const [scheme, host] = server.url.split('://');
			const dsn = `={{ "${scheme}://" + ${JSON.stringify(old)}[$json.n] + "@${host}/${projectId}" }}`;
			for (const which of [byId, { identifyBy: 'dsn', dsn }]) {
				const { rows, failures } = await runOn(server, faults, { operation: 'get', ...which });
				expect(failures).toEqual([]);
				expect(rows.map(({ id }) => digits(id))).toEqual(old);
			}
		});

		it('the lists are whole', async () => {
			ids(server, 120);
			const all = { returnAll: true };
			const keys = await runOn(server, faults, { operation: 'getAll', ...all }, 1);
			expect(keys.rows).toHaveLength(122);
			const projects = { resource: 'project', operation: 'getAll', ...all };
			expect((await runOn(server, faults, projects, 1)).rows).toHaveLength(30);
			const organizations = { resource: 'organization', operation: 'getAll', ...all };
			expect((await runOn(server, faults, organizations, 1)).rows).toHaveLength(2);
		});
	});
});

describe.each([1, 20])(
	'where the server closes connections silently, %d at once',
	(maxConcurrentRequests) => {
		it('each key is made once, and each list is whole', async () => {
			const server = await serverThat({ closesSilently: true });
			oldKey(server);
			const options = { maxConcurrentRequests };
			for (const parameters of [
				{ ...NAMED, options },
				{ operation: 'upsert', ...NAMED, options },
			]) {
				const { rows, failures } = await runOn(server, [], parameters, 30);
				expect([rows.length, failures]).toEqual([30, []]);
			}
			for (let n = 0; n < 30; n++) expect(keysNamed(server, `key ${n}`)).toHaveLength(1);
			const all = { operation: 'getAll', returnAll: true, options };
			expect((await runOn(server, [], all, 1)).rows).toHaveLength(32);
		});
	},
);
