import type { ProjectRef } from '../endpoints';
import { CancelledError, SentryError, withState } from '../errors';
import { isSentrys404 } from '../errorText';
import { isRecord, parseJson } from '../json';
import { wasNeverSent } from '../retryPolicy';
import type { Attempt, ClientKey } from '../types';

/** Stands for the failure of a try that another run of the node made. */
export const EARLIER_TRY = new SentryError(
	'The response to an earlier try of this item was lost',
	'The item ran before in this execution.',
	{ code: 'unreachable' },
);

/** A request whose outcome is not known; its key may exist, or come to exist. */
export interface OpenRequest {
	publicId: string | undefined;
	explanation: SentryError;
	/** Whether the server may still carry it out. */
	mayBeUnderWay: boolean;
}

/** Whether the request may have made a key although no proper response says so. */
export function isUnclear(attempt: Attempt): boolean {
	if (!('response' in attempt)) return !wasNeverSent(attempt);
	return (
		isOfWrongShape(attempt) || attempt.response.status === 408 || attempt.response.status >= 500
	);
}

/** A success without a key, or a refusal that Sentry did not write: a proxy's or a firewall's page. */
function isOfWrongShape(attempt: Attempt): boolean {
	if (!('response' in attempt)) return false;
	const { status, text } = attempt.response;
	if (status < 300) return true;
	const body = parseJson(text);
	const isSentrys = status === 404 ? isSentrys404(body) : isRecord(body);
	return (status === 400 || status === 404) && !isSentrys && text.trim() !== '';
}

/** Whether the server may carry out the request later. A 500 or a 503 says that it is done with it. */
export function mayBeUnderWay(attempt: Attempt): boolean {
	if (!('response' in attempt)) return true;
	return [408, 502, 504].includes(attempt.response.status);
}

/** The same of a failure that was told already. */
export function isOpenEnded({ details: { status } }: SentryError): boolean {
	return status === undefined || [408, 502, 504].includes(status);
}

/** Whether a 400 may be about the public ID: it names none of the fields that the user sent. */
export function mayRefusePublicId(attempt: Attempt, body: Record<string, unknown>): boolean {
	if (!('response' in attempt) || attempt.response.status !== 400 || 'public' in body) return false;
	const response = parseJson(attempt.response.text);
	return isRecord(response) && !Object.keys(body).some((field) => field in response);
}

/** Whether a refusal names the public ID as the fault. */
export function namesPublicId(attempt: Attempt): boolean {
	const response = 'response' in attempt ? parseJson(attempt.response.text) : undefined;
	return isRecord(response) && 'public' in response;
}

/**
 * A failure, with the key that may exist in spite of it.
 *
 * @param open the request whose outcome is not known
 * @param lastId the ID of the request that was under way last: a cancelled one may have made the key
 */
export function withCandidates(
	failure: SentryError,
	key: ProjectRef,
	{ open, lastId }: { open: OpenRequest | undefined; lastId: string | undefined },
): SentryError {
	if (failure.details.code === 'outcome_unknown') return failure;
	const where = `${key.organization}/${key.project}`;
	if (failure.details.code === 'cancelled') {
		const wasSent = failure instanceof CancelledError && failure.wasSent;
		if (open === undefined && !wasSent) return failure;
		const publicId = open === undefined ? lastId : open.publicId;
		return withState(
			failure,
			`A client key${publicId === undefined ? '' : ` with the ID ${publicId}`} may have been made in ${where} before that: look there first.`,
			{ candidates: publicId === undefined ? [] : [publicId] },
		);
	}
	if (open === undefined) return failure;
	const { publicId, explanation } = open;
	const ids = publicId === undefined ? [] : [publicId];
	if (failure === explanation && !isOpenEnded(explanation)) {
		return withState(
			failure,
			`If the request is carried out after all, the client key has the ID ${ids.join()} in ${where}.`,
			{ candidates: ids },
		);
	}
	return outcomeUnknown(failure, key, ids);
}

/** @param candidates the IDs of keys that may be the one whose response was lost */
export function outcomeUnknown(
	unclear: SentryError,
	key: ProjectRef,
	candidates: string[],
): SentryError {
	const likely =
		candidates.length === 0 ? '' : ` This may be the client key: ${candidates.join(', ')}.`;
	return new SentryError(
		'The client key may have been created, but its response was lost',
		`${unclear.message}. ${unclear.remedy} Whether the key exists can't be told, so it was not sent a second time: look at the client keys of ${key.organization}/${key.project} before you run this item again.${likely}`,
		{ ...unclear.details, code: 'outcome_unknown', ...(candidates.length > 0 && { candidates }) },
	);
}

/** GlitchTip answers 500 to a create without a name, and makes none up (recordings). */
export function nameNeeded(failure: SentryError): SentryError {
	return new SentryError(
		'This server wants a name for a client key',
		`Enter one in 'Name'. Without it the server failed, and made no key: ${failure.message}.`,
		{ ...failure.details, code: 'rejected_fields' },
	);
}

/** Two words, as Sentry makes up names (petname in src/sentry/models/projectkey.py), or none at all. */
const INVENTED_NAME = /^(?:\p{Lu}\S* \p{Lu}\S*)?$/u;

/** What a project's list shows of the key whose response was lost. */
export interface MadeMeanwhile {
	/** The IDs of the keys that may be it. */
	candidates: string[];
	/** Whether the list can prove that there is none: it shows older keys, so it is not another one. */
	isProof: boolean;
}

/**
 * The keys of a list that were made since a moment, with the name that was asked for.
 *
 * @param since by the server's clock, milliseconds since the epoch
 */
export function madeMeanwhile(
	keys: ClientKey[],
	{ name: wanted, since }: { name: unknown; since: number },
): MadeMeanwhile {
	// `Date` has whole seconds, and the key's own time may be rounded too.
	const isNew = ({ dateCreated }: ClientKey) => Date.parse(dateCreated ?? '') >= since - 2000;
	const candidates = keys
		.filter(isNew)
		.filter(({ name = '' }) => (wanted === undefined ? INVENTED_NAME.test(name) : name === wanted))
		.map(({ id }) => id);
	return { candidates, isProof: keys.some((one) => !isNew(one)) };
}
