import type { IExecuteFunctions } from 'n8n-workflow';

import { isTool, runIdentity } from '../../../nodes/SentryClientKeys/execution/runIdentity.ts';

interface Told {
	executionId?: string | undefined;
	establishedAt?: number;
	runIndex?: number;
	/** Undefined on n8n 1.x, which has no such function. */
	isToolExecution?: boolean | undefined;
	type?: string;
	id?: string;
	instance?: string;
	context?: Record<string, unknown>;
}

/** What n8n tells the node of its execution. */
function nodeOf({
	executionId = '7',
	establishedAt = 1000,
	runIndex = 0,
	isToolExecution,
	type = 'sentryClientKeys',
	id = 'node',
	instance = 'instance',
	context = {},
}: Told): IExecuteFunctions {
	return {
		getNode: () => ({ id, name: 'Sentry Client Keys', type }),
		getInstanceId: () => instance,
		getWorkflow: () => ({ id: 'workflow' }),
		getExecutionId: () => executionId,
		getWorkflowDataProxy: () => ({ $runIndex: runIndex }),
		getExecutionContext: () => ({ version: 1, establishedAt, source: 'trigger' }),
		getContext: () => context,
		...(isToolExecution !== undefined && { isToolExecution: () => isToolExecution }),
	} as unknown as IExecuteFunctions;
}

const identity = (told: Told) => JSON.stringify(runIdentity(nodeOf(told)));

describe('one run of the node', () => {
	it.each([
		['on n8n 2.x', { isToolExecution: false }, { isToolExecution: false }],
		[
			'on n8n 1.x, also when a second worker begins the execution anew',
			{ establishedAt: 1000 },
			{ establishedAt: 2000 },
		],
	])('is the same one %s', (_, first, second) => {
		expect(identity(first)).toBe(identity(second));
	});

	it.each<[string, Told]>([
		['another execution', { executionId: '8' }],
		['an execution that began at another time under the same number', { establishedAt: 2000 }],
		['the next round of a loop', { runIndex: 1 }],
		['another node', { id: 'other' }],
		['another n8n', { instance: 'other' }],
	])('is another one in %s', (_, changes) => {
		const told: Told = { isToolExecution: false };
		expect(identity({ ...told, ...changes })).not.toBe(identity(told));
	});

	it('of an execution that is not stored is known by its context', () => {
		const context = {};
		const told: Told = { executionId: '', context };
		expect(identity(told)).toBe(identity(told));
		expect(identity({ ...told, context: {} })).not.toBe(identity(told));
	});

	it('as a tool is told apart from every other call, and is never repeated', () => {
		const told: Told = { isToolExecution: true };
		expect(identity(told)).not.toBe(identity(told));
		expect(runIdentity(nodeOf(told)).isRepeatable).toBe(false);
		expect(runIdentity(nodeOf({ isToolExecution: false })).isRepeatable).toBe(true);
	});
});

it.each<[Told, boolean]>([
	[{ isToolExecution: true }, true],
	[{ type: 'sentryClientKeysTool' }, true],
	[{ isToolExecution: false }, false],
	[{}, false],
])('with %j it is a tool: %p', (told, expected) => {
	expect(isTool(nodeOf(told))).toBe(expected);
});
