import type { IDataObject } from 'n8n-workflow';

import { sharedSandbox } from './servers.cts';
import { addKeys, hints, locator, numbered, result, run } from './support.cts';

const sandbox = sharedSandbox();

const codesOf = (row: IDataObject | undefined) =>
	((row?.warnings ?? []) as IDataObject[]).map(({ code }) => code);
const upsert = (name: string, more: IDataObject = {}): IDataObject => ({
	operation: 'upsert',
	name,
	...more,
});

it('a row without reservations has no column for them', async () => {
	const [row] = result(await run(sandbox, { name: 'plain' }));
	expect(row).not.toHaveProperty('warnings');
	expect(Object.keys(row ?? {})).toHaveLength(14);
});

it.each<[string, IDataObject, string]>([
	['a field that only an update takes', { isActive: false }, "isActive. Use 'Create or Update'"],
	['a misspelt field', { nmae: 'x' }, 'nmae'],
	['a level too many', { clientKey: { name: 'x' } }, 'clientKey'],
	['loader options', { dynamicSdkLoaderOptions: { hasDebug: true } }, 'hasDebug'],
])('a body with %s is told what the key does not show', async (_, more, told) => {
	const body = JSON.stringify({ name: 'app', ...more });
	const done = await run(sandbox, { specifyBody: 'json', body });
	const [row] = result(done);
	expect(codesOf(row)).toEqual(['fields_ignored']);
	expect(JSON.stringify(row?.warnings)).toContain(told);
	expect(hints(done)).toContain(told);
});

it('a rate limit in a body may be one level down, as n8n holds it', async () => {
	const limit = { count: 5, window: 60 };
	const body = JSON.stringify({ name: 'app', rateLimit: { limit } });
	const [row] = result(await run(sandbox, { specifyBody: 'json', body }));
	expect(row).toMatchObject({ rateLimit: limit });
	expect(codesOf(row)).toEqual([]);
});

it('an expression that gives no name is counted, an empty field is not', async () => {
	const name = '={{ $json.missing }}';
	const done = await run(sandbox, { name }, { items: numbered(3) });
	expect(result(done).map(codesOf)).toEqual(Array(3).fill(['name_generated']));
	expect(hints(done)).toContain('items 0');
	const [empty] = result(await run(sandbox, { name: '' }));
	expect(codesOf(empty)).toEqual([]);
});

it('a name that is stored in another form', async () => {
	const [row] = result(await run(sandbox, { name: '  app ' }));
	expect(row?.name).toBe('app');
	expect(codesOf(row)).toEqual(['name_normalized']);
});

it.each(['app', 'app\u200b', 'a\u0070p\u00a0 x'])(
	'a name that looks like another one (%j)',
	async (name) => {
		const twin = name.endsWith('x') ? 'app x' : 'app\ufeff';
		addKeys(sandbox, 1, { label: twin });
		const [row] = result(await run(sandbox, upsert(name)));
		expect(row?.outcome).toBe('created');
		expect(codesOf(row)).toContain('name_lookalike');
	},
);

it.each(['structuredTable', 'dsn'])(
	'an inactive key is never handed out silently (%s)',
	async (resultFormat) => {
		const [id] = addKeys(sandbox, 1, { label: 'off', isActive: false });
		const rows = await Promise.all(
			[upsert('off'), { operation: 'get', clientKey: locator(id ?? '') }].map(async (parameters) =>
				result(await run(sandbox, { ...parameters, resultFormat })),
			),
		);
		expect(rows.flat().map(codesOf)).toEqual([['key_inactive'], ['key_inactive']]);
		expect(Object.keys(rows[0]?.[0] ?? {}).at(-1)).toBe('warnings');
	},
);

it('Create or Update switches it on where that is wanted', async () => {
	addKeys(sandbox, 1, { label: 'off', isActive: false });
	const [row] = result(await run(sandbox, upsert('off', { ifInactive: 'activate' })));
	expect(row).toMatchObject({ isActive: true, outcome: 'updated' });
	expect(codesOf(row)).toEqual([]);
});
