import {
	CancelledError,
	InvalidInputError,
	isNotFound,
	rephrasing,
	SentryError,
	withState,
	WouldWrite,
} from '../../../nodes/SentryClientKeys/sentry/errors.ts';

const refusal = { status: 404, headers: {}, text: '{}' };
const missing = new SentryError('No such key', 'Check it.', { code: 'not_found' }, refusal);

it('only what Sentry does not have is not found', () => {
	expect(isNotFound(missing)).toBe(true);
	expect(isNotFound(new CancelledError())).toBe(false);
	expect(isNotFound(new Error('not_found'))).toBe(false);
	expect(isNotFound({ details: { code: 'not_found' } })).toBe(false);
});

describe('a failure with the state that it left', () => {
	it('says what happened, then what to do, then the state', () => {
		const failure = withState(missing, 'Nothing was changed.', { keyId: 'a' });
		expect(failure).toMatchObject({
			message: 'No such key',
			remedy: 'Check it. Nothing was changed.',
			details: { code: 'not_found', keyId: 'a' },
			refusal,
		});
		expect(withState(missing, 'Nothing was changed.').details).toEqual({ code: 'not_found' });
	});

	it.each([{ createdKeyId: 'a' }, { candidates: [] }])(
		'is no plain refusal any more with %j',
		(details) => {
			expect(withState(missing, 'A key was made.', details).refusal).toBeUndefined();
		},
	);
});

describe('a step whose failure is told in other words', () => {
	const change = (failure: SentryError) => withState(failure, 'Changed.');

	it('gives what it gives', async () => {
		expect(await rephrasing(async () => await Promise.resolve(1), change)).toBe(1);
	});

	it('is told so', async () => {
		await expect(
			rephrasing(async () => await Promise.reject(missing), change),
		).rejects.toMatchObject({ remedy: 'Check it. Changed.' });
	});

	it('leaves mistakes of our own alone', async () => {
		const mistake = new TypeError('a mistake');
		await expect(rephrasing(async () => await Promise.reject(mistake), change)).rejects.toBe(
			mistake,
		);
	});
});

it('an input that is refused names its parameter', () => {
	expect(new InvalidInputError('Name', 'is empty', 'Enter one.')).toMatchObject({
		message: "'Name' is empty",
		remedy: 'Enter one.',
		details: { code: 'invalid_input', field: 'Name' },
	});
});

it('a cancelled execution is told in the spelling that n8n knows', () => {
	expect(new CancelledError()).toMatchObject({
		message: 'The execution was canceled',
		details: { code: 'cancelled' },
		wasSent: false,
	});
	expect(new CancelledError(true).wasSent).toBe(true);
});

it('each kind of error has its name', () => {
	const invalid = new InvalidInputError('Name', 'is empty', 'Enter one.');
	const dryRun = new WouldWrite('PUT', 'a', { name: 'x' });
	expect([missing, invalid, new CancelledError(), dryRun].map(({ name }) => name)).toEqual([
		'SentryError',
		'InvalidInputError',
		'CancelledError',
		'WouldWrite',
	]);
	expect(dryRun).toMatchObject({
		message: 'A dry run writes nothing',
		method: 'PUT',
		keyId: 'a',
		body: { name: 'x' },
	});
	expect(new CancelledError().remedy).toBe('Run the workflow again to continue.');
});
