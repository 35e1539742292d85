import type { IDataObject } from 'n8n-workflow';

import { serversThat, sharedSandbox } from './servers.cts';
import { addKeys, createdIn, locator, run, stopText } from './support.cts';

const sandbox = sharedSandbox();
const serverThat = serversThat();
let keyId: string;

beforeEach(() => {
	[keyId = ''] = addKeys(sandbox, 1);
});

/** Every operation, and how its messages begin. */
const OPERATIONS: Array<[name: string, parameters: IDataObject, action: string]> = [
	['create', {}, 'create the client key'],
	['delete', {}, 'delete the client key'],
	['get', {}, 'return the client key'],
	['getAll', {}, 'list the client keys'],
	['getAll', { scope: 'organization' }, 'list the client keys'],
	['rotate', { previousKey: 'delete' }, 'return the client key'],
	['update', { updateFields: { name: 'x' } }, 'return the client key'],
	['upsert', { name: 'x' }, 'return the project'],
	['getAll', { resource: 'project' }, 'list the projects'],
];

const attempt = async (
	operation: string,
	parameters: IDataObject,
	token: string,
	more: IDataObject = {},
) =>
	stopText(
		await run(sandbox, { operation, clientKey: locator(keyId), ...more, ...parameters }, { token }),
	);

describe.each(OPERATIONS)('%s %j', (operation, parameters, action) => {
	it.each([
		['sntryu_wrong', /it does not accept the token \(401\)/, /"Invalid token".*valid on/],
		['expired', /it does not accept the token \(401\)/, /The token has expired/],
		['organization', /organization tokens can't manage client keys/, /internal integration/],
		['otherOrg', /the token may not do this here \(403\)/, /only reaches its own organization/],
	])('tells a newcomer what is wrong with the token %s', async (token, message, description) => {
		const tokens: Partial<Record<string, string>> = sandbox.tokens;
		const text = await attempt(operation, parameters, tokens[token] ?? token);
		expect(text.message).toMatch(new RegExp(`^Sentry did not ${action}: `));
		expect(text.message).toMatch(message);
		expect(text.description).toMatch(description);
		expect(createdIn(sandbox)).toHaveLength(1);
	});

	it('tells what does not exist', async () => {
		const text = await attempt(operation, parameters, sandbox.tokens.admin, {
			organization: locator('nowhere'),
		});
		expect(text.message).toMatch(/does not exist \(404\) \[item 0\]$/);
		expect(text.description).toContain('organization "nowhere"');
	});
});

describe.each(
	OPERATIONS.filter(([name]) => ['create', 'delete', 'rotate', 'update', 'upsert'].includes(name)),
)('%s %j', (operation, parameters) => {
	it('tells a scope that is missing from a role that is too low', async () => {
		const scope = await attempt(operation, parameters, sandbox.tokens.readOnly);
		expect(scope.message).toMatch(/the token lacks a scope \(403\)|may not delete client keys/);
		expect(scope.description).toMatch(/(?:needs|scope) project:(?:write or project:)?admin/);
		const role = await attempt(operation, parameters, sandbox.tokens.memberRole);
		expect(role.message).toMatch(/\(403\)|may not delete client keys/);
		const isOfRole = operation !== 'delete' && role.message.includes('(403)');
		if (isOfRole) expect(role.description).toContain('a role above Member');
		expect(createdIn(sandbox)).toHaveLength(1);
	});
});

it.each(OPERATIONS.filter(([name]) => ['get', 'rotate', 'update'].includes(name)))(
	'%s of a key that does not exist names it (%j)',
	async (operation, parameters) => {
		keyId = '0'.repeat(32);
		const text = await attempt(operation, parameters, sandbox.tokens.admin);
		expect(text.message).toContain('the client key, the project or the organization');
		expect(text.description).toContain(keyId);
	},
);

it.each(['get', 'delete', 'update', 'rotate'])(
	'%s in a project that GlitchTip does not know is told as such, not as a web page',
	async (operation) => {
		const server = await serverThat({ dialect: 'glitchtip' });
		const [key] = server.addKeys('acme', 'web-app', 1);
		const { message } = stopText(
			await run(
				server,
				{
					operation,
					project: locator('nope'),
					clientKey: locator(key?.public),
					previousKey: 'keep',
					updateFields: { name: 'x' },
				},
				{ token: server.tokens.admin },
			),
		);
		expect(message).toMatch(/does not exist \(404\)/);
	},
);
