import { isPublicId } from '../../../../nodes/SentryClientKeys/sentry/keys/publicId.ts';
import {
	isSuccessor,
	successorId,
} from '../../../../nodes/SentryClientKeys/sentry/keys/successor.ts';

const SECRET = 'token';
const KEY = 'a'.repeat(32);

it('a successor has an ID that Sentry takes, and is known again', () => {
	const id = successorId(SECRET, KEY, 'execution 1');
	expect(isPublicId(id)).toBe(true);
	expect(isSuccessor(SECRET, KEY, id)).toBe(true);
});

it('the same item of the same run gives the same ID, another run another one', () => {
	const id = successorId(SECRET, KEY, 'execution 1');
	expect(successorId(SECRET, KEY, 'execution 1')).toBe(id);
	expect(successorId(SECRET, KEY, 'execution 2')).not.toBe(id);
});

it.each([
	['another key', SECRET, 'b'.repeat(32)],
	['another secret', 'other', KEY],
])('it is no successor for %s', (_, secret, key) => {
	expect(isSuccessor(secret, key, successorId(SECRET, KEY, 'execution 1'))).toBe(false);
});

it.each([KEY, '', 'short', '0'.repeat(32), 'not-hex'])('%p is nobody’s successor', (candidate) => {
	expect(isSuccessor(SECRET, KEY, candidate)).toBe(false);
});
