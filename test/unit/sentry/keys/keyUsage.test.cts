import { keyUsage } from '../../../../nodes/SentryClientKeys/sentry/keys/keyUsage.ts';
import type { Attempt } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import {
	jsonResponse,
	noResponse,
	scriptedClient,
	textResponse,
} from '../../support/scriptedSend.cts';

const ID = '0123456789abcdef0123456789abcdef';
const PROJECT = { organization: 'acme', project: 'web-app' };

async function usageOf(response: Attempt) {
	const { client, clock, sent } = scriptedClient(() => response, { maxRetries: 0 });
	const found = await clock.run(keyUsage(client, PROJECT, ID, 7));
	return { usage: found?.usage, response: found?.response, sent: sent() };
}

it('the days up to now are asked for, and summed up', async () => {
	const points = [
		{ ts: 1, accepted: 5, filtered: 1, dropped: 0 },
		{ ts: 2, accepted: 2, filtered: 0, dropped: 3 },
		{ ts: 3, accepted: 1 },
	];
	const { usage, response, sent } = await usageOf(jsonResponse(200, points));
	expect(usage).toEqual({ accepted: 8, filtered: 1, dropped: 3, days: 7 });
	expect(response).toMatchObject({ status: 200, body: points });
	expect(sent).toEqual([
		`GET /api/0/projects/acme/web-app/keys/${ID}/stats/?since=1699395200&until=1700000000&resolution=1d`,
	]);
});

it.each<[string, unknown]>([
	['no point', []],
	['points without the count', [{ ts: 1, filtered: 0 }]],
	['one odd point among others', [{ accepted: 1 }, { accepted: '5' }]],
	['an odd count of filtered events', [{ accepted: 1, filtered: null }]],
	['an odd count of dropped events', [{ accepted: 1, dropped: '0' }]],
	['points that are lists', [[1, 5]]],
	['points that are null', [null]],
])('figures of %s are none', async (_, body) => {
	expect((await usageOf(jsonResponse(200, body))).usage).toBeUndefined();
});

it.each<[string, Attempt]>([
	['a 404', jsonResponse(404, { detail: 'No.' })],
	['a 403', jsonResponse(403, { detail: 'No.' })],
	['a 400', jsonResponse(400, { detail: 'No.' })],
	['figures of another shape', jsonResponse(200, { accepted: 5 })],
	["a web app's page", textResponse(200, '<html>')],
])('a server that answers %s has no figures', async (_, response) => {
	expect((await usageOf(response)).usage).toBeUndefined();
});

it.each<[string, Attempt, string]>([
	['a 401', jsonResponse(401, { detail: 'Invalid token' }), 'invalid_token'],
	['a 500', jsonResponse(500, { detail: 'Internal Error' }), 'sentry_unavailable'],
	['nothing', noResponse('ECONNREFUSED'), 'unreachable'],
])('a server that answers %s has failed', async (_, response, code) => {
	await expect(usageOf(response)).rejects.toMatchObject({ details: { code } });
});
