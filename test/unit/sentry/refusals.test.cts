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
