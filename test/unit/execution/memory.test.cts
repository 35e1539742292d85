import type { IContextObject } from 'n8n-workflow';

import { Memory } from '../../../nodes/SentryClientKeys/execution/memory.ts';

const SECRET = 'the instance';
const CREATION = {
	organization: 'acme',
	project: 'web-app',
	body: { name: 'production' },
	idempotencyKey: undefined as string | undefined,
	isSafe: true,
};
const made = (publicId: string) => ({ isSettled: true, publicId, firstSentAt: 5 });
const memoryOf = (context: IContextObject | undefined, runIndex = 0, secret = SECRET) =>
	new Memory(context, runIndex, secret);

it.each([
	['a key', true, 'a'.repeat(32)],
	['a key whose ID has not Sentry’s usual form', true, 'KEY:with-more'],
	['a lost request', false, 'a'.repeat(32)],
	['a lost request that chose no ID', false, undefined],
])(
	'%s is remembered, also when n8n has stored and read the execution',
	(_, isSettled, publicId) => {
		const context: IContextObject = {};
		memoryOf(context).ofItem(0).remember(CREATION, { isSettled, publicId, firstSentAt: 5 });
		const stored = JSON.parse(JSON.stringify(context)) as IContextObject;
		expect(memoryOf(stored).ofItem(0).recall(CREATION)).toEqual({
			isSettled,
			publicId,
			firstSentAt: 5,
		});
	},
);

it('what was unclear is settled by a later try', () => {
	const item = memoryOf({}).ofItem(0);
	item.remember(CREATION, { isSettled: false, publicId: undefined, firstSentAt: 5 });
	item.remember(CREATION, made('b'.repeat(32)));
	expect(item.recall(CREATION)).toEqual(made('b'.repeat(32)));
});

it('rounds of a loop are kept apart, and one can be forgotten', () => {
	const context: IContextObject = {};
	const [first, second] = [memoryOf(context, 0), memoryOf(context, 1)];
	first.ofItem(0).remember(CREATION, made('a'.repeat(32)));
	expect(second.ofItem(0).recall(CREATION)).toBeUndefined();
	second.ofItem(0).remember(CREATION, made('b'.repeat(32)));
	first.forgetRun();
	expect(first.ofItem(0).recall(CREATION)).toBeUndefined();
	expect(second.ofItem(0).recall(CREATION)).toEqual(made('b'.repeat(32)));
	second.forgetRun();
	expect(context).toEqual({});
});

it('another item and another n8n are another creation', () => {
	const context: IContextObject = {};
	memoryOf(context)
		.ofItem(0)
		.remember(CREATION, made('a'.repeat(32)));
	expect(memoryOf(context).ofItem(1).recall(CREATION)).toBeUndefined();
	expect(memoryOf(context, 0, 'another').ofItem(0).recall(CREATION)).toBeUndefined();
});

it.each([
	['organization', { organization: 'other' }],
	['project', { project: 'backend' }],
	['body', { body: { name: 'staging' } }],
	['idempotency key', { idempotencyKey: 'delivery-1' }],
	['way of retrying', { isSafe: false }],
])('another %s is another creation', (_, change) => {
	const item = memoryOf({}).ofItem(0);
	item.remember(CREATION, made('a'.repeat(32)));
	expect(item.recall({ ...CREATION, ...change })).toBeUndefined();
});

it('the execution’s data tells no names', () => {
	const context: IContextObject = {};
	memoryOf(context)
		.ofItem(0)
		.remember(CREATION, made('a'.repeat(32)));
	expect(JSON.stringify(context)).not.toMatch(/instance|acme|web-app|production/);
	expect(JSON.stringify(context)).toContain('a'.repeat(32));
});

it('what other nodes and versions keep in the context stays', () => {
	const context: IContextObject = { other: { kept: true } };
	const memory = memoryOf(context);
	memory.ofItem(0).remember(CREATION, made('x'));
	memory.forgetRun();
	expect(context).toEqual({ other: { kept: true } });
});

it.each([
	['before anything was made', {}],
	['where nothing may be carried over', undefined],
])('there is nothing to forget %s', (_, context) => {
	const memory = memoryOf(context);
	if (context === undefined) memory.ofItem(0).remember(CREATION, made('x'));
	expect(memory.ofItem(0).recall(CREATION)).toBeUndefined();
	memory.forgetRun();
	expect(context ?? {}).toEqual({});
});
