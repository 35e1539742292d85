import { CancelledError } from '../../../../nodes/SentryClientKeys/sentry/errors.ts';
import { resolveDuplicates } from '../../../../nodes/SentryClientKeys/sentry/keys/resolveDuplicates.ts';
import type { ClientKey } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { clientKey } from '../../support/clientKey.cts';
import { jsonResponse, scriptedClient, textResponse } from '../../support/scriptedSend.cts';

const PROJECT = { organization: 'acme', project: 'web-app' };
const made = (id: string, second: number): ClientKey =>
	clientKey({ id: id.repeat(32), dateCreated: `2026-11-25T12:00:0${second}Z` });
const OLDEST = made('a', 1);
const MIDDLE = made('b', 2);
const NEWEST = made('c', 3);

/** @param deletion what the server answers to one */
function agree(own: ClientKey, rivals: ClientKey[], deletion = textResponse(204, ''), was = false) {
	const { client, clock, sent } = scriptedClient(() => deletion, { maxRetries: 0 });
	const created = { status: 201, headers: {}, body: own, wasThere: was };
	const agreed = clock.run(resolveDuplicates(client, PROJECT, created, rivals));
	return { agreed, sent };
}

it('a key that has no rival stays', async () => {
	const { agreed, sent } = agree(OLDEST, [OLDEST]);
	expect(await agreed).toEqual({ key: OLDEST });
	expect(sent()).toEqual([]);
});

it('the oldest stays, and deletes none of the others', async () => {
	const { agreed, sent } = agree(OLDEST, [NEWEST, OLDEST, MIDDLE]);
	expect(await agreed).toEqual({ key: OLDEST });
	expect(sent()).toEqual([]);
});

it('each other deletes itself only', async () => {
	const { agreed, sent } = agree(MIDDLE, [OLDEST, NEWEST, MIDDLE]);
	expect(await agreed).toEqual({ key: OLDEST, isDeleted: true });
	expect(sent()).toEqual([`DELETE /api/0/projects/acme/web-app/keys/${MIDDLE.id}/`]);
});

it('of the same moment the IDs decide, the same way for all', async () => {
	const twins = [made('d', 1), made('e', 1)];
	const [first, second] = await Promise.all(
		twins.map(async (own) => await agree(own, twins).agreed),
	);
	expect(first?.key.id).toBe(second?.key.id);
});

it('one that no list shows is believed to be there', async () => {
	const { agreed, sent } = agree(NEWEST, [OLDEST]);
	expect(await agreed).toEqual({ key: NEWEST });
	expect(sent()).toEqual([]);
});

it('one of an earlier try is left where it is, as somebody may use it', async () => {
	const { agreed, sent } = agree(NEWEST, [NEWEST, OLDEST], textResponse(204, ''), true);
	expect(await agreed).toEqual({ key: OLDEST, left: NEWEST.id });
	expect(sent()).toEqual([]);
});

it.each([
	['the token may not delete', jsonResponse(403, { detail: 'You do not have permission' })],
	['the server fails', jsonResponse(503, {})],
])('one too many is named where %s', async (_, deletion) => {
	const { agreed } = agree(NEWEST, [NEWEST, OLDEST], deletion);
	expect(await agreed).toEqual({ key: OLDEST, isDeleted: false, left: NEWEST.id });
});

it('one that a request under way may make again is named, although it was deleted', async () => {
	const { client, clock, sent } = scriptedClient(() => textResponse(204, ''));
	const created = { status: 201, headers: {}, body: NEWEST, mayReturn: true };
	const agreed = clock.run(resolveDuplicates(client, PROJECT, created, [NEWEST, OLDEST]));
	expect(await agreed).toEqual({ key: OLDEST, isDeleted: true, left: NEWEST.id });
	expect(sent()).toHaveLength(1);
});

it.each([new CancelledError(), new TypeError('a mistake')])('%p ends it', async (reason) => {
	const { client } = scriptedClient(() => {
		throw reason;
	});
	const created = { status: 201, headers: {}, body: NEWEST };
	await expect(resolveDuplicates(client, PROJECT, created, [NEWEST, OLDEST])).rejects.toBe(reason);
});
