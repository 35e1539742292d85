import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { INode, INodeExecutionData } from 'n8n-workflow';

import { SentryError } from '../sentry/errors';
import { itemList } from './warnings';

/** An item that has no result. */
export interface Failed {
	failure: SentryError;
}

/** Changes named in an error's text; all of them are in its data. */
const CHANGES_NAMED = 20;

/** Anything thrown while an item was worked on, as one kind. */
export function asSentryError(reason: unknown): SentryError {
	if (reason instanceof SentryError) return reason;
	const { message, description } = (reason ?? {}) as { message?: unknown; description?: unknown };
	return new SentryError(
		typeof message === 'string' && message !== '' ? message : 'The item could not be processed',
		typeof description === 'string' && description !== ''
			? description
			: "Check the node's parameters, the expressions in them, and the credential.",
		{ code: 'invalid_input' },
	);
}

/** What takes the place of an item that has no result, where the node is set to continue. */
export function errorItem(
	node: INode,
	failure: SentryError,
	itemIndex: number,
): INodeExecutionData {
	const item: INodeExecutionData = {
		// n8n sends it to the node's error output only if it holds nothing but these three fields.
		json: {
			error: titleOf(failure, itemIndex),
			message: failure.remedy,
			details: { ...failure.details, itemIndex },
		},
		pairedItem: { item: itemIndex },
	};
	if (node.onError === 'continueErrorOutput') {
		// Before 2.36, n8n takes `details` for a success, but looks for an error beside the JSON first. It
		// must not be enumerable: an error that n8n copies along takes the place of the JSON afterwards.
		Object.defineProperty(item, 'error', {
			value: nodeError(node, failure, itemIndex),
			writable: true,
		});
	}
	return item;
}

/**
 * The error that stops the workflow: the lowest failed item's, with a word on the others, so that
 * nothing that was done is lost.
 *
 * @param results by item index
 * @param ofAll what stopped all items, where it was not one of them
 */
export function stopError(
	node: INode,
	results: ReadonlyArray<object | undefined>,
	ofAll?: SentryError,
): NodeApiError | NodeOperationError {
	const failures = results.flatMap((result, itemIndex) =>
		result !== undefined && 'failure' in result
			? [{ itemIndex, failure: (result as Failed).failure }]
			: [],
	);
	const done = results.flatMap((result, itemIndex) =>
		result !== undefined && 'change' in result && typeof result.change === 'string'
			? [`item ${itemIndex}: ${result.change}`]
			: [],
	);
	const [first, ...others] =
		ofAll === undefined ? failures : [{ itemIndex: 0, failure: ofAll }, ...failures];
	if (first === undefined) throw new NodeOperationError(node, 'No item failed');
	const aftermath: string[] = [];
	if (others.length > 0) {
		const open = others.filter(
			({ failure: { details } }) =>
				details.code === 'outcome_unknown' ||
				details.createdKeyId !== undefined ||
				details.candidates !== undefined,
		);
		aftermath.push(
			`Also failed: ${itemList(others.map(({ itemIndex }) => itemIndex))}.`,
			...open.map(({ itemIndex, failure }) => `${titleOf(failure, itemIndex)}. ${failure.remedy}`),
		);
	}
	if (done.length > 0) {
		const more = done.length - CHANGES_NAMED;
		aftermath.push(
			`Already done: ${done.slice(0, CHANGES_NAMED).join('; ')}${more > 0 ? `; and ${more} more, listed under the details of this message` : ''}.`,
		);
	}
	return nodeError(node, first.failure, first.itemIndex, aftermath, {
		...first.failure.details,
		...(done.length > 0 && { done }),
		...(others.length > 0 && {
			otherItems: others.map(({ itemIndex, failure }) => titleOf(failure, itemIndex)),
		}),
	});
}

/** One failed item as an error of n8n. */
export function nodeError(
	node: INode,
	failure: SentryError,
	itemIndex: number,
	aftermath: string[] = [],
	data: Record<string, unknown> = failure.details,
): NodeApiError | NodeOperationError {
	const message = titleOf(failure, itemIndex);
	const description = [failure.remedy, ...aftermath].join(' ');
	const { code, status } = failure.details;
	const error =
		code === 'invalid_input' || code === 'cancelled'
			? new NodeOperationError(node, message, { description, itemIndex })
			: // A plain object: out of an error, NodeApiError would take a message of its own.
				new NodeApiError(
					node,
					{ message },
					{ message, description, itemIndex, httpCode: status === undefined ? '' : String(status) },
				);
	// Both replace a message in which they find a Node error code, even inside a slug.
	error.message = message;
	error.description = description;
	error.context.data = data;
	return error;
}

function titleOf(failure: SentryError, itemIndex: number): string {
	const concernsAll = failure.details.code === 'cancelled';
	return concernsAll ? failure.message : `${failure.message} [item ${itemIndex}]`;
}
