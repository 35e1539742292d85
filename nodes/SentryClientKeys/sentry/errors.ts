import type { HttpResponse, Method } from './types';

/**
 * What went wrong, for programs: the values are part of the node's output (`details.code`) and stay
 * as they are.
 */
export type ErrorCode =
	| 'ambiguous_name'
	| 'cancelled'
	| 'forbidden'
	| 'idempotency_conflict'
	| 'invalid_input'
	| 'invalid_token'
	| 'missing_scope'
	| 'not_found'
	| 'not_stored'
	| 'organization_token'
	| 'outcome_unknown'
	| 'rate_limited'
	| 'redirected'
	| 'rejected_fields'
	| 'renamed_project'
	| 'sentry_unavailable'
	| 'unexpected_response'
	| 'unreachable';

/** Whatever a reader of `details` can act on; never a token or a key's secret. */
export interface ErrorDetails {
	code: ErrorCode;
	/** A key that was made although the item failed. */
	createdKeyId?: string;
	/** HTTP status, where there was a response. */
	status?: number;
	/** Sentry's own words. */
	sentry?: string;
	[extra: string]: unknown;
}

/**
 * Anything that keeps an item from its result, in the words the user will read.
 *
 * `message` says what happened, `remedy` what to do next.
 */
export class SentryError extends Error {
	constructor(
		message: string,
		readonly remedy: string,
		readonly details: ErrorDetails,
		/** Sentry's response, where it was a plain refusal: nothing was changed on the server. */
		readonly refusal?: HttpResponse,
	) {
		super(message);
		this.name = 'SentryError';
	}
}

/** Whether Sentry answered that what was asked for does not exist. */
export function isNotFound(reason: unknown): reason is SentryError {
	return reason instanceof SentryError && reason.details.code === 'not_found';
}

/**
 * The same failure, and what state it left things in. Once a key was made, or may have been, it is no
 * plain refusal any more.
 */
export function withState(
	failure: SentryError,
	state: string,
	details: Record<string, unknown> = {},
): SentryError {
	return new SentryError(
		failure.message,
		`${failure.remedy} ${state}`,
		{ ...failure.details, ...details },
		'createdKeyId' in details || 'candidates' in details ? undefined : failure.refusal,
	);
}

/** Runs a step; a failure of it is told in the words that `change` finds. */
export async function rephrasing<T>(
	step: () => Promise<T>,
	change: (failure: SentryError) => SentryError,
): Promise<T> {
	return await step().catch((reason: unknown) =>
		Promise.reject(reason instanceof SentryError ? change(reason) : (reason as Error)),
	);
}

/** A parameter that can't be sent; raised before any request. */
export class InvalidInputError extends SentryError {
	constructor(
		/** The display name the user sees, such as `Rate Limit > Count`. */
		readonly field: string,
		complaint: string,
		remedy: string,
	) {
		super(`'${field}' ${complaint}`, remedy, { code: 'invalid_input', field });
		this.name = 'InvalidInputError';
	}
}

/**
 * What a dry run ends with where it would write. It is no failure, so no step that tells failures in its
 * own words may take it for one.
 */
export class WouldWrite extends Error {
	constructor(
		readonly method: Method,
		/** The key that would be changed or deleted. */
		readonly keyId: string | undefined,
		/** What would be sent. */
		readonly body: object,
	) {
		super('A dry run writes nothing');
		this.name = 'WouldWrite';
	}
}

/** The execution was cancelled while the item was waiting or under way. */
export class CancelledError extends SentryError {
	constructor(
		/** Whether a request was under way, so that it may have done its work. */
		readonly wasSent = false,
	) {
		// n8n tells a cancelled execution from a failed one by this spelling of the word.
		super('The execution was canceled', 'Run the workflow again to continue.', {
			code: 'cancelled',
		});
		this.name = 'CancelledError';
	}
}
