import type { IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';

import { Warnings } from '../../../nodes/SentryClientKeys/execution/warnings.ts';
import type { WarningCode } from '../../../nodes/SentryClientKeys/operations/warningTexts.ts';

/** The hints that the editor would show. */
function shown(...added: Array<[WarningCode, number]>): NodeExecutionHint[] {
	const hints: NodeExecutionHint[] = [];
	const warnings = new Warnings();
	for (const [code, itemIndex] of added) warnings.add(code, itemIndex);
	warnings.show({
		addExecutionHints: (...more: NodeExecutionHint[]) => hints.push(...more),
	} as unknown as IExecuteFunctions);
	return hints;
}

it('a run without warnings shows no hint', () => {
	expect(shown()).toEqual([]);
});

it('a warning is shown once above the output, with its items in order', () => {
	const hints = shown(['rate_limit_ignored', 7], ['rate_limit_ignored', 2]);
	expect(hints).toMatchObject([{ type: 'warning', location: 'outputPane' }]);
	expect(hints[0]?.message).toMatch(/stored no rate limit.*\(items 2, 7\)\.$/);
});

it('each kind has its own hint', () => {
	const hints = shown(['rate_limit_ignored', 0], ['idempotency_key_ignored', 1]);
	expect(hints.map(({ message }) => message)).toEqual([
		expect.stringMatching(/rate limit.*\(item 0\)\.$/),
		expect.stringMatching(/'Idempotency Key' has no effect.*\(item 1\)\.$/),
	]);
});

it('of a thousand items the first ten are named', () => {
	const [hint] = shown(
		...Array.from({ length: 1000 }, (_, n): [WarningCode, number] => ['rate_limit_ignored', n]),
	);
	expect(hint?.message).toContain('(items 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 990 more)');
});

describe('in the rows', () => {
	const warnings = new Warnings();
	warnings.add('key_inactive', 1, 'an ID');
	warnings.add('rate_limit_ignored', 1);
	warnings.add('list_cut', 2);

	it('each stands in the last row of its item, by code, with what it is about', () => {
		expect(warnings.addTo([{ id: 'a' }, { id: 'b' }], 1)).toEqual([
			{ id: 'a' },
			{
				id: 'b',
				warnings: [
					{ code: 'key_inactive', message: expect.stringMatching(/: an ID\.$/) as string },
					{ code: 'rate_limit_ignored', message: expect.stringMatching(/one\.$/) as string },
				],
			},
		]);
	});

	it('an item without warnings has no column for them, and one without rows none at all', () => {
		expect(warnings.addTo([{ id: 'a' }], 0)).toEqual([{ id: 'a' }]);
		expect(warnings.addTo([], 2)).toEqual([]);
	});
});
