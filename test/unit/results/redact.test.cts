import fc from 'fast-check';

import { redactBody, redactKey } from '../../../nodes/SentryClientKeys/results/redact.ts';
import { clientKey } from '../support/clientKey.cts';

const SECRET = 'fedcba98765432100123456789abcdef';
const key = {
	...clientKey(),
	secret: SECRET,
	dsn: { public: 'https://a@example.com/1', secret: `https://a:${SECRET}@example.com/1` },
};

it('null stands where a secret was, and all else stays', () => {
	expect(redactKey(key)).toEqual({
		...key,
		secret: null,
		dsn: { public: 'https://a@example.com/1', secret: null },
	});
});

it('the key itself is left as it is', () => {
	const before = structuredClone(key);
	redactKey(key);
	expect(key).toEqual(before);
});

it('a server that tells no secret is given none', () => {
	const { secret, dsn, ...rest } = key;
	expect(secret).toBe(SECRET);
	const told = { ...rest, dsn: { public: dsn.public } };
	expect(redactKey(told)).toEqual(told);
});

it('no body of one key or of many shows a secret', () => {
	const body = fc.letrec((tie) => ({
		body: fc.oneof(fc.constant(key), fc.array(tie('body'), { maxLength: 3 })),
	})).body;
	fc.assert(
		fc.property(body, (any) => {
			expect(JSON.stringify(redactBody(any))).not.toContain(SECRET);
		}),
	);
});

it.each([[null], ['text'], [42], [undefined]])('a body that is no key stays: %j', (body) => {
	expect(redactBody(body)).toBe(body);
});
