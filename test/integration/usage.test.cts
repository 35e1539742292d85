import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox/index.cts';
import { sharedSandbox } from './servers.cts';
import {
	addKeys,
	hints,
	locator,
	methods,
	result,
	run,
	serversThat,
	stopText,
} from './support.cts';

const sandbox = sharedSandbox();
const serverThat = serversThat();

const DAY_S = 86_400;
const LIST: IDataObject = { operation: 'getAll', resultFormat: 'dsn', returnAll: true };
const withUsage = (options: IDataObject = {}): IDataObject => ({
	options: { includeUsage: true, ...options },
});

/** Lets a key have had events, so many days ago. */
function addUsage(server: Sandbox, keyId: string | undefined, daysAgo: number): void {
	const at = Math.floor(Date.now() / 1000) - daysAgo * DAY_S;
	const key = server.keys.all().find(({ public: id }) => id === keyId);
	key?.usage.push(
		...(['accepted', 'accepted', 'accepted', 'filtered', 'dropped', 'dropped'] as const).map(
			(outcome) => ({ outcome, at }),
		),
	);
}

it('is what came in through a key in the last 30 days', async () => {
	const [keyId] = addKeys(sandbox, 1);
	for (const daysAgo of [0, 10, 40]) addUsage(sandbox, keyId, daysAgo);
	const done = await run(sandbox, {
		operation: 'get',
		clientKey: locator(keyId),
		...withUsage(),
	});
	expect(result(done)).toMatchObject([
		{ id: keyId, usage: { accepted: 6, filtered: 2, dropped: 4, days: 30 } },
	]);
	expect(Object.keys(result(done)[0] ?? {}).at(-1)).toBe('usage');
});

it('counts as many days as asked for', async () => {
	const [keyId] = addKeys(sandbox, 1);
	for (const daysAgo of [0, 10, 40]) addUsage(sandbox, keyId, daysAgo);
	for (const [usageDays, accepted] of [
		[1, 3],
		[90, 9],
	] as const) {
		const done = await run(sandbox, { ...LIST, ...withUsage({ usageDays }) });
		expect(result(done)[0]?.usage).toMatchObject({ accepted, days: usageDays });
	}
});

it('comes with each key of a project and of a whole organization', async () => {
	const [keyId] = addKeys(sandbox, 1, {}, 'backend');
	addUsage(sandbox, keyId, 1);
	for (const scope of ['project', 'organization']) {
		const project = locator('backend');
		const rows = result(await run(sandbox, { ...LIST, scope, project, ...withUsage() }));
		const used = rows.filter(({ usage }) => (usage as { accepted: number }).accepted > 0);
		expect(used.map(({ id }) => id)).toEqual([keyId]);
		expect(rows.length - used.length).toBe(scope === 'organization' ? 30 : 1);
	}
});

it('is not asked for unless it is wanted', async () => {
	const [row] = result(await run(sandbox, LIST));
	expect(row).not.toHaveProperty('usage');
	expect(methods(sandbox)).toEqual(['GET']);
});

it('asks no more at once than allowed', async () => {
	addKeys(sandbox, 30);
	const slow = await serverThat({ latencyMs: 20 });
	addKeys(slow, 30);
	const began = Date.now();
	await run(slow, { ...LIST, ...withUsage({ maxConcurrentRequests: 2 }) });
	expect(Date.now() - began).toBeGreaterThan((31 / 2) * 20);
});

it('is null, with a hint, where the server does not tell it', async () => {
	const server = await serverThat({ keyStatsEndpoint: false });
	const done = await run(server, { ...LIST, ...withUsage() });
	expect(result(done)).toMatchObject([{ name: 'Default', usage: null }]);
	expect(hints(done)).toContain('does not tell the usage');
});

it('is null, with a hint, where a web page answers', async () => {
	sandbox.faults.add({ kind: 'html', path: '/stats/' });
	const done = await run(sandbox, { ...LIST, ...withUsage() });
	expect(result(done)).toMatchObject([{ usage: null, warnings: [{ code: 'usage_unavailable' }] }]);
});

it('is null where the figures have another shape', async () => {
	sandbox.faults.add({ kind: 'listInstead', path: '/stats/' });
	const done = await run(sandbox, { ...LIST, ...withUsage() });
	expect(result(done)).toMatchObject([{ usage: null }]);
	expect(hints(done)).toContain('does not tell the usage');
});

it('that cannot be read for the moment is a failure, not a guess', async () => {
	sandbox.faults.add({ kind: 'error503', path: '/stats/' });
	const { message } = stopText(await run(sandbox, { ...LIST, ...withUsage({ maxRetries: 0 }) }));
	expect(message).toContain("Sentry did not return the key's usage");
});

it.each([0, 91, 1.5])('of %p days is refused before any request', async (usageDays) => {
	const { message } = stopText(await run(sandbox, { ...LIST, ...withUsage({ usageDays }) }));
	expect(message).toMatch(/^'Options > Usage Days' is not a whole number from 1 to 90/);
	expect(sandbox.requests).toEqual([]);
});
