import * as Sentry from '@sentry/node';
import type { IDataObject } from 'n8n-workflow';

import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox } from '../../sandbox/index.cts';
import { addKeys, locator, result, run } from './support.cts';

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterEach(() => sandbox.reset());
afterAll(async () => await sandbox.close());

/** Runs an operation and returns the DSN of its result. */
async function dsnOf(parameters: IDataObject): Promise<string> {
	const done = await run(
		sandbox,
		{ ...parameters, resultFormat: 'dsn' },
		{ token: sandbox.tokens.admin, executionId: JSON.stringify(parameters) },
	);
	return result(done)[0]?.dsn as string;
}

/** Sends one event with the official SDK and returns the status that it got. */
async function send(dsn: string): Promise<number | undefined> {
	let status: number | undefined;
	const client = Sentry.init({ dsn, defaultIntegrations: false });
	client?.on('afterSendEvent', (_event, response) => {
		status = response.statusCode;
	});
	Sentry.captureMessage('hello');
	await Sentry.close(5000);
	return status;
}

it('a DSN of each operation takes an event of the official SDK', async () => {
	const [keyId] = await addKeys(sandbox, 1);
	const clientKey = locator(keyId);
	for (const parameters of [
		{ operation: 'create', name: 'created' },
		{ operation: 'upsert', name: 'ensured' },
		{ operation: 'get', clientKey },
		{ operation: 'getAll', limit: 1 },
		{ operation: 'update', clientKey, updateFields: { name: 'updated' } },
		{ operation: 'rotate', clientKey },
	]) {
		expect([parameters.operation, await send(await dsnOf(parameters))]).toEqual([
			parameters.operation,
			200,
		]);
	}
});

it('an inactive key refuses events until it is active again', async () => {
	const [keyId] = await addKeys(sandbox, 1);
	const update = async (isActive: boolean) =>
		await dsnOf({ operation: 'update', clientKey: locator(keyId), updateFields: { isActive } });
	expect(await send(await update(false))).toBe(403);
	expect(await send(await update(true))).toBe(200);
});

it('after a rotation that deletes only the new key works', async () => {
	const [keyId] = await addKeys(sandbox, 1);
	const clientKey = locator(keyId);
	const old = await dsnOf({ operation: 'get', clientKey });
	const made = await dsnOf({ operation: 'rotate', clientKey, previousKey: 'delete' });
	expect([await send(old), await send(made)]).toEqual([403, 200]);
});
