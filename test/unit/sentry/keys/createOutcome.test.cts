import { SentryError } from '../../../../nodes/SentryClientKeys/sentry/errors.ts';
import {
	EARLIER_TRY,
	isOpenEnded,
	isUnclear,
	mayBeUnderWay,
	mayRefusePublicId,
	nameNeeded,
	namesPublicId,
	outcomeUnknown,
} from '../../../../nodes/SentryClientKeys/sentry/keys/createOutcome.ts';
import type { Attempt } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { jsonResponse, noResponse, textResponse } from '../../support/scriptedSend.cts';

const PAGE = '<html><title>Blocked</title></html>';

describe('whether a create may have made a key', () => {
	it.each<[string, Attempt, boolean]>([
		['a lost response', noResponse('ECONNRESET'), true],
		['a connection that never was', noResponse('ECONNREFUSED'), false],
		['a success without a key', jsonResponse(201, {}), true],
		['a page with 200', textResponse(200, PAGE), true],
		['408', textResponse(408, ''), true],
		['500', jsonResponse(500, { detail: 'Internal Error' }), true],
		['503', jsonResponse(503, {}), true],
		['302', jsonResponse(302, { slug: 'new' }), false],
		["a 400 of Sentry's", jsonResponse(400, { name: ['Too long.'] }), false],
		['a 400 that is a page', textResponse(400, PAGE), true],
		['an empty 400', textResponse(400, ' '), false],
		["a 404 of Sentry's", jsonResponse(404, { detail: 'Not found' }), false],
		["a gateway's 404", jsonResponse(404, { message: 'no route' }), true],
		['an empty 404', textResponse(404, ''), false],
		['a 403 that is a page', textResponse(403, PAGE), false],
		['429', textResponse(429, PAGE), false],
	])('after %s: %3$p', (_, attempt, isOpen) => {
		expect(isUnclear(attempt)).toBe(isOpen);
	});

	it.each<[string, Attempt, boolean]>([
		['a lost response', noResponse('ECONNRESET'), true],
		['408', textResponse(408, ''), true],
		['500', textResponse(500, ''), false],
		['502', textResponse(502, ''), true],
		['503', textResponse(503, ''), false],
		['504', textResponse(504, ''), true],
		['201', textResponse(201, ''), false],
	])('later, after %s: %3$p', (_, attempt, isOpen) => {
		expect(mayBeUnderWay(attempt)).toBe(isOpen);
	});

	it.each([
		[undefined, true],
		[408, true],
		[500, false],
		[502, true],
		[503, false],
		[504, true],
	])('later, after a failure that was told with status %p: %p', (status, isOpen) => {
		const details = { code: 'unreachable' as const, ...(status !== undefined && { status }) };
		expect(isOpenEnded(new SentryError('', '', details))).toBe(isOpen);
	});

	it('is not known of an earlier try', () => {
		expect(EARLIER_TRY).toMatchObject({
			message: 'The response to an earlier try of this item was lost',
			remedy: 'The item ran before in this execution.',
			details: { code: 'unreachable' },
		});
		expect(isOpenEnded(EARLIER_TRY)).toBe(true);
	});
});

describe('whether a 400 is about the public ID', () => {
	const body = { name: 'app', rateLimit: null };

	it.each<[string, Attempt, Record<string, unknown>, boolean]>([
		['it gives no reason', jsonResponse(400, { detail: 'Bad request' }), body, true],
		['it names the ID', jsonResponse(400, { public: ['No.'] }), body, true],
		['it names another field', jsonResponse(400, { rateLimit: ['No.'] }), body, false],
		['the user chose the ID', jsonResponse(400, { detail: 'No' }), { public: 'a' }, false],
		['it is a page', textResponse(400, PAGE), body, false],
		['it is a 403', jsonResponse(403, { detail: 'No' }), body, false],
		['there is no response', noResponse('ECONNRESET'), body, false],
	])('where %s: %4$p', (_, attempt, sent, may) => {
		expect(mayRefusePublicId(attempt, sent)).toBe(may);
	});

	it.each<[Attempt, boolean]>([
		[jsonResponse(400, { public: ['No.'] }), true],
		[jsonResponse(400, { detail: 'No' }), false],
		[jsonResponse(400, ['public']), false],
		[textResponse(400, PAGE), false],
		[noResponse('ECONNRESET'), false],
	])('is certain where it names it: %j', (attempt, isNamed) => {
		expect(namesPublicId(attempt)).toBe(isNamed);
	});
});

describe('what is told', () => {
	const unclear = new SentryError('No response', 'Check the network.', {
		code: 'unreachable',
		sentryUrl: 'https://sentry.io',
	});
	const project = { organization: 'acme', project: 'web-app' };

	it('of an unknown outcome names the keys that it may be', () => {
		const { message, remedy, details } = outcomeUnknown(unclear, project, ['a', 'b']);
		expect(message).toBe('The client key may have been created, but its response was lost');
		expect(remedy).toBe(
			"No response. Check the network. Whether the key exists can't be told, so it was not sent a second time: look at the client keys of acme/web-app before you run this item again. This may be the client key: a, b.",
		);
		expect(details).toEqual({
			code: 'outcome_unknown',
			sentryUrl: 'https://sentry.io',
			candidates: ['a', 'b'],
		});
	});

	it('of an unknown outcome says nothing of keys where none is known', () => {
		const { remedy, details } = outcomeUnknown(unclear, project, []);
		expect(remedy).toMatch(/before you run this item again\.$/);
		expect(details).not.toHaveProperty('candidates');
	});

	it('of a server that wants a name says that nothing was made', () => {
		const failure = new SentryError('It failed (500)', 'Later.', {
			code: 'sentry_unavailable',
			status: 500,
		});
		expect(nameNeeded(failure)).toMatchObject({
			message: 'This server wants a name for a client key',
			remedy:
				"Enter one in 'Name'. Without it the server failed, and made no key: It failed (500).",
			details: { code: 'rejected_fields', status: 500 },
		});
	});
});
