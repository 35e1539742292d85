import {
	createKeyCall,
	deleteKeyCall,
	findKey,
	getKeyCall,
	keyStatsCall,
	listKeysCall,
	listOrganizationKeysCall,
	readKey,
	readProject,
	tokenScopes,
	updateKeyCall,
} from '../../../nodes/SentryClientKeys/sentry/endpoints.ts';
import type { ApiCall } from '../../../nodes/SentryClientKeys/sentry/client.ts';
import { clientKey } from '../support/clientKey.cts';
import {
	jsonResponse,
	noResponse,
	scriptedClient,
	textResponse,
} from '../support/scriptedSend.cts';

const ID = 'a'.repeat(32);
const project = { organization: 'acme', project: 'web-app', isSafe: true };
const KEYS = '/api/0/projects/acme/web-app/keys/';
const FORBIDDEN = jsonResponse(403, {
	detail: 'You do not have permission to perform this action.',
});
const MISSING = jsonResponse(404, { detail: 'The requested resource does not exist' });

it.each<[string, () => ApiCall, object, string]>([
	['create the client key', () => createKeyCall(project, {}), clientKey(), `POST ${KEYS}`],
	['return the client key', () => getKeyCall(project, ID), clientKey(), `GET ${KEYS}${ID}/`],
	['update the client key', () => updateKeyCall(project, ID, {}), clientKey(), `PUT ${KEYS}${ID}/`],
	['list the client keys', () => listKeysCall(project), [], `GET ${KEYS}?per_page=100`],
	[
		'list the client keys',
		() => listKeysCall(project, { per_page: '5', status: 'active' }),
		[],
		`GET ${KEYS}?per_page=5&status=active`,
	],
	[
		'list the client keys',
		() => listOrganizationKeysCall('acme', { status: 'active' }, 'web'),
		[],
		'GET /api/0/organizations/acme/project-keys/?project=-1&per_page=100&status=active&team=web',
	],
	[
		"return the key's usage",
		() => keyStatsCall(project, ID, 1, 2),
		[],
		`GET ${KEYS}${ID}/stats/?since=1&until=2&resolution=1d`,
	],
])('to %s is one request', async (action, callOf, body, request) => {
	const call = callOf();
	const { client, clock, sent } = scriptedClient(() => jsonResponse(call.success.status, body));
	const response = await clock.run(client.request(call));
	expect(response.body).toEqual(body);
	expect(sent()).toEqual([request]);
	expect(call.subject.action).toBe(action);
	expect(call.subject).not.toHaveProperty('isSafe');
});

it('to delete a key is one request, whose response is empty', async () => {
	const { client, clock, sent } = scriptedClient(() => textResponse(204, ''));
	await clock.run(client.request(deleteKeyCall(project, ID)));
	expect(sent()).toEqual([`DELETE ${KEYS}${ID}/`]);
});

it.each([
	[() => createKeyCall(project, {}), 'project:write or project:admin'],
	[() => updateKeyCall(project, ID, {}), 'project:write or project:admin'],
	[() => deleteKeyCall(project, ID), 'project:admin'],
	[() => getKeyCall(project, ID), 'project:read, project:write or project:admin'],
	[() => listKeysCall(project), 'project:read, project:write or project:admin'],
	[() => listOrganizationKeysCall('acme'), 'org:read'],
	[() => keyStatsCall(project, ID, 1, 2), 'project:read, project:write or project:admin'],
])('what is refused names the scopes that it takes: %s', async (callOf, scopes) => {
	const call = callOf();
	const { client, clock } = scriptedClient(() => FORBIDDEN);
	await expect(clock.run(client.request(call))).rejects.toMatchObject({
		message: `Sentry did not ${call.subject.action}: the token may not do this here (403)`,
		details: { needs: scopes },
	});
});

it('each kind of call has a bucket of its own', () => {
	const calls = [
		createKeyCall(project, {}),
		getKeyCall(project, ID),
		updateKeyCall(project, ID, {}),
		deleteKeyCall(project, ID),
		listKeysCall(project),
		listOrganizationKeysCall('acme'),
		keyStatsCall(project, ID, 1, 2),
	];
	expect(new Set(calls.map(({ bucket }) => bucket)).size).toBe(calls.length);
});

it('a key that is missing is an error to who reads it, and nothing to who looks for it', async () => {
	const { client, clock } = scriptedClient(() => MISSING);
	await expect(clock.run(readKey(client, project, ID))).rejects.toThrow('does not exist');
	expect(await clock.run(findKey(client, project, ID))).toBeUndefined();
});

it('a key that can’t be read is not taken for a missing one', async () => {
	const { client, clock } = scriptedClient(() => FORBIDDEN);
	await expect(clock.run(findKey(client, project, ID))).rejects.toThrow('(403)');
});

it('a project is read by its names', async () => {
	const { client, clock, sent } = scriptedClient(() => jsonResponse(200, { id: '42' }));
	expect(await clock.run(readProject(client, project))).toEqual({ id: '42' });
	expect(sent()).toEqual(['GET /api/0/projects/acme/web-app/']);
});

it.each([
	['as they are', jsonResponse(200, { auth: { scopes: ['org:read', 5] } }), ['org:read', '5']],
	['not told by an older server', jsonResponse(200, { version: '0' }), undefined],
	['not told in another form', jsonResponse(200, { auth: { scopes: 'all' } }), undefined],
	['not told by a region', MISSING, undefined],
	['not told where nobody answers', noResponse('ECONNREFUSED'), undefined],
])("the token's scopes are %s", async (_, response, scopes) => {
	const { client, clock } = scriptedClient(() => response, { maxRetries: 0 });
	expect(await clock.run(tokenScopes(client))).toEqual(scopes);
});
