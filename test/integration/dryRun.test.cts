import type { IDataObject } from 'n8n-workflow';

import { sharedSandbox } from './servers.cts';
import {
	addKeys,
	createdIn,
	locator,
	methods,
	numbered,
	result,
	run,
	stopText,
} from './support.cts';

const sandbox = sharedSandbox();
const LIMIT = { count: 5, window: 60 };

let keyId: string;

beforeEach(() => {
	[keyId = ''] = addKeys(sandbox, 1, { label: 'app' });
});

const dry = async (parameters: IDataObject, options: IDataObject = {}, count = 1) =>
	await run(
		sandbox,
		{ clientKey: locator(keyId), ...parameters, options: { dryRun: true, ...options } },
		{ token: sandbox.tokens.admin, items: numbered(count) },
	);

it.each<[string, IDataObject, IDataObject, IDataObject]>([
	[
		'create',
		{ name: 'new', rateLimit: { limit: LIMIT } },
		{ id: null, name: 'new', dsn: null, isActive: null, rateLimit: LIMIT, outcome: 'wouldCreate' },
		{ name: { from: null, to: 'new' }, rateLimit: { from: null, to: LIMIT } },
	],
	[
		'update',
		{ updateFields: { name: 'renamed', isActive: true, hasReplay: false } },
		{ name: 'app', isActive: true, outcome: 'wouldUpdate' },
		{
			name: { from: 'app', to: 'renamed' },
			'dynamicSdkLoaderOptions.hasReplay': { from: true, to: false },
		},
	],
	['update', { updateFields: { name: 'app' } }, { name: 'app', outcome: 'unchanged' }, {}],
	[
		'upsert',
		{ name: 'new', additionalFields: { isActive: false, rateLimit: { limit: LIMIT } } },
		{ id: null, name: 'new', isActive: false, rateLimit: LIMIT, outcome: 'wouldCreate' },
		{
			name: { from: null, to: 'new' },
			isActive: { from: null, to: false },
			rateLimit: { from: null, to: LIMIT },
		},
	],
	[
		'upsert',
		{ name: 'app', additionalFields: { isActive: false } },
		{ name: 'app', isActive: true, outcome: 'wouldUpdate' },
		{ isActive: { from: true, to: false } },
	],
	['upsert', { name: 'app' }, { name: 'app', outcome: 'unchanged' }, {}],
	['rotate', { previousKey: 'keep' }, { name: 'app', outcome: 'wouldRotate' }, {}],
	['rotate', { previousKey: 'delete' }, { name: 'app', outcome: 'wouldRotate' }, {}],
	[
		'rotate',
		{ previousKey: 'disable' },
		{ name: 'app', isActive: true, outcome: 'wouldRotate' },
		{ isActive: { from: true, to: false } },
	],
])('%s with %j says what would be done', async (operation, parameters, row, changes) => {
	const [shown] = result(await dry({ operation, ...parameters }));
	expect(shown).toMatchObject({ ...row, changes });
	expect(shown?.changes).toEqual(changes);
	if (row.id === undefined) expect(shown?.id).toBe(keyId);
	expect(new Set(methods(sandbox))).toEqual(new Set(['GET']));
	expect(createdIn(sandbox)).toMatchObject([{ public: keyId, label: 'app', isActive: true }]);
});

it('delete says that it would delete, and deletes nothing', async () => {
	const [row] = result(await dry({ operation: 'delete' }));
	expect(row).toEqual({ deleted: false, id: keyId, outcome: 'wouldDelete' });
	expect(createdIn(sandbox)).toHaveLength(1);
});

it('of a key that is not there ends as the real deletion does', async () => {
	keyId = '0'.repeat(32);
	expect(stopText(await dry({ operation: 'delete' })).message).toContain('does not exist');
	const [row] = result(await dry({ operation: 'delete' }, { ifNotFound: 'ignore' }));
	expect(row).toMatchObject({ deleted: false, outcome: 'unchanged' });
	expect(row?.warnings).toMatchObject([{ code: 'key_not_found' }]);
});

it.each(['create', 'update', 'upsert', 'rotate', 'delete'])(
	'%s in a wrong project is refused',
	async (operation) => {
		const done = await dry({
			operation,
			project: locator('nowhere'),
			name: 'x',
			updateFields: { name: 'x' },
		});
		expect(stopText(done).message).toContain('does not exist (404)');
		expect(new Set(methods(sandbox))).toEqual(new Set(['GET']));
	},
);

it('three hundred items send no write', async () => {
	for (const operation of ['create', 'upsert', 'update', 'rotate', 'delete']) {
		const done = await dry(
			{ operation, name: '=key {{ $json.n }}', updateFields: { name: '=key {{ $json.n }}' } },
			{},
			300,
		);
		expect(result(done)).toHaveLength(300);
	}
	expect(new Set(methods(sandbox))).toEqual(new Set(['GET']));
	expect(createdIn(sandbox)).toHaveLength(1);
});

it('has warnings as the real run', async () => {
	const fields = { name: 'x', browserSdkVersion: '99.x' };
	const refused = await dry({ operation: 'update', updateFields: fields });
	expect(stopText(refused).message).toContain("'Browser SDK Version' is not one of those");
	addKeys(sandbox, 1, { label: 'off', isActive: false });
	const [row] = result(await dry({ operation: 'upsert', name: 'off' }));
	expect(row?.warnings).toMatchObject([{ code: 'key_inactive' }]);
});

it('finds the key that an idempotency key stands for', async () => {
	const options = { idempotencyKey: 'job-1' };
	const create = { operation: 'create', name: 'once' };
	const [before] = result(await dry(create, options));
	expect(before?.outcome).toBe('wouldCreate');
	const [made] = result(await run(sandbox, { ...create, options }));
	const [after] = result(await dry(create, options));
	expect(after).toMatchObject({ id: made?.id, outcome: 'unchanged' });
});

it('as raw responses is refused before anything is sent', async () => {
	const done = await dry({ operation: 'create', resultFormat: 'rawResponse' });
	expect(stopText(done).message).toBe(
		"'Options > Dry Run' has no raw response: nothing is sent to change anything [item 0]",
	);
	expect(sandbox.requests).toEqual([]);
});

it('in the DSN format names no DSN of a key that is not made', async () => {
	const [row] = result(await dry({ name: 'new', resultFormat: 'dsn' }));
	expect(row).toEqual({
		dsn: null,
		id: null,
		name: 'new',
		projectId: null,
		isActive: null,
		outcome: 'wouldCreate',
		changes: { name: { from: null, to: 'new' } },
	});
});
