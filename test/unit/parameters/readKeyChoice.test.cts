import {
	readDsn,
	readKeyChoice,
	readLocator,
} from '../../../nodes/SentryClientKeys/parameters/readKeyChoice.ts';
import { inputFailureOf } from '../support/inputFailure.cts';

const ID = '0123456789abcdef0123456789abcdef';
const DSN = `https://${ID}@o1.ingest.us.sentry.io/42`;
const OLD_DSN = `https://${ID}:fedcba98765432100123456789abcdef@sentry.example.com/42`;

describe('a chosen key', () => {
	it.each([
		['an ID from the list', { mode: 'list', value: ID }],
		['an ID that was typed in', { mode: 'id', value: ID }],
		['an ID without a mode, as an agent gives it', ID],
	])('is known by %s', (_, parameter) => {
		expect(readKeyChoice(parameter, 'Client Key')).toEqual({ keyId: ID });
	});

	it.each([
		['a DSN by its mode', { mode: 'dsn', value: DSN }],
		['a DSN where an ID was expected', { mode: 'id', value: DSN }],
		['a DSN without a mode', DSN],
	])('is known by %s, which names its project too', (_, parameter) => {
		const choice = readKeyChoice(parameter, 'Client Key');
		expect(choice).toMatchObject({ keyId: ID, dsn: { projectId: '42' } });
	});

	it.each([
		['nothing', { mode: 'id', value: '' }, /Client Key/],
		['a name', { mode: 'id', value: 'my key' }, /Client Key/],
		['text in the mode of a DSN', { mode: 'dsn', value: 'my key' }, /is not a DSN/],
		['an empty DSN', { mode: 'dsn', value: ' ' }, /is empty/],
		['an expression as text', { mode: 'dsn', value: '{{ $json.dsn }}' }, /Client Key/],
	])('is not %s', (_, parameter, message) => {
		const failure = inputFailureOf(() => readKeyChoice(parameter, 'Client Key'));
		expect(failure.message).toMatch(message);
		expect(failure.details.code).toBe('invalid_input');
	});
});

it('a DSN that cannot be read is not quoted: it may hold a secret', () => {
	const spoilt = OLD_DSN.replace('https://', 'https:/ /');
	const { message, remedy } = inputFailureOf(() => readDsn('DSN', spoilt));
	expect(`${message} ${remedy}`).not.toContain('fedcba98765432100123456789abcdef');
});

it('a bare value is an ID', () => {
	expect(readLocator('acme')).toEqual({ mode: 'id', value: 'acme' });
	expect(readLocator({ __rl: true, mode: 'url', value: 'x' })).toEqual({ mode: 'url', value: 'x' });
});
