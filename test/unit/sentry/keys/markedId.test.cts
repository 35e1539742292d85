import { isMarked, markedId } from '../../../../nodes/SentryClientKeys/sentry/keys/markedId.ts';
import type { Purpose } from '../../../../nodes/SentryClientKeys/sentry/keys/markedId.ts';
import { isPublicId } from '../../../../nodes/SentryClientKeys/sentry/keys/publicId.ts';

const SECRET = 'instance';
const KEY = 'a'.repeat(32);

describe.each<[string, Purpose, Purpose]>([
	['the successor of a key', ['successor', KEY], ['successor', 'b'.repeat(32)]],
	['the key of a name', ['name', '42', 'production'], ['name', '43', 'production']],
	['the key of a name', ['name', '42', 'production'], ['name', '42', 'Production']],
])('%s', (_, purpose, other) => {
	const id = markedId(SECRET, purpose, 'execution 1');

	it('has an ID that Sentry takes, and is known again', () => {
		expect(isPublicId(id)).toBe(true);
		expect(isMarked(SECRET, purpose, id)).toBe(true);
	});

	it('has the same ID in each try of one item, and another one in another execution', () => {
		expect(markedId(SECRET, purpose, 'execution 1')).toBe(id);
		expect(markedId(SECRET, purpose, 'execution 2')).not.toBe(id);
	});

	it('is not known for another purpose, or by another n8n', () => {
		expect(isMarked(SECRET, other, id)).toBe(false);
		expect(isMarked('other', purpose, id)).toBe(false);
	});

	it.each([KEY, '', 'short', '0'.repeat(32), 'not-hex'])('%p is no such key', (candidate) => {
		expect(isMarked(SECRET, purpose, candidate)).toBe(false);
	});
});
