import type { SentryError } from '../../../../nodes/SentryClientKeys/sentry/errors.ts';
import {
	chosenId,
	derivePublicId,
	idempotentId,
	isPublicId,
	itemIds,
	OLDEST_OWN_MS,
} from '../../../../nodes/SentryClientKeys/sentry/keys/publicId.ts';
import type { ClientKey } from '../../../../nodes/SentryClientKeys/sentry/types.ts';

describe('a derived public ID', () => {
	const parts = ['execution', 'n8n/workflow/1', 'node', 0, 0, 'acme', 'web-app'];

	it('has the form that Sentry takes and is always the same', () => {
		expect(derivePublicId('token', parts)).toMatch(/^[a-f0-9]{32}$/);
		expect(derivePublicId('token', parts)).toBe(derivePublicId('token', [...parts]));
	});

	it('changes with the token and with every part', () => {
		const ids = new Set([derivePublicId('token', parts), derivePublicId('other', parts)]);
		parts.forEach((part, index) => {
			const changed = parts.map((other, at) => (at === index ? `${part}x` : other));
			ids.add(derivePublicId('token', changed));
		});
		ids.add(
			derivePublicId('token', ['execution', 'n8n/workflow/1', 'node', 0, '0acme', 'web-app']),
		);
		expect(ids.size).toBe(parts.length + 3);
	});

	it.each(['', 'A'.repeat(32), 'a'.repeat(31), 5, null])('%p is none', (value) => {
		expect(isPublicId(value)).toBe(false);
	});
});

const NOW = Date.parse('2026-11-25T12:00:00Z');
const LIMIT = { count: 10, window: 60 };
const found = (changes: Partial<ClientKey> = {}): ClientKey => ({
	id: 'a'.repeat(32),
	name: 'app',
	rateLimit: LIMIT,
	dateCreated: new Date(NOW - 1000).toISOString(),
	...changes,
});
const aged = (ms: number) => found({ dateCreated: new Date(NOW - ms).toISOString() });
const BODY = { name: 'app', rateLimit: LIMIT };

describe('a key under an ID of an item', () => {
	const ids = itemIds((step) => `id ${step}`, BODY);

	it('has one ID after the other', () => {
		expect([ids.at(0), ids.at(3), ids.isFixed]).toEqual(['id 0', 'id 3', false]);
	});

	it.each<[string, ClientKey, boolean]>([
		['it has what was asked for', found(), true],
		['it has no limit, which the plan may have dropped', found({ rateLimit: null }), true],
		['it has no date', found({ dateCreated: null }), true],
		['it is a day old', aged(OLDEST_OWN_MS), true],
		['it is older', aged(OLDEST_OWN_MS + 1), false],
		['it has another name', found({ name: 'other' }), false],
		['it has another count', found({ rateLimit: { ...LIMIT, count: 11 } }), false],
		['it has another window', found({ rateLimit: { ...LIMIT, window: 61 } }), false],
	])('where %s, is its own: %3$p', (_, key, isOwn) => {
		expect(ids.isOwn(key, NOW)).toBe(isOwn);
	});

	it('has any name where none was asked for, but no limit', () => {
		const unnamed = itemIds(() => '', {});
		expect(unnamed.isOwn(found({ rateLimit: null }), NOW)).toBe(true);
		expect(unnamed.isOwn(found(), NOW)).toBe(false);
	});

	it('of a name may have another limit by now', () => {
		const named = itemIds(() => '', BODY, { hasOwnLimit: false });
		expect(named.isOwn(found({ rateLimit: { count: 1, window: 1 } }), NOW)).toBe(true);
		expect(named.isOwn(found({ name: 'other' }), NOW)).toBe(false);
	});

	it('that an earlier try sent is its own, whatever it looks like', () => {
		const sent = itemIds(() => '', BODY, { sent: 'a'.repeat(32) });
		const old = { ...aged(10 * OLDEST_OWN_MS), name: 'other' };
		expect(sent.isOwn(old, NOW)).toBe(true);
		expect(sent.isOwn({ ...old, id: 'b'.repeat(32) }, NOW)).toBe(false);
	});
});

describe('a key under an idempotency key', () => {
	const ids = idempotentId('the id', BODY);

	it('has one ID, which stands for it in every run', () => {
		expect([ids.at(0), ids.at(5), ids.isFixed]).toEqual(['the id', 'the id', true]);
	});

	it('is the one, however old it is', () => {
		expect(ids.isOwn(aged(10 * OLDEST_OWN_MS), NOW)).toBe(true);
		expect(ids.isOwn(found({ rateLimit: null }), NOW)).toBe(true);
	});

	it.each<[string, Partial<ClientKey>, string[]]>([
		['another name', { name: 'other' }, ['name']],
		['another limit', { rateLimit: { count: 1, window: 1 } }, ['rate limit']],
		['both', { name: 'other', rateLimit: { count: 1, window: 1 } }, ['name', 'rate limit']],
	])('is refused with %s', (_, changes, differing) => {
		const key = found(changes);
		expect(() => ids.isOwn(key, NOW)).toThrow(
			"'Options > Idempotency Key' was used before for another client key",
		);
		const failure = failureOf(() => ids.isOwn(key, NOW));
		expect(failure.remedy).toBe(
			`It stands for the client key ${key.id} ("${key.name}"), whose ${differing.join(' and ')} differs from what is asked for now. Nothing was created. Use a new value for a new key, or ask for the same ${differing.join(' and ')} as before.`,
		);
		expect(failure.details).toEqual({ code: 'idempotency_conflict', keyId: key.id, differing });
	});
});

describe('a key under an ID that the user chose', () => {
	const ids = chosenId('the id', () => 5000);

	it('has this ID only, and is made anew in every run', () => {
		expect([ids.at(0), ids.at(5), ids.isFixed]).toEqual(['the id', 'the id', false]);
	});

	it.each([0, 7000])('is its own, if it was made %d ms ago', (ms) => {
		expect(ids.isOwn(aged(ms), NOW)).toBe(true);
	});

	it('is its own, if it has no date', () => {
		expect(ids.isOwn(found({ dateCreated: null }), NOW)).toBe(true);
	});

	it('is another one, if it was there before the request', () => {
		const failure = failureOf(() => ids.isOwn(aged(7001), NOW));
		expect(failure.message).toBe('A client key with this public ID exists already');
		expect(failure.remedy).toContain('It is called "app". Nothing was created.');
		expect(failure.details).toEqual({ code: 'rejected_fields', keyId: 'the id' });
	});
});

function failureOf(work: () => unknown): SentryError {
	try {
		work();
	} catch (reason) {
		return reason as SentryError;
	}
	throw new Error('It did not fail');
}
