import type { IDataObject } from 'n8n-workflow';

import { sharedSandbox } from './servers.cts';
import { addKeys, createdIn, locator, result, run, stopText } from './support.cts';

const sandbox = sharedSandbox();

describe('the DSN address', () => {
	const relay = async (dsnAddress: unknown, more: IDataObject = {}) =>
		await run(sandbox, { name: 'app', options: { dsnAddress: dsnAddress as string }, ...more });

	it.each(['structuredTable', 'dsn'])('stands in the rows (%s)', async (resultFormat) => {
		const done = await relay('https://relay.example.com/in/', { resultFormat });
		const [row] = result(done);
		const dsn = resultFormat === 'dsn' ? row?.dsn : (row?.dsn as IDataObject).public;
		expect(dsn).toMatch(/^https:\/\/[0-9a-f]{32}@relay\.example\.com\/in\/\d+$/);
	});

	it('that was left empty is Sentry’s own', async () => {
		const [row] = result(await relay(''));
		expect((row?.dsn as IDataObject).public).toContain(new URL(sandbox.url).host);
	});

	it.each(['relay.example.com', 'ftp://x', 'https://user:pass@x', '={{ $json.none }}'])(
		'cannot be %j',
		async (address) => {
			const { message, description } = stopText(await relay(address));
			expect(message).toMatch(/^'Options > DSN Address' /);
			expect(message + description).not.toContain('pass@');
			expect(sandbox.requests).toEqual([]);
		},
	);
});

describe('settings copied from another key', () => {
	const LIMIT = { rateLimitCount: 5, rateLimitWindow: 60 };
	let from: string;
	let keyId: string;

	beforeEach(() => {
		[from = '', keyId = ''] = [
			...addKeys(sandbox, 1, {
				label: 'model',
				...LIMIT,
				isActive: false,
				browserSdkVersion: '8.x',
			}),
			...addKeys(sandbox, 1, { label: 'app', rateLimitCount: 1, rateLimitWindow: 1 }),
		];
		const model = createdIn(sandbox).find(({ public: id }) => id === from);
		Object.assign(model?.loaderOptions ?? {}, { hasDebug: true, hasReplay: false });
	});

	const update = async (updateFields: IDataObject) =>
		await run(sandbox, { operation: 'update', clientKey: locator(keyId), updateFields });
	const COPIED = { rateLimit: { count: 5, window: 60 }, browserSdkVersion: '8.x', isActive: true };

	it('are its limit, SDK version and loader options, and not its name, status or secret', async () => {
		const [row] = result(await update({ copyFrom: locator(from) }));
		expect(row).toMatchObject({ ...COPIED, id: keyId, name: 'app' });
		expect(row?.dynamicSdkLoaderOptions).toMatchObject({ hasDebug: true, hasReplay: false });
	});

	it('make way for fields beside them', async () => {
		const fields = { copyFrom: locator(from), hasDebug: false, browserSdkVersion: '9.x' };
		const [row] = result(await update(fields));
		expect(row).toMatchObject({ ...COPIED, browserSdkVersion: '9.x' });
		expect(row?.dynamicSdkLoaderOptions).toMatchObject({ hasDebug: false, hasReplay: false });
	});

	it('include that there is no limit', async () => {
		const [free] = addKeys(sandbox, 1, { label: 'free' });
		const [row] = result(await update({ copyFrom: locator(free ?? '') }));
		expect(row?.rateLimit).toBeNull();
	});

	it('go into a new key as well, also from another project by its DSN', async () => {
		const [other] = sandbox.addKeys('acme', 'backend', 1, { label: 'model', ...LIMIT });
		const dsn = `https://${other?.public}@sentry.example/${other?.projectId}`;
		const additionalFields = { copyFrom: { __rl: true, mode: 'dsn', value: dsn } };
		const [row] = result(
			await run(sandbox, { operation: 'upsert', name: 'new', additionalFields }),
		);
		expect(row).toMatchObject({ name: 'new', outcome: 'created', rateLimit: COPIED.rateLimit });
	});

	it.each(['', '={{ $json.none }}', 'my-app'])('are refused from %j', async (value) => {
		const { message } = stopText(await update({ copyFrom: locator(value), name: 'x' }));
		expect(message).toContain("'Update Fields > Copy Settings From'");
		expect(sandbox.requests).toEqual([]);
	});
});
