import { readKeyFields } from '../../../nodes/SentryClientKeys/parameters/readKeyFields.ts';

const read = (collection: unknown) => readKeyFields(collection, 'F');
const pair = (count: unknown, window: unknown) => ({ limit: { count, window } });

it.each([
	['an empty pair', { rateLimit: pair('', '') }],
	['a pair of nothing', { rateLimit: pair(null, undefined) }],
	['null', { rateLimit: null }],
	['no limit inside', { rateLimit: { limit: null } }],
	['an empty name', { name: ' ' }],
	['an empty switch', { isActive: '' }],
	['the removal switched off', { removeRateLimit: 'FALSE' }],
	['an empty removal', { removeRateLimit: null }],
])('%s leaves the key as it is', (_, collection) => {
	expect(read(collection)).toEqual({});
});

it.each([
	['the switch, as a sheet writes it', { removeRateLimit: 'TRUE' }],
	['the switch beside an empty pair', { removeRateLimit: 1, rateLimit: pair('', '') }],
	['a count of 0', { rateLimit: pair('0', 60) }],
	['a window of 0', { rateLimit: pair(5, 0) }],
])('%s removes the rate limit', (_, collection) => {
	expect(read(collection)).toEqual({ rateLimit: null });
});

it('a limit is read with and without the step between, numbers as text too', () => {
	const rateLimit = { count: 5, window: 60 };
	expect(read({ rateLimit: pair('5', '60') })).toEqual({ rateLimit });
	expect(read({ rateLimit: { count: '5', window: 60 } })).toEqual({ rateLimit });
});

it.each([
	[{ removeRateLimit: 'maybe' }, "'F > Remove Rate Limit' is neither true nor false"],
	[{ isActive: 2 }, "'F > Active' is neither true nor false"],
	[{ rateLimit: pair(2_147_483_648, 60) }, "'F > Rate Limit > Count' is not a whole number"],
	[{ rateLimit: pair(NaN, NaN) }, "'F > Rate Limit > Count' is not a whole number"],
	[{ rateLimit: pair('', 60) }, "'F > Rate Limit > Count' is missing"],
])('%j is refused', (collection, message) => {
	expect(() => read(collection)).toThrow(message);
});
