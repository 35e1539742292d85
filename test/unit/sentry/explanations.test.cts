import { explainNoResponse } from '../../../nodes/SentryClientKeys/sentry/explanations.ts';
import { circumstances, explain, FORBIDDEN } from '../support/explain.cts';

it.each([
	[401, { detail: 'Invalid token' }, 'invalid_token', /another Sentry, and of another region/],
	[401, { detail: 'Token expired' }, 'invalid_token', /Make a new one/],
	[
		401,
		{ detail: 'Authentication credentials were not provided.' },
		'invalid_token',
		/No token arrived/,
	],
	[
		401,
		{ detail: 'Unauthorized organization access.' },
		'invalid_token',
		/belongs to one organization/,
	],
	[
		401,
		{
			detail: {
				code: '2fa-required',
				message: 'Organization requires two-factor authentication to be enabled',
				extra: {},
			},
		},
		'invalid_token',
		/two-factor authentication.*user's settings/,
	],
	[401, { detail: 'Invalid org token' }, 'invalid_token', /"Invalid org token".*another region/],
	[401, { detail: 'Token not found' }, 'invalid_token', /"Token not found".*enter a token/],
	[
		401,
		{ detail: 'Invalid token header. Token string should not contain spaces.' },
		'invalid_token',
		/should not contain spaces".*enter a token/,
	],
	[401, { detail: 'User inactive or deleted' }, 'invalid_token', /"User inactive or deleted"/],
	[401, { detail: 'API key is not valid' }, 'invalid_token', /"API key is not valid"/],
	[
		401,
		{ detail: 'This token access is limited to organization endpoints.' },
		'invalid_token',
		/belongs to one organization/,
	],
	[
		401,
		{
			detail: {
				code: 'member-disabled-over-limit',
				message: 'Organization over member limit',
				extra: { next: '/organizations/acme/disabled-member/' },
			},
		},
		'invalid_token',
		/"Organization over member limit".*Raise the plan/,
	],
	[401, '<html>Proxy log-in</html>', 'unexpected_response', /proxy/],
	[403, FORBIDDEN, 'forbidden', /project's team/],
	[403, FORBIDDEN, 'forbidden', /"You do not have permission to perform this action".*role/],
	[403, { detail: 'Your account has been suspended.' }, 'forbidden', /has been suspended"/],
	[403, '<html>Blocked</html>', 'unexpected_response', /firewall/],
	[
		404,
		{ detail: 'The requested resource does not exist' },
		'not_found',
		/"The requested resource does not exist".*not the display name/,
	],
	[404, 'Not found', 'unexpected_response', /sentry\.io is the address/],
	[
		404,
		{ detail: 'Project does not exist' },
		'not_found',
		/organization "acme", project "web-app"/,
	],
	[404, { error: 'apigateway', detail: 'Not found' }, 'not_found', /"Not found"/],
	[404, '', 'not_found', /organization "acme"/],
	[
		404,
		{ info: 'Route not found, did you forget a trailing slash? try: /api/0/' },
		'not_found',
		/Sentry URL/,
	],
	[404, '<!DOCTYPE html>', 'unexpected_response', /log-in page/],
	[
		400,
		{ name: ['Ensure this field has no more than 64 characters.'] },
		'rejected_fields',
		/"name: Ensure this field has no more than 64 characters"/,
	],
	[
		400,
		{ rateLimit: { count: ['A valid integer is required.'] } },
		'rejected_fields',
		/rateLimit\.count: A valid integer/,
	],
	[400, { non_field_errors: ['No data provided'] }, 'rejected_fields', /"No data provided"/],
	[
		400,
		{ rateLimit: { non_field_errors: ['Invalid data. Expected a dictionary, but got int.'] } },
		'rejected_fields',
		/"rateLimit: Invalid data\. Expected a dictionary, but got int"/,
	],
	[
		400,
		{ name: ['Not a valid string.'], useCase: ['"foo" is not a valid choice.'] },
		'rejected_fields',
		/name: Not a valid string\. useCase: "foo" is not a valid choice/,
	],
	[
		400,
		{ detail: 'JSON parse error - Expecting value: line 1 column 2 (char 1)' },
		'rejected_fields',
		/JSON parse error/,
	],
	[400, '"Invalid origin: https://n8n.example"', 'unexpected_response', /"Invalid origin: /],
	[
		415,
		{ detail: 'Unsupported media type "text/plain" in request.' },
		'rejected_fields',
		/Unsupported/,
	],
	[405, { detail: 'Method "PATCH" not allowed.' }, 'unexpected_response', /PATCH/],
	[
		408,
		{ detail: { code: 'request-timeout', message: 'Proxied request timed out', extra: {} } },
		'sentry_unavailable',
		/timed out/,
	],
	[429, { detail: 'Limit is 40 requests in 1 seconds' }, 'rate_limited', /Max Concurrent Requests/],
	[500, { detail: 'Internal Error', errorId: null }, 'sentry_unavailable', /Internal Error/],
	[500, { detail: 'Internal Error', errorId: 'a'.repeat(32) }, 'sentry_unavailable', /"Internal/],
	[502, '<html>', 'sentry_unavailable', /later/],
	[503, '', 'sentry_unavailable', /^Run the node again later/],
	[
		429,
		{ error: 'apigateway', detail: 'Too many requests' },
		'rate_limited',
		/"Too many requests".*This request changed nothing/,
	],
	[429, '<html>', 'rate_limited', /Max Retries/],
	[
		504,
		{ error: 'apigateway', detail: 'Downstream timeout' },
		'sentry_unavailable',
		/Downstream timeout/,
	],
	[200, '<!doctype html>', 'unexpected_response', /sentry\.io is the address/],
] as const)('%d %j', (status, body, code, remedy) => {
	const { message, remedy: text, details, refusal } = explain(status, body);
	expect(message).toMatch(/^Sentry did not create the client key: .*\(\d+\)$/);
	expect(text).toMatch(remedy);
	expect(details).toMatchObject({ code, status });
	expect(refusal === undefined).toBe(status === 200);
});

it.each([
	['<html>', 'a web page'],
	['', 'empty'],
	['{"id": "tr', 'text that is not (or not complete) JSON'],
	['[]', 'a list'],
	['{}', 'an object of another kind'],
	['"created"', 'a single value'],
])('a 201 with %j is called by its name', (body, what) => {
	expect(explain(201, body).message).toContain(what);
});

it('keeps the fields that Sentry names, for programs', () => {
	const body = { rateLimit: { window: ['Ensure this value is less than or equal to 86400.'] } };
	expect(explain(400, body).details).toMatchObject({
		fields: body,
		sentry: 'rateLimit.window: Ensure this value is less than or equal to 86400.',
	});
});

it('shows a long text of Sentry shortened', () => {
	const { remedy } = explain(400, { detail: 'x'.repeat(10_000) });
	expect(remedy.length).toBeLessThan(1000);
});

it('repeats nothing of the headers, where a proxy may show the token', () => {
	const headers = { 'x-request-headers': 'Authorization: Bearer s3cret', 'set-cookie': 's3cret' };
	for (const status of [200, 302, 400, 401, 403, 404, 429, 500]) {
		const { message, remedy, details } = explain(status, { detail: 'No' }, headers);
		expect(JSON.stringify([message, remedy, details])).not.toContain('s3cret');
	}
});

it('repeats nothing of a web page, which may show the request', () => {
	const page = '<html>Authorization: Bearer s3cret</html>';
	for (const status of [200, 302, 400, 401, 403, 404, 429, 500]) {
		const { message, remedy, details } = explain(status, page);
		expect(JSON.stringify([message, remedy, details])).not.toContain('s3cret');
	}
});

it.each([
	['the shape of today', { slug: 'shop', detail: { extra: { slug: 'shop' } } }],
	[
		'the shape before 2023',
		{
			slug: 'shop',
			detail: { code: 'resource-moved', message: 'Resource has been moved', extra: {} },
		},
	],
])('names the new slug of a renamed project in %s', (_, body) => {
	const { message, remedy, details } = explain(302, body);
	expect(message).toContain('the project was renamed (302)');
	expect(remedy).toMatch(/"shop".*This request changed nothing/);
	expect(details).toMatchObject({ code: 'renamed_project', newSlug: 'shop', status: 302 });
});

it('names the new slug of a renamed project', () => {
	const url = '/api/0/projects/acme/shop/keys/';
	const { details, remedy } = explain(
		302,
		{ slug: 'shop', detail: { extra: { url, slug: 'shop' } } },
		{ location: url },
	);
	expect(details).toMatchObject({ code: 'renamed_project', newSlug: 'shop' });
	expect(remedy).toContain('"shop"');
});

it('names where another redirect leads, without its query', () => {
	const { details, remedy } = explain(302, '', {
		location: 'https://sso.example/login?ticket=s3cret',
	});
	expect(details.code).toBe('redirected');
	expect(remedy).toContain('"https://sso.example/login"');
	expect(JSON.stringify([details, remedy])).not.toContain('s3cret');
});

it.each([
	['ECONNREFUSED', /running and reachable/],
	['ENOTFOUND', /host name/],
	['SSRF_BLOCKED', /N8N_SSRF_ALLOWED_HOSTNAMES/],
	['ECONNABORTED', /'Timeout'/],
	['DEPTH_ZERO_SELF_SIGNED_CERT', /NODE_EXTRA_CA_CERTS/],
	['EAI_AGAIN', /host name/],
	['ETIMEDOUT', /'Timeout'/],
	['SELF_SIGNED_CERT_IN_CHAIN', /NODE_EXTRA_CA_CERTS/],
	['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /NODE_EXTRA_CA_CERTS/],
	['CERT_HAS_EXPIRED', /NODE_EXTRA_CA_CERTS/],
	['ECONNRESET', /ECONNRESET.*proxy, firewall/],
	['EPROTO', /EPROTO.*proxy, firewall/],
	['ERR_SSL_WRONG_VERSION_NUMBER', /Nothing was sent.*use http:\/\/ for this port/],
	['', /proxy, firewall/],
])('says what to check after %p', (code, remedy) => {
	const error = explainNoResponse({ code, reason: 'socket hang up' }, circumstances);
	expect(error.message).toBe(
		'Sentry did not create the client key: no response from https://sentry.io',
	);
	expect(error.remedy).toMatch(remedy);
	expect(error.remedy).toContain('socket hang up');
	expect(error.details.code).toBe('unreachable');
});

it.each([
	[
		429,
		{ 'retry-after': '86400' },
		/asks to wait 24 hours, and the node waits two minutes/,
		86_400_000,
	],
	[503, { 'retry-after': '31536000' }, /asks to wait 365 days/, 31_536_000_000],
	[429, { 'x-sentry-rate-limit-reset': '1700000600' }, /asks to wait 10 minutes/, 600_000],
	[
		429,
		{ 'x-sentry-rate-limit-reset': '1700000001000' },
		/makes no sense.*1700000001000/,
		undefined,
	],
	[429, { 'x-sentry-rate-limit-reset': '1699900000' }, /makes no sense.*1699900000/, undefined],
	[429, { 'retry-after': '60' }, /^(?!.*asks to wait)/, undefined],
])('a %d with %j names the wait that is too long', (status, headers, remedy, retryAfterMs) => {
	const { remedy: text, details } = explain(status, '', headers);
	expect(text).toMatch(remedy);
	expect(details.retryAfterMs).toBe(retryAfterMs);
	expect(details.code).toBe(status === 429 ? 'rate_limited' : 'sentry_unavailable');
});

it('knows an http port that was asked for https, by the words of OpenSSL', () => {
	const reason =
		'write EPROTO 80CC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number';
	const { remedy } = explainNoResponse({ code: 'EPROTO', reason }, circumstances);
	expect(remedy).toMatch(/Nothing was sent.*use http:\/\/ for this port/);
});

it.each([
	[
		'https://sentry.io/auth/login/acme/?next=s3cret',
		'it wants a log-in',
		/single sign-on.*new token/,
	],
	['/auth/login/', 'it wants a log-in', /internal integration/],
	[
		'https://acme.cloudflareaccess.com/cdn-cgi/access/login/sentry.acme.dev?kid=s3cret',
		'an access proxy in front of it wants a log-in',
		/'Header Name 1'/,
	],
	[
		'https://accounts.google.com/o/oauth2/v2/auth?client_id=s3cret',
		'an access proxy in front of it wants a log-in',
		/'Header Name 1'/,
	],
	['https://new.example/api/0/', 'the address redirects elsewhere', /enter the Sentry URL that/],
])('knows what a redirect to %s means', (location, because, advice) => {
	const { message, remedy, details } = explain(302, '', { location });
	expect(message).toContain(because);
	expect(remedy).toMatch(advice);
	expect(details).toMatchObject({ code: 'redirected', location: location.replace(/\?.*/, '') });
	expect(JSON.stringify([remedy, details])).not.toContain('s3cret');
});

it('reads the list that GlitchTip answers with', () => {
	const detail = [
		{
			type: 'string_type',
			loc: ['body', 'payload', 'name'],
			msg: 'Input should be a valid string',
		},
		{ type: 'missing', loc: ['body', 'payload'], msg: 'Field required' },
		null,
	];
	const { details } = explain(422, { detail });
	expect(details).toMatchObject({
		code: 'rejected_fields',
		sentry: 'name: Input should be a valid string Field required',
	});
});

it('says what a 406 is about', () => {
	expect(explain(406, { detail: 'Could not satisfy the request Accept header.' }).remedy).toContain(
		'Accept header". Check that no proxy',
	);
});

describe('a response of any shape or size', () => {
	const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);

	it.each([400, 401, 403, 404, 422, 500])('nested 100,000 levels ends in a code (%d)', (status) => {
		for (const text of [deep('[', ']'), `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`]) {
			expect(explain(status, text).details.code).toMatch(
				/^(unexpected_response|sentry_unavailable)$/,
			);
		}
	});

	it.each([
		[400, { name: ['x'.repeat(20_000_000)] }],
		[400, Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`field ${n}`, ['no']]))],
		[401, { detail: 'x'.repeat(20_000_000) }],
		[302, { slug: 'x'.repeat(20_000_000) }],
		[
			403,
			{
				detail: {
					code: 'x'.repeat(1_000_000),
					message: 'y'.repeat(1_000_000),
					extra: { next: 'z'.repeat(1_000_000) },
				},
			},
		],
	])('of 20 MB is quoted shortly (%d)', (status, body) => {
		const { message, remedy, details } = explain(status, body);
		expect(JSON.stringify([message, remedy, details]).length).toBeLessThan(5000);
	});

	it.each([
		[400, [null]],
		[400, { detail: null }],
		[400, { name: null, rateLimit: [null, {}], a: { b: null } }],
		[401, { detail: [] }],
		[401, { detail: { code: 5, message: null, extra: null } }],
		[403, { detail: { extra: { next: 5 } } }],
		[404, { detail: 5, info: {} }],
		[302, { slug: {} }],
	])('%d %j has a readable reason', (status, body) => {
		expect(explain(status, body).message).toMatch(/^Sentry did not create the client key: /);
	});
});
