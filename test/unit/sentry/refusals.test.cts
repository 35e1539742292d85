import { explain, FORBIDDEN } from '../support/explain.cts';

it('names the scope that an up-to-date server finds missing', () => {
	const challenge = 'Bearer error="insufficient_scope", scope="project:admin project:write"';
	const { details, remedy } = explain(403, FORBIDDEN, { 'www-authenticate': challenge });
	expect(details.code).toBe('missing_scope');
	expect(remedy).toContain('project:write or project:admin');
});

it('knows an organization token, which no scope can help', () => {
	const { details, remedy } = explain(403, FORBIDDEN, {}, { tokenKind: 'organization' });
	expect(details.code).toBe('organization_token');
	expect(remedy).toContain('internal integration');
});

it.each([
	['create', 'project:write or project:admin', /Project: Read & Write/],
	['delete', 'project:admin', /Project: Admin/],
	['read', 'project:read, project:write or project:admin', /Project: Read\)/],
	['list', 'org:read', /Organization: Read/],
])('says which permission an integration needs to %s', (action, scopes, permission) => {
	const { remedy } = explain(
		403,
		FORBIDDEN,
		{ 'www-authenticate': 'Bearer error="insufficient_scope"' },
		{ subject: { action, scopes } },
	);
	expect(remedy).toMatch(permission);
});

it('tells a missing project from a missing key where the server does', () => {
	const subject = {
		action: 'return the client key',
		scopes: 'project:read',
		organization: 'acme',
		project: 'nope',
		keyId: 'abc',
	};
	expect(explain(404, { detail: 'Project does not exist' }, {}, { subject }).message).toBe(
		'Sentry did not return the client key: the project or the organization does not exist (404)',
	);
});

it.each([
	['key', { keyId: 'abc', project: 'web-app', organization: 'acme' }, /^.*the client key, the/],
	['project', { project: 'web-app', organization: 'acme' }, /: the project or the organization/],
	['organization', { organization: 'acme' }, /: the organization does not exist/],
	['address', {}, /: the address does not exist/],
])('says that the %s may be missing, and names it', (_, names, message) => {
	const subject = { action: 'do it', scopes: 'project:read', ...names };
	const error = explain(404, { detail: 'Nothing here' }, {}, { subject });
	expect(error.message).toMatch(message);
	for (const name of Object.values(names)) expect(error.remedy).toContain(`"${name}"`);
});

it.each([
	['https://us.sentry.io', true],
	['https://de.sentry.io', true],
	['https://us2.sentry.io', true],
	['https://sentry.io', false],
	['https://sentry.example.com', false],
	['https://us.sentry.io.example.com', false],
])('of %s it is %p that it may be the wrong region', (baseUrl, isRegion) => {
	const { remedy } = explain(404, { detail: 'Project does not exist' }, {}, { baseUrl });
	expect(remedy.includes('https://sentry.io knows them all')).toBe(isRegion);
});

it('tells that a region host knows its own organizations only', () => {
	const { remedy } = explain(
		404,
		{ detail: 'Project does not exist' },
		{},
		{ baseUrl: 'https://de.sentry.io' },
	);
	expect(remedy).toContain('https://sentry.io knows them all');
});

it.each([
	[401, 'member-disabled-over-limit', { next: '/organizations/acme/disabled-member/' }, /seat/],
	[401, '2fa-required', {}, /two-factor/],
	[401, 'sso-required', { loginUrl: '/auth/login/acme/?next=s3cret' }, /single sign-on/],
	[403, 'superuser-required', {}, /administrator of the whole server/],
	[403, 'sudo-required', {}, /password/],
	[403, 'email-verification-required', {}, /not verified/],
	[401, 'of-the-future', {}, /does not let the token's user in/],
])("a %d with Sentry's code %s says what it means", (status, code, extra, because) => {
	const { message, remedy, details } = explain(status, {
		detail: { code, message: 'Sentry explains', extra },
	});
	expect(message).toMatch(because);
	expect(remedy).toContain('"Sentry explains"');
	expect(details.sentryCode).toBe(code);
	const link = Object.values(extra)[0];
	expect(details.link).toBe(typeof link === 'string' ? link.replace(/\?.*/, '') : undefined);
	expect(details.code).toBe(status === 401 ? 'invalid_token' : 'forbidden');
});

it.each([
	['Your account has been suspended.', 'forbidden', /user is suspended/],
	['Request blocked: IP address not in the allowlist', 'forbidden', /blocks the address/],
	['CSRF check Failed', 'invalid_token', /does not accept the token/],
])('a 403 with %j is not about rights', (detail, code, because) => {
	const { message, details } = explain(403, { detail });
	expect(message).toMatch(because);
	expect(details.code).toBe(code);
});

it.each([
	['Invalid token', /does not accept the token/],
	['Token expired', /does not accept the token/],
	['Authentication credentials were not provided.', /wants a token/],
	['Token not found', /does not accept the token/],
	['User inactive or deleted', /switched off or deleted/],
])('a 401 with %j says once what is wrong with the token', (detail, because) => {
	const { message, remedy } = explain(401, { detail });
	expect(message).toMatch(because);
	const own = remedy.replace(/^Sentry says: "[^"]*"\. /, '');
	expect(own).not.toMatch(because);
});

const SUBJECT = { action: 'do it', scopes: 'project:read' };

it.each([
	[
		'Invalid token',
		/^In the credential, enter a token that is valid on https:\/\/sentry\.io: tokens of another Sentry/,
	],
	['Token expired', /^The token has expired\. Make a new one/],
	['Token is not for this organization', /^It belongs to one organization/],
	['Invalid organization token', /^In the credential, enter a token/],
	['Authentication credentials were not provided.', /^No token arrived: enter one/],
	['Token not found', /uninstalled, install that again/],
	['The token not found here', /region, are not\.$/],
	['User inactive or deleted', /^Have it switched on again in Sentry/],
])('a 401 with %j says what to do about it', (detail, own) => {
	const { remedy, details } = explain(401, { detail });
	expect(details.code).toBe('invalid_token');
	expect(remedy.replace(/^Sentry says: "[^"]*"\. /, '')).toMatch(own);
});

it('a 401 for another organization says so', () => {
	const { message } = explain(401, { detail: 'Token is not for this organization' });
	expect(message).toContain('the token is not for this organization (401)');
});

it.each([
	['Your account has been suspended.', /^Ask the server's administrator/],
	['Request blocked: IP not allowed', /^Add that address to the allowlist/],
	['Not in the allow-list', /^Add that address to the allowlist/],
	['Not in the allowlist', /^Add that address to the allowlist/],
	['Not in the white-list', /^Add that address to the allowlist/],
	['Not in the whitelist', /^Add that address to the allowlist/],
	['CSRF check failed', /^In the credential, enter a token/],
	['A CSRF check failed', /^Check that the token has/],
])('a 403 with %j says what to do about it', (detail, own) => {
	const { remedy } = explain(403, { detail });
	expect(remedy.replace(/^Sentry says: "[^"]*"\. /, '')).toMatch(own);
});

it.each([
	['project:write or project:admin', ' with a role above Member (Sentry allows'],
	['project:read', "project's team (Sentry allows"],
])('a 403 without a reason names what %s takes', (scopes, text) => {
	const { message, remedy, details } = explain(
		403,
		FORBIDDEN,
		{ 'www-authenticate': 'Bearer' },
		{ subject: { ...SUBJECT, scopes } },
	);
	expect(message).toContain('the token may not do this here (403)');
	expect(remedy).toContain(`Check that the token has ${scopes}, and that its user is in the`);
	expect(remedy).toContain(text);
	expect(details).toMatchObject({ code: 'forbidden', needs: scopes });
});

it('a missing scope is told with the scopes that would do', () => {
	const { message, details } = explain(403, FORBIDDEN, {
		'www-authenticate': 'Bearer error="insufficient_scope"',
	});
	expect(message).toContain('the token lacks a scope (403)');
	expect(details.needs).toBe('project:write or project:admin');
});

it('a team is listed with the permission of teams', () => {
	const challenge = { 'www-authenticate': 'Bearer error="insufficient_scope"' };
	const subject = { ...SUBJECT, scopes: 'team:read' };
	expect(explain(403, FORBIDDEN, challenge, { subject }).remedy).toContain('(Team: Read)');
});

it('an organization token is told as such', () => {
	const { message } = explain(403, FORBIDDEN, {}, { tokenKind: 'organization' });
	expect(message).toContain("organization tokens can't manage client keys (403)");
});

it("a code of Sentry's that is not known leaves it to Sentry's words", () => {
	const { remedy, details } = explain(403, { detail: { code: 5, message: 'Do this' } });
	expect(remedy).toContain('"Do this". Settle what Sentry asks for in Sentry itself');
	expect(details).not.toHaveProperty('sentryCode');
});

describe('a 404', () => {
	const names = { organization: 'acme', project: 'web-app', keyId: 'abc', team: 'web' };
	const told = (body: unknown, ...given: Array<keyof typeof names>) => {
		const subject = {
			...SUBJECT,
			...Object.fromEntries(given.map((name) => [name, names[name]])),
		};
		return explain(404, body, {}, { subject });
	};
	const NOTHING = { detail: 'The requested resource does not exist' };

	it.each<[string, string, unknown, Array<keyof typeof names>, string]>([
		[
			'Organization',
			'the organization does not exist',
			NOTHING,
			['organization'],
			'Check organization "acme": ',
		],
		[
			'Project',
			'the project or the organization does not exist',
			NOTHING,
			['organization', 'project'],
			'Check organization "acme", project "web-app": ',
		],
		[
			'Client Key',
			'the client key, the project or the organization does not exist',
			NOTHING,
			['organization', 'project', 'keyId'],
			'Check organization "acme", project "web-app", client key "abc": ',
		],
		[
			'Project',
			'the project or the organization does not exist',
			{ detail: 'Project does not exist' },
			['organization', 'project', 'keyId'],
			'Check organization "acme", project "web-app", client key "abc": ',
		],
		[
			'Organization',
			'the team or the organization does not exist',
			NOTHING,
			['organization', 'team'],
			'Check organization "acme", team "web": ',
		],
		[
			'Organization',
			'the team does not exist',
			{ detail: 'Team not found' },
			['organization', 'team'],
			'Check organization "acme", team "web": ',
		],
		[
			'Organization',
			'the organization does not exist',
			{ detail: 'Team not found' },
			['organization'],
			'Check organization "acme": ',
		],
	])("leads to 'Get Many' of '%s', where %s", (list, because, body, given, check) => {
		const { message, remedy, details } = told(body, ...given);
		expect(message).toBe(`Sentry did not do it: ${because} (404)`);
		expect(remedy).toContain(`${check}Sentry wants the slug`);
		expect(remedy).toMatch(new RegExp(`'Get Many' of '${list}' lists those that exist\\.$`));
		expect(details.code).toBe('not_found');
	});

	it.each([[NOTHING], [{ info: 'This is not the API' }]])(
		'of no organization is about the address: %j',
		(body) => {
			const { message, remedy, details } = told(body);
			expect(message).toBe('Sentry did not do it: the address does not exist (404)');
			expect(remedy).toContain("Check the credential's Sentry URL");
			expect(details.code).toBe('not_found');
		},
	);

	it('that only has a hint is about the address, whatever was asked for', () => {
		const { remedy } = told({ info: 'This is not the API' }, 'organization', 'project');
		expect(remedy).toContain("it is the address of Sentry's start page");
	});
});
