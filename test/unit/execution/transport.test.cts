import { readNoResponse } from '../../../nodes/SentryClientKeys/execution/transport.ts';

it('takes code and words out of a failed connection, and nothing of its request', () => {
	const root = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
		code: 'ECONNREFUSED',
		config: { headers: { Authorization: 'Bearer s3cret' } },
	});
	const wrapped = Object.assign(new Error('The service refused the connection'), { cause: root });
	expect(readNoResponse(wrapped)).toEqual({
		code: 'ECONNREFUSED',
		reason: 'connect ECONNREFUSED 127.0.0.1:1',
	});
	expect(readNoResponse(undefined)).toEqual({ code: '', reason: 'no response' });
});

it("knows a request that n8n's SSRF protection did not let out, which has no code", () => {
	const blocked = Object.assign(new Error('The request was blocked'), {
		name: 'SsrfBlockedIpError',
	});
	const wrapped = Object.assign(new Error('wrapped'), { cause: blocked });
	expect(readNoResponse(wrapped).code).toBe('SSRF_BLOCKED');
});
