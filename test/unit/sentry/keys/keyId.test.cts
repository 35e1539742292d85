import { checkKeyId } from '../../../../nodes/SentryClientKeys/sentry/keys/keyId.ts';

const ID = '0123456789abcdef0123456789abcdef';
const UUID = '01234567-89ab-cdef-0123-456789abcdef';

it.each([
	[ID, ID],
	[` ${ID}\n`, ID],
	[ID.toUpperCase(), ID],
	[UUID, ID],
	[UUID.toUpperCase(), ID],
])('%p has the digits %p', (value, id) => {
	expect(checkKeyId('Key', value)).toBe(id);
});

it.each([
	['undefined', 'an expression that found nothing'],
	['null', 'an expression that found nothing'],
	[' NaN ', 'an expression that found nothing'],
	['[object Object]', 'an expression that found nothing'],
	['true', 'an expression that found nothing'],
	['false', 'an expression that found nothing'],
	['4505281256090153', 'the ID of a project'],
	[4505281256090153, 'the ID of a project'],
	[ID.slice(1), 'a part of an ID'],
	[`${ID}0`, 'a part of an ID'],
	[`0${UUID}`, 'a part of an ID'],
	[`${UUID}0`, 'a part of an ID'],
	[UUID.slice(1), 'a part of an ID'],
	['0123456789abcde-', 'a part of an ID'],
	['0123456789ABCDEF', 'a part of an ID'],
	['0123456789abcde', 'a name'],
	[`${ID.slice(1)}g`, 'a name'],
	[`g${ID}`, 'a name'],
	['production', 'a name'],
	['1a', 'a name'],
	['a1', 'a name'],
])('%p is no ID: it looks like %s', (value, looks) => {
	expect(() => checkKeyId('Key', value)).toThrow(
		expect.objectContaining({
			message: `'Key' is no key ID: "${String(value).trim()}" looks like ${looks}`,
			remedy: expect.stringMatching(
				/^Enter the key's public ID, 32 hex digits: .* by its name, use/,
			) as string,
			details: { code: 'invalid_input', field: 'Key' },
		}) as Error,
	);
});

it.each<[unknown, string]>([
	['', "'Key' is empty"],
	[undefined, "'Key' has no value"],
	[`${ID}/..`, "'Key' is not an ID or slug"],
	['={{ $json.id }}', "'Key' looks like an expression"],
])('%p is refused: %s', (value, message) => {
	expect(() => checkKeyId('Key', value)).toThrow(message);
});
