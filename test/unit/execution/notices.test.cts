import type { IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';

import { Notices } from '../../../nodes/SentryClientKeys/execution/notices.ts';
import type { Notice } from '../../../nodes/SentryClientKeys/execution/notices.ts';

/** The hints that the editor would show. */
function shown(...added: Array<[Notice, number]>): NodeExecutionHint[] {
	const hints: NodeExecutionHint[] = [];
	const notices = new Notices();
	for (const [notice, itemIndex] of added) notices.add(notice, itemIndex);
	notices.show({
		addExecutionHints: (...more: NodeExecutionHint[]) => hints.push(...more),
	} as unknown as IExecuteFunctions);
	return hints;
}

it('a run without notices shows none', () => {
	expect(shown()).toEqual([]);
});

it('a notice is shown once, as a warning above the output, with its items in order', () => {
	const hints = shown(['rateLimitIgnored', 7], ['rateLimitIgnored', 2]);
	expect(hints).toMatchObject([{ type: 'warning', location: 'outputPane' }]);
	expect(hints[0]?.message).toMatch(/stored no rate limit.*\(items 2, 7\)\.$/);
});

it('each kind has its own hint', () => {
	const hints = shown(['rateLimitIgnored', 0], ['idempotencyKeyIgnored', 1]);
	expect(hints.map(({ message }) => message)).toEqual([
		expect.stringMatching(/rate limit.*\(item 0\)\.$/),
		expect.stringMatching(/'Idempotency Key' has no effect.*\(item 1\)\.$/),
	]);
});

it('of a thousand items the first ten are named', () => {
	const [hint] = shown(
		...Array.from({ length: 1000 }, (_, n): [Notice, number] => ['rateLimitIgnored', n]),
	);
	expect(hint?.message).toContain('(items 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 990 more)');
});
