import type { IDataObject } from 'n8n-workflow';

import { sendEvent } from './sendEvent.cts';
import { sharedSandbox } from './servers.cts';
import { addKeys, locator, result, run } from './support.cts';

const sandbox = sharedSandbox();

/** Runs an operation and returns the DSN of its result. */
async function dsnOf(parameters: IDataObject): Promise<string> {
	const done = await run(
		sandbox,
		{ ...parameters, resultFormat: 'dsn' },
		{ token: sandbox.tokens.admin, executionId: JSON.stringify(parameters) },
	);
	return result(done)[0]?.dsn as string;
}

it('a DSN of each operation takes an event of the official SDK', async () => {
	const [keyId] = addKeys(sandbox, 1);
	const clientKey = locator(keyId);
	for (const parameters of [
		{ operation: 'create', name: 'created' },
		{ operation: 'upsert', name: 'ensured' },
		{ operation: 'get', clientKey },
		{ operation: 'getAll', limit: 1 },
		{ operation: 'update', clientKey, updateFields: { name: 'updated' } },
		{ operation: 'rotate', clientKey },
	]) {
		expect([parameters.operation, await sendEvent(await dsnOf(parameters))]).toEqual([
			parameters.operation,
			200,
		]);
	}
});

it('an inactive key refuses events until it is active again', async () => {
	const [keyId] = addKeys(sandbox, 1);
	const update = async (isActive: boolean) =>
		await dsnOf({ operation: 'update', clientKey: locator(keyId), updateFields: { isActive } });
	expect(await sendEvent(await update(false))).toBe(403);
	expect(await sendEvent(await update(true))).toBe(200);
});

it('after a rotation that deletes only the new key works', async () => {
	const [keyId] = addKeys(sandbox, 1);
	const clientKey = locator(keyId);
	const old = await dsnOf({ operation: 'get', clientKey });
	const made = await dsnOf({ operation: 'rotate', clientKey, previousKey: 'delete' });
	expect([await sendEvent(old), await sendEvent(made)]).toEqual([403, 200]);
});
