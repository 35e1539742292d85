import { deleteKey } from '../../../../nodes/SentryClientKeys/sentry/keys/deleteKey.ts';
import type { Attempt } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { jsonResponse, scriptedClient, textResponse } from '../../support/scriptedSend.cts';

const ID = '0123456789abcdef0123456789abcdef';
const PROJECT = { organization: 'acme', project: 'web-app' };
const MISSING = jsonResponse(404, { detail: 'The requested resource does not exist' });

const THERE = jsonResponse(200, { id: '42', slug: 'web-app', name: 'web-app' });

/** @param seen what the server answers to those who look at the project */
async function run(deletion: Attempt, seen: Attempt = THERE) {
	const { client, clock, sent } = scriptedClient(
		({ method, url }) => {
			if (method === 'DELETE') return deletion;
			return url.endsWith('/keys/') && seen === THERE ? jsonResponse(200, []) : seen;
		},
		{ maxRetries: 0 },
	);
	const outcome = await clock
		.run(deleteKey(client, PROJECT, ID))
		.catch((failure: unknown) => ({ failure }));
	return { outcome, sent: sent() };
}

it('a key is deleted with one request', async () => {
	const { outcome, sent } = await run(textResponse(204, ''));
	expect(outcome).toMatchObject({ response: { status: 204 } });
	expect(outcome).not.toHaveProperty('missing');
	expect(sent).toEqual([`DELETE /api/0/projects/acme/web-app/keys/${ID}/`]);
});

it('a key that is not there is told with the response, once the project was seen', async () => {
	const { outcome, sent } = await run(MISSING);
	expect(outcome).toMatchObject({
		response: { status: 404, body: { detail: 'The requested resource does not exist' } },
		missing: { details: { code: 'not_found', status: 404 } },
	});
	expect(sent.at(-1)).toBe('GET /api/0/projects/acme/web-app/');
});

it('a project that is not there is no missing key', async () => {
	const { outcome } = await run(MISSING, MISSING);
	expect(outcome).toMatchObject({ failure: { details: { code: 'not_found' } } });
});

it.each<[string, Attempt, string]>([
	['a 403', jsonResponse(403, { detail: 'You do not have permission' }), 'forbidden'],
	['a 500', textResponse(500, ''), 'sentry_unavailable'],
])('%s is a failure, and nothing else is asked', async (_, response, code) => {
	const { outcome, sent } = await run(response);
	expect(outcome).toMatchObject({ failure: { details: { code } } });
	expect(sent).toHaveLength(1);
});

it("a proxy's 404 says nothing of the key", async () => {
	const { outcome } = await run(textResponse(404, '<html>'));
	expect(outcome).toHaveProperty('failure');
});

it.each(['', ' \n'])(
	'an empty 404 (%j) is not Sentry’s own, where the project is there',
	async (text) => {
		const { outcome } = await run(textResponse(404, text));
		expect(outcome).toMatchObject({
			failure: {
				message:
					"Sentry did not delete the client key: an empty response (404), which is not Sentry's own",
				remedy: expect.stringContaining(
					`Whether the client key ${ID} exists is not known.`,
				) as string,
				details: { code: 'unexpected_response', status: 404 },
			},
		});
	},
);

it('a dry run looks whether there is such a key, and deletes nothing', async () => {
	const { client, clock, sent } = scriptedClient(() => jsonResponse(200, { id: ID }), {
		isDryRun: true,
	});
	await expect(clock.run(deleteKey(client, PROJECT, ID))).rejects.toMatchObject({
		method: 'DELETE',
		keyId: ID,
		body: {},
	});
	expect(sent()).toEqual([`GET /api/0/projects/acme/web-app/keys/${ID}/`]);
});
