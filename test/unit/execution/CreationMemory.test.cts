import type { IContextObject } from 'n8n-workflow';

import { CreationMemory } from '../../../nodes/SentryClientKeys/execution/CreationMemory.ts';

const TOKEN = 'sntryu_0123456789';
const CREATION = {
	organization: 'acme',
	project: 'web-app',
	body: { name: 'production' },
	idempotencyKey: undefined as string | undefined,
	isSafe: true,
};

function remembered(isSettled: boolean, publicId: string | undefined) {
	const context: IContextObject = {};
	const memory = new CreationMemory(context, 0);
	const fingerprint = memory.fingerprint(TOKEN, 0, CREATION);
	memory.remember(fingerprint, { isSettled, publicId, firstSentAt: 5 });
	return { context, memory, fingerprint };
}

it.each([
	['a key', true, 'a'.repeat(32)],
	['a key whose ID has not Sentry’s usual form', true, 'KEY:with-more'],
	['a lost request', false, 'a'.repeat(32)],
	['a lost request that chose no ID', false, undefined],
])(
	'%s is remembered, also when n8n has stored and read the execution',
	(_, isSettled, publicId) => {
		const { context, fingerprint } = remembered(isSettled, publicId);
		const stored = JSON.parse(JSON.stringify(context)) as IContextObject;
		expect(new CreationMemory(stored, 0).recall(fingerprint)).toEqual({
			isSettled,
			publicId,
			firstSentAt: 5,
		});
	},
);

it('what was unclear is settled by a later try', () => {
	const { memory, fingerprint } = remembered(false, undefined);
	memory.remember(fingerprint, { isSettled: true, publicId: 'b'.repeat(32), firstSentAt: 5 });
	expect(memory.recall(fingerprint)).toEqual({
		isSettled: true,
		publicId: 'b'.repeat(32),
		firstSentAt: 5,
	});
});

it('rounds of a loop are kept apart, and one can be forgotten', () => {
	const context: IContextObject = {};
	const [first, second] = [new CreationMemory(context, 0), new CreationMemory(context, 1)];
	const fingerprint = first.fingerprint(TOKEN, 0, CREATION);
	first.remember(fingerprint, { isSettled: true, publicId: 'a'.repeat(32), firstSentAt: 5 });
	expect(second.recall(fingerprint)).toBeUndefined();
	second.remember(fingerprint, { isSettled: false, publicId: undefined, firstSentAt: 5 });
	first.forgetRun();
	expect(first.recall(fingerprint)).toBeUndefined();
	expect(second.recall(fingerprint)).toEqual({
		isSettled: false,
		publicId: undefined,
		firstSentAt: 5,
	});
	second.forgetRun();
	expect(context).toEqual({});
});

it('another item and another token are another creation', () => {
	const { memory } = remembered(true, 'a'.repeat(32));
	expect(memory.recall(memory.fingerprint(TOKEN, 1, CREATION))).toBeUndefined();
	expect(memory.recall(memory.fingerprint('another', 0, CREATION))).toBeUndefined();
});

it('nothing is known of an item that was not tried', () => {
	const memory = new CreationMemory({}, 0);
	expect(memory.recall(memory.fingerprint(TOKEN, 0, CREATION))).toBeUndefined();
});

it.each([
	['organization', { organization: 'other' }],
	['project', { project: 'backend' }],
	['body', { body: { name: 'staging' } }],
	['idempotency key', { idempotencyKey: 'delivery-1' }],
	['way of retrying', { isSafe: false }],
])('another %s is another creation', (_, change) => {
	const { memory } = remembered(true, 'a'.repeat(32));
	const other = memory.fingerprint(TOKEN, 0, { ...CREATION, ...change });
	expect(memory.recall(other)).toBeUndefined();
});

it('the execution’s data tells neither token nor names', () => {
	const { context } = remembered(true, 'a'.repeat(32));
	expect(JSON.stringify(context)).not.toMatch(/sntryu|acme|web-app|production/);
	expect(JSON.stringify(context)).toContain('a'.repeat(32));
});

it('what other nodes and versions keep in the context stays', () => {
	const context: IContextObject = { other: { kept: true } };
	const memory = new CreationMemory(context, 0);
	memory.remember('fingerprint', { isSettled: true, publicId: 'x', firstSentAt: 5 });
	memory.forgetRun();
	expect(context).toEqual({ other: { kept: true } });
});

it('there is nothing to forget before anything was made', () => {
	const context: IContextObject = {};
	new CreationMemory(context, 0).forgetRun();
	expect(context).toEqual({});
});
