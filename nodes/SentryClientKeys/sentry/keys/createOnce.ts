import { createKeyCall, getKeyCall, listKeysCall } from '../calls';
import type { ProjectRef } from '../calls';
import type { Answer, SentryClient } from '../client';
import { CancelledError, rephrasing, SentryError, withState } from '../errors';
import { isRecord, parseJson } from '../json';
import type { PublicIdSupport } from './publicIdSupport';
import { pauseAfter, wasNeverSent } from '../retryPolicy';
import type { Attempt, ClientKey } from '../types';

/** A key to be made. */
export interface NewKey extends ProjectRef {
	body: Record<string, unknown>;
	/** The public ID to ask Sentry for; without one an unclear outcome can't be settled. */
	publicId: string | undefined;
	/** Set if an earlier try of the same item ended unclear: its key may exist already. */
	unsettled?: SentryError;
}

/**
 * Creates a client key once, and only once, whatever happens to the answers.
 *
 * Sentry has no idempotency key, but takes a client-chosen `public`, which is unique in its database
 * (src/sentry/models/projectkey.py). So after an unclear outcome the key is looked up under that ID:
 * found, it is the result; missing, the same request is sent again, which at worst collides with the
 * first one. On a server that does not honour `public` an unclear outcome is reported, never repeated.
 *
 * @throws SentryError `outcome_unknown` if the key may exist; any other if it does not
 */
export async function createOnce(
	client: SentryClient,
	key: NewKey,
	support: PublicIdSupport,
): Promise<Answer<ClientKey>> {
	let mayExist = key.unsettled !== undefined;
	return await rephrasing(
		async () => await createUntilClear(client, key, support, () => (mayExist = true)),
		(failure) => {
			const wasSent = failure instanceof CancelledError && failure.wasSent;
			if (failure.details.code !== 'cancelled' || !(mayExist || wasSent)) return failure;
			const { publicId } = key;
			return withState(
				failure,
				`A client key${publicId === undefined ? '' : ` with the ID ${publicId}`} may have been made in ${key.organization}/${key.project} before that: look there first.`,
				{ candidates: publicId === undefined ? [] : [publicId] },
			);
		},
	);
}

/** @param onUnclear called once a request may have made the key although no answer says so */
async function createUntilClear(
	client: SentryClient,
	key: NewKey,
	support: PublicIdSupport,
	onUnclear: () => void,
): Promise<Answer<ClientKey>> {
	const startedAt = client.clock.now();
	let publicId = support.isRefused ? undefined : key.publicId;
	let unclear = key.unsettled;
	for (let retries = 0; ; retries++) {
		if (unclear !== undefined) {
			const found = await settle(client, { ...key, publicId }, support, unclear, startedAt);
			if (found !== undefined) return found;
			// Something that answers in the wrong shape would only do so again.
			if (retries > client.maxRetries || unclear.details.code === 'unexpected_answer') {
				throw unclear;
			}
		}

		const body = publicId === undefined ? key.body : { ...key.body, public: publicId };
		const call = createKeyCall(key, body);
		const attempt = await support.whilePosting(publicId, async () => await client.attempt(call));
		const created = client.successOf<ClientKey>(call, attempt);
		if (created !== undefined) {
			support.learn({ asked: publicId, wanted: key.publicId, got: created.body.id });
			return created;
		}

		if (isUnclear(attempt)) {
			unclear = client.explain(call, attempt);
			onUnclear();
			if (retries < client.maxRetries) await pause(client, attempt, retries);
			continue;
		}
		unclear = undefined;
		if (publicId !== undefined && mayRefusePublicId(attempt, key.body)) {
			// A 400 means that nothing was created, so asking without the ID can't make a second key.
			publicId = undefined;
			continue;
		}
		const delay = client.retryDelay('POST', attempt, retries);
		if (delay === undefined) throw client.explain(call, attempt);
		await client.clock.sleep(delay);
	}
}

/**
 * Finds out what became of a request whose outcome is unclear.
 *
 * @returns the key it made, or undefined if it made none and may be sent again
 * @throws SentryError `outcome_unknown`
 */
async function settle(
	client: SentryClient,
	key: NewKey,
	support: PublicIdSupport,
	unclear: SentryError,
	startedAt: number,
): Promise<Answer<ClientKey> | undefined> {
	if (key.publicId === undefined) {
		throw outcomeUnknown(unclear, await keysMadeSince(client, key, support, startedAt));
	}
	const lookup = await client.request<ClientKey>(getKeyCall(key, key.publicId)).catch(asError);
	if (!(lookup instanceof SentryError)) {
		support.learn({ asked: key.publicId, wanted: key.publicId, got: key.publicId });
		return lookup;
	}
	if (lookup.details.code === 'cancelled') throw lookup;
	if (lookup.details.code !== 'not_found') throw outcomeUnknown(unclear, []);

	await support.waitForEvidence(client.clock);
	if (support.isHonoured) return undefined;
	const candidates = await keysMadeSince(client, key, support, startedAt);
	if (candidates.length === 0 && (await support.ask(client, key))) return undefined;
	throw outcomeUnknown(unclear, candidates);
}

/** Whether the request may have made a key although no proper answer says so. */
function isUnclear(attempt: Attempt): boolean {
	if (!('answer' in attempt)) return !wasNeverSent(attempt);
	const { status } = attempt.answer;
	return status < 300 || status === 408 || status >= 500;
}

/** Whether a 400 may be about the public ID: it names none of the fields that the user sent. */
function mayRefusePublicId(attempt: Attempt, body: NewKey['body']): boolean {
	if (!('answer' in attempt) || attempt.answer.status !== 400 || 'public' in body) return false;
	const answer = parseJson(attempt.answer.text);
	return !isRecord(answer) || !Object.keys(body).some((field) => field in answer);
}

/**
 * The IDs of keys that may be the one whose answer was lost: made since, with the same name, and not
 * under an ID that this run asked for. Best effort: an empty list proves nothing.
 */
async function keysMadeSince(
	client: SentryClient,
	key: NewKey,
	support: PublicIdSupport,
	startedAt: number,
): Promise<string[]> {
	const answer = await client.request<ClientKey[]>(listKeysCall(key)).catch(asError);
	if (answer instanceof SentryError) return [];
	const now = client.clock.now();
	const serverNow = Date.parse(answer.headers.date ?? '') || now;
	// `Date` has whole seconds, and the key's own time may be rounded too.
	const since = serverNow - (now - startedAt) - 2000;
	return answer.body
		.filter(({ dateCreated }) => Date.parse(dateCreated ?? '') >= since)
		.filter(({ name }) => key.body.name === undefined || name === key.body.name)
		.map(({ id }) => id)
		.filter((id) => !support.wasAskedFor(id));
}

function outcomeUnknown(unclear: SentryError, candidates: string[]): SentryError {
	const likely = candidates.length === 0 ? '' : ` Made at that moment: ${candidates.join(', ')}.`;
	return new SentryError(
		'The client key may have been created, but its answer was lost',
		`${unclear.message}. ${unclear.remedy} This Sentry can't tell whether the key exists, so it was not sent a second time: look at the project's client keys before you run this item again.${likely}`,
		{ ...unclear.details, code: 'outcome_unknown', ...(candidates.length > 0 && { candidates }) },
	);
}

async function pause(client: SentryClient, attempt: Attempt, retries: number): Promise<void> {
	const { clock } = client;
	await clock.sleep(pauseAfter(attempt, { retries, now: clock.now(), random: clock.random() }));
}

function asError(reason: unknown): SentryError {
	return reason instanceof SentryError
		? reason
		: new SentryError(String(reason), '', { code: 'unexpected_answer' });
}
