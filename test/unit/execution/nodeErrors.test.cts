import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { INode } from 'n8n-workflow';

import {
	asSentryError,
	errorItem,
	nodeError,
	stopError,
} from '../../../nodes/SentryClientKeys/execution/nodeErrors.ts';
import {
	CancelledError,
	InvalidInputError,
	SentryError,
} from '../../../nodes/SentryClientKeys/sentry/errors.ts';
import type { ErrorCode } from '../../../nodes/SentryClientKeys/sentry/errors.ts';

const NODE: INode = {
	id: 'node-1',
	name: 'Sentry Client Keys',
	type: 'n8n-nodes-sentry-client-keys.sentryClientKeys',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

const failure = (code: ErrorCode, message = 'Sentry did not do it', status?: number) =>
	new SentryError(message, 'Do this.', { code, ...(status !== undefined && { status }) });
const failed = (code: ErrorCode, message?: string) => ({ failure: failure(code, message) });
const made = (id: string) => ({ rows: [], change: `created client key ${id}` });

describe('an error item', () => {
	it('is exactly what n8n sends to the error output', () => {
		expect(errorItem(NODE, failure('not_found', 'Sentry did not find it', 404), 3).json).toEqual({
			error: 'Sentry did not find it [item 3]',
			message: 'Do this.',
			details: { code: 'not_found', status: 404, itemIndex: 3 },
		});
	});

	it('names the field of a mistake', () => {
		const mistake = new InvalidInputError('Name', 'is too long', 'Shorten it.');
		expect(errorItem(NODE, mistake, 0).json).toEqual({
			error: "'Name' is too long [item 0]",
			message: 'Shorten it.',
			details: { code: 'invalid_input', field: 'Name', itemIndex: 0 },
		});
	});
});

describe('an error item on an n8n before 2.36, which knows no details', () => {
	const item = (onError: INode['onError']) =>
		errorItem({ ...NODE, ...(onError && { onError }) }, failure('not_found'), 3);

	it('carries the error by which n8n finds it, and that n8n does not copy', () => {
		const hidden = item('continueErrorOutput');
		expect(hidden.error?.message).toBe('Sentry did not do it [item 3]');
		expect(Object.keys({ ...hidden })).toEqual(['json', 'pairedItem']);
		// n8n 1.100 takes it away once it has seen it.
		expect(() => Object.assign(hidden, { error: undefined })).not.toThrow();
	});

	it('carries none where n8n would put it in the place of the JSON', () => {
		expect(item('continueRegularOutput')).not.toHaveProperty('error');
		expect(item(undefined)).not.toHaveProperty('error');
	});
});

describe('one failed item as an error of n8n', () => {
	it('of a refusal shows text, advice and status', () => {
		const error = nodeError(NODE, failure('forbidden', 'Sentry did not do it', 403), 2);
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error).toMatchObject({
			message: 'Sentry did not do it [item 2]',
			description: 'Do this.',
			httpCode: '403',
			context: { itemIndex: 2, data: { code: 'forbidden', status: 403 } },
		});
	});

	it('of a lost connection has no status', () => {
		const error = nodeError(NODE, failure('unreachable'), 0);
		expect(error).toBeInstanceOf(NodeApiError);
		expect((error as NodeApiError).httpCode || null).toBeNull();
	});

	it.each<ErrorCode>(['invalid_input', 'cancelled'])('of %s is not blamed on Sentry', (code) => {
		expect(nodeError(NODE, failure(code), 0)).toBeInstanceOf(NodeOperationError);
	});

	it.each<ErrorCode>(['unreachable', 'invalid_input'])(
		'keeps its own words for %s though they hold a code that n8n replaces',
		(code) => {
			const words = 'Sentry did not answer: project "my-ECONNREFUSED-404-app"';
			const error = nodeError(NODE, new SentryError(words, 'ENOTFOUND?', { code }), 1);
			expect(error.message).toBe(`${words} [item 1]`);
			expect(error.description).toBe('ENOTFOUND?');
		},
	);

	it('of a cancelled execution names no item', () => {
		expect(nodeError(NODE, new CancelledError(), 4).message).toBe('The execution was canceled');
	});
});

describe('the error that stops a workflow', () => {
	it('is that of the lowest failed item, whichever failed first', () => {
		const error = stopError(NODE, [undefined, made('x'), failed('forbidden'), failed('not_found')]);
		expect(error.message).toBe('Sentry did not do it [item 2]');
		expect(error.context).toMatchObject({ itemIndex: 2, data: { code: 'forbidden' } });
	});

	it('alone says nothing of others', () => {
		expect(stopError(NODE, [failed('forbidden')]).description).toBe('Do this.');
	});

	it('names what was made, so that it is not lost', () => {
		const error = stopError(NODE, [made('one'), failed('forbidden'), { rows: [] }, made('two')]);
		expect(error.description).toBe(
			'Do this. Already done: item 0: created client key one; item 3: created client key two.',
		);
		expect(error.context.data).toMatchObject({
			done: ['item 0: created client key one', 'item 3: created client key two'],
		});
	});

	it('of many made names twenty, and all in its data', () => {
		const keys = Array.from({ length: 30 }, (_, n) => made(`k${n}.`));
		const { description, context } = stopError(NODE, [failed('forbidden'), ...keys]);
		expect(description).toContain('k19.');
		expect(description).not.toContain('k20.');
		expect(description).toContain('and 10 more');
		expect((context.data as { done: string[] }).done).toHaveLength(30);
	});

	it('names the other items that failed', () => {
		const error = stopError(NODE, [
			failed('not_found', 'First'),
			made('x'),
			failed('forbidden', 'Second'),
			failed('forbidden', 'Third'),
		]);
		expect(error.description).toContain('Also failed: items 2, 3.');
		expect(error.context.data).toMatchObject({
			code: 'not_found',
			otherItems: ['Second [item 2]', 'Third [item 3]'],
		});
	});

	it('never leaves out a key that may exist', () => {
		const open = new SentryError('It may have been created', 'Look at abc.', {
			code: 'outcome_unknown',
		});
		const error = stopError(NODE, [failed('forbidden'), { failure: open }]);
		expect(error.message).toBe('Sentry did not do it [item 0]');
		expect(error.description).toContain('It may have been created [item 1]. Look at abc.');
	});

	it('never leaves out a key that was made although its item failed', () => {
		const half = new SentryError('Sentry did not disable it', 'The new client key abc works.', {
			code: 'forbidden',
			createdKeyId: 'abc',
		});
		const error = stopError(NODE, [failed('not_found'), { failure: half }]);
		expect(error.description).toContain('The new client key abc works.');
	});

	it('is what stopped all of them, where that was no item', () => {
		const error = stopError(NODE, [failed('forbidden', 'First'), made('x')], new CancelledError());
		expect(error.message).toBe('The execution was canceled');
		expect(error.description).toContain('Also failed: item 0.');
		expect(error.description).toContain('Already done: item 1: created client key x.');
	});
});

describe('anything thrown', () => {
	it('stays what it is if it is known', () => {
		const known = failure('forbidden');
		expect(asSentryError(known)).toBe(known);
	});

	it.each([
		[new Error('Expression failed'), 'Expression failed', /expressions in them/],
		[
			Object.assign(new Error('No'), { description: 'Because of this.' }),
			'No',
			/^Because of this\.$/,
		],
		[new Error(''), 'The item could not be processed', /parameters/],
		['text', 'The item could not be processed', /parameters/],
		[undefined, 'The item could not be processed', /parameters/],
		[null, 'The item could not be processed', /parameters/],
	])('%p is told as %p', (reason, message, remedy) => {
		const error = asSentryError(reason);
		expect(error).toBeInstanceOf(SentryError);
		expect(error.message).toBe(message);
		expect(error.remedy).toMatch(remedy);
		expect(error.details).toEqual({ code: 'invalid_input' });
	});

	it('leaves behind what hangs on an error, such as a request with its token', () => {
		const config = { headers: { Authorization: 'Bearer s3cret' } };
		const reason = Object.assign(new Error('Failed'), { config, cause: { config } });
		const error = nodeError(NODE, asSentryError(reason), 0);
		const { message, description, context } = error;
		expect(JSON.stringify([message, description, context, error])).not.toContain('s3cret');
		expect(JSON.stringify(errorItem(NODE, asSentryError(reason), 0))).not.toContain('s3cret');
	});
});
