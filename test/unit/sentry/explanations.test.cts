import {
	explainAnswer,
	explainNoAnswer,
} from '../../../nodes/SentryClientKeys/sentry/explanations.ts';
import type { Circumstances } from '../../../nodes/SentryClientKeys/sentry/explanations.ts';

const circumstances: Circumstances = {
	baseUrl: 'https://sentry.io',
	tokenKind: 'other',
	subject: {
		action: 'create the client key',
		scopes: 'project:write or project:admin',
		organization: 'acme',
		project: 'web-app',
	},
};

/** The bodies and headers are those of Sentry's source. */
const explain = (
	status: number,
	body: unknown,
	headers: Record<string, string> = {},
	changes: Partial<Circumstances> = {},
) =>
	explainAnswer(
		{ status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) },
		{ ...circumstances, ...changes },
	);

const FORBIDDEN = { detail: 'You do not have permission to perform this action.' };

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
		/two-factor authentication.*Settle/,
	],
	[403, FORBIDDEN, 'forbidden', /project's team/],
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
	[404, '<!DOCTYPE html>', 'unexpected_answer', /log-in page/],
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
		415,
		{ detail: 'Unsupported media type "text/plain" in request.' },
		'rejected_fields',
		/Unsupported/,
	],
	[405, { detail: 'Method "PATCH" not allowed.' }, 'unexpected_answer', /PATCH/],
	[
		408,
		{ detail: { code: 'request-timeout', message: 'Proxied request timed out', extra: {} } },
		'sentry_unavailable',
		/timed out/,
	],
	[429, { detail: 'Limit is 40 requests in 1 seconds' }, 'rate_limited', /Max Concurrent Requests/],
	[500, { detail: 'Internal Error', errorId: null }, 'sentry_unavailable', /Internal Error/],
	[502, '<html>', 'sentry_unavailable', /later/],
	[
		504,
		{ error: 'apigateway', detail: 'Downstream timeout' },
		'sentry_unavailable',
		/Downstream timeout/,
	],
	[200, '<!doctype html>', 'unexpected_answer', /sentry\.io is the address/],
] as const)('%d %j', (status, body, code, remedy) => {
	const { message, remedy: text, details, refusal } = explain(status, body);
	expect(message).toMatch(/^Sentry did not create the client key: .*\(\d+\)$/);
	expect(text).toMatch(remedy);
	expect(details).toMatchObject({ code, status });
	expect(refusal === undefined).toBe(status === 200);
});

it.each([
	['<html>', 'a web page'],
	['', 'an empty answer'],
	['{"id": "tr', 'text that is not (or not complete) JSON'],
	['[]', 'a list'],
	['{}', 'an object of another kind'],
	['"created"', 'a single value'],
])('a 201 with %j is called by its name', (body, what) => {
	expect(explain(201, body).message).toContain(what);
});

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
	['ECONNREFUSED', /running and reachable/],
	['ENOTFOUND', /host name/],
	['ECONNABORTED', /'Timeout'/],
	['DEPTH_ZERO_SELF_SIGNED_CERT', /NODE_EXTRA_CA_CERTS/],
	['', /proxy, firewall/],
])('says what to check after %p', (code, remedy) => {
	const error = explainNoAnswer({ code, reason: 'socket hang up' }, circumstances);
	expect(error.message).toBe(
		'Sentry did not create the client key: no answer from https://sentry.io',
	);
	expect(error.remedy).toMatch(remedy);
	expect(error.remedy).toContain('socket hang up');
	expect(error.details.code).toBe('unreachable');
});
