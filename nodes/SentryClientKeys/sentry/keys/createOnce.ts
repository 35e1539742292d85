import { createKeyCall, findKey, listKeysCall } from '../calls';
import type { ProjectRef } from '../calls';
import type { Answer, SentryClient } from '../client';
import { CancelledError, rephrasing, SentryError, withState } from '../errors';
import { isRecord, parseJson } from '../json';
import type { PublicIdSupport } from './publicIdSupport';
import type { IdChoice } from './publicId';
import { pauseAfter, wasNeverSent } from '../retryPolicy';
import type { Attempt, ClientKey } from '../types';

/** A request of an earlier try of the same item whose outcome is not known. */
export interface UnsettledTry {
	/** The ID that it carried; undefined if it carried none. */
	publicId: string | undefined;
	/** This machine's clock, milliseconds since the epoch. */
	firstSentAt: number;
}

/** A key to be made. */
export interface NewKey extends ProjectRef {
	body: Record<string, unknown>;
	/** The public IDs to ask Sentry for; without them an unclear outcome can't be settled. */
	ids: IdChoice | undefined;
	/** Set if an earlier try of the same item ended unclear: its key may exist already. */
	unsettled?: UnsettledTry;
	/** Called before each request, with the ID that it carries. */
	onSend?: (sent: UnsettledTry) => void;
}

export interface Created extends Answer<ClientKey> {
	/**
	 * The key was there before: an earlier try made it, or an idempotency key found it. Nothing may be
	 * written to it as to a new one.
	 */
	wasThere?: boolean;
}

/**
 * Creates a client key once, and only once, whatever happens to the answers.
 *
 * Sentry has no idempotency key, but takes a client-chosen `public`, which is unique in its database
 * (src/sentry/models/projectkey.py). So after an unclear outcome the key is looked up under that ID:
 * found, it is the result; missing, the same request is sent again, which at worst collides with the
 * first one. On a server that does not honour `public` an unclear outcome is reported, never repeated.
 *
 * @throws SentryError with `candidates` if the key may exist; without them it does not
 */
export async function createOnce(
	client: SentryClient,
	key: NewKey,
	support: PublicIdSupport,
): Promise<Created> {
	const creation = new Creation(client, key, support);
	return await rephrasing(
		async () => await creation.run(),
		(failure) => creation.named(failure),
	);
}

class Creation {
	private readonly startedAt: number;
	/** The first request whose outcome is not known; it may still be carried out. */
	private open: { publicId: string | undefined; explanation: SentryError } | undefined;
	/** Whether a request is under way, so that a cancelled one may have made the key. */
	private lastSent: UnsettledTry | undefined;
	private step = 0;
	private publicId: string | undefined;

	constructor(
		private readonly client: SentryClient,
		private readonly key: NewKey,
		private readonly support: PublicIdSupport,
	) {
		const { unsettled, ids } = key;
		this.startedAt = unsettled?.firstSentAt ?? client.clock.now();
		this.publicId = support.isRefused ? undefined : ids?.at(0);
		if (unsettled !== undefined) {
			this.publicId = unsettled.publicId;
			this.open = { publicId: unsettled.publicId, explanation: EARLIER_TRY };
		}
	}

	async run(): Promise<Created> {
		const { client, key, support } = this;
		if (this.open !== undefined) {
			const found = await this.settle(this.open.explanation);
			if (found !== undefined) return { ...found, wasThere: true };
		} else if (key.ids?.isFixed === true && this.publicId !== undefined) {
			const found = await this.find();
			if (found !== undefined) return { ...found, wasThere: true };
		}
		for (let retries = 0; ; retries++) {
			const { publicId } = this;
			const body = publicId === undefined ? key.body : { ...key.body, public: publicId };
			const call = createKeyCall(key, body);
			this.lastSent = { publicId, firstSentAt: this.startedAt };
			key.onSend?.(this.lastSent);
			const attempt = await support.whilePosting(publicId, async () => await client.attempt(call));
			const created = client.successOf<ClientKey>(call, attempt);
			if (created !== undefined) return this.accept(created);

			if (isUnclear(attempt)) {
				const explanation = client.explain(call, attempt);
				if (mayBeUnderWay(attempt) || this.open === undefined)
					this.open = { publicId, explanation };
				if (retries < client.maxRetries) await this.pause(attempt, retries);
				const found = await this.settle(explanation);
				if (found !== undefined) return found;
				// Something that answers in the wrong shape would only do so again.
				if (retries >= client.maxRetries || isOfWrongShape(attempt)) throw explanation;
				if (!mayBeUnderWay(attempt) && this.open?.explanation === explanation)
					this.open = undefined;
				continue;
			}
			if (publicId !== undefined && mayRefusePublicId(attempt, key.body)) {
				// Nothing was made, if nothing stands under the ID: then asking without it makes no second key.
				if (this.open !== undefined) throw client.explain(call, attempt);
				const found = await this.find();
				if (found !== undefined) return found;
				this.publicId = undefined;
				continue;
			}
			const delay = client.retryDelay('POST', attempt, retries);
			if (delay === undefined) throw client.explain(call, attempt);
			await client.clock.sleep(delay);
		}
	}

	/** A failure, with the key that may exist in spite of it. */
	named(failure: SentryError): SentryError {
		if (failure.details.code === 'outcome_unknown') return failure;
		const { organization, project } = this.key;
		if (failure.details.code === 'cancelled') {
			const wasSent = failure instanceof CancelledError && failure.wasSent;
			if (this.open === undefined && !wasSent) return failure;
			const publicId = (this.open ?? this.lastSent)?.publicId;
			return withState(
				failure,
				`A client key${publicId === undefined ? '' : ` with the ID ${publicId}`} may have been made in ${organization}/${project} before that: look there first.`,
				{ candidates: publicId === undefined ? [] : [publicId] },
			);
		}
		if (this.open === undefined) return failure;
		const { publicId, explanation } = this.open;
		const ids = publicId === undefined ? [] : [publicId];
		if (failure === explanation && !isOpenEnded(explanation)) {
			return withState(
				failure,
				`If the request is carried out after all, the client key has the ID ${ids.join()} in ${organization}/${project}.`,
				{ candidates: ids },
			);
		}
		return outcomeUnknown(failure, this.key, ids);
	}

	private accept(created: Answer<ClientKey>): Created {
		const { id } = created.body;
		const wanted = this.key.ids?.at(0);
		this.support.learn({ asked: this.publicId, wanted, got: id });
		if (this.open === undefined || id === this.open.publicId) return created;
		// This server does not honour the ID after all, so the request before may have made a key as well.
		throw new SentryError(
			'The client key was created, and an earlier request may have created a second one',
			`The client key ${id} was created in ${this.key.organization}/${this.key.project}, but the answer to the request before it was lost: ${this.open.explanation.message}. Look for a second key and delete the one that you don't need.`,
			{ code: 'outcome_unknown', createdKeyId: id, candidates: [id] },
		);
	}

	/**
	 * Finds out what became of a request whose outcome is unclear.
	 *
	 * @returns the key it made, or undefined if the request may be sent again
	 * @throws SentryError `outcome_unknown`
	 */
	private async settle(unclear: SentryError): Promise<Created | undefined> {
		const { client, key, support } = this;
		if (this.publicId === undefined) throw outcomeUnknown(unclear, key, await this.madeSince());
		const before = this.publicId;
		const found = await this.find(() => outcomeUnknown(unclear, key, [before]));
		if (found !== undefined) return found;
		await support.waitForEvidence(client.clock);
		if (support.isHonoured) return undefined;
		const candidates = await this.madeSince();
		if (candidates.length > 0) throw outcomeUnknown(unclear, key, candidates);
		const isRead = await support.ask(client, key);
		if (isRead === true) return undefined;
		// Unless the server is known not to read the ID, the key may come to have it.
		throw outcomeUnknown(unclear, key, isRead === undefined ? [before] : []);
	}

	/**
	 * The key under the ID, if it is the intended one. If it is another one, the next ID is taken.
	 *
	 * @param change how to tell a look-up that failed
	 * @throws SentryError
	 */
	private async find(
		change: (failure: SentryError) => SentryError = (failure) => failure,
	): Promise<Answer<ClientKey> | undefined> {
		const { client, key, support } = this;
		for (;;) {
			const { publicId } = this;
			if (publicId === undefined || key.ids === undefined) return undefined;
			const lookup = await rephrasing(
				async () => await findKey(client, key, publicId),
				(failure) => (failure.details.code === 'cancelled' ? failure : change(failure)),
			);
			if (lookup === undefined) return undefined;
			support.learn({ asked: publicId, wanted: publicId, got: publicId });
			const { open } = this;
			// Should it be another key, then the ID was taken, and no request can have made one under it.
			if (open?.publicId === publicId) this.open = undefined;
			if (key.ids.isOwn(lookup.body, serverNow(lookup, client))) {
				this.open = open;
				return lookup;
			}
			this.step += 1;
			this.publicId = key.ids.at(this.step);
		}
	}

	/**
	 * The IDs of keys that may be the one whose answer was lost: made since the first try, with the same
	 * name, and not under an ID that this run asked for. Best effort: an empty list proves nothing.
	 */
	private async madeSince(): Promise<string[]> {
		const { client, key, support, startedAt } = this;
		const answer = await client.request<ClientKey[]>(listKeysCall(key)).catch(asError);
		if (answer instanceof SentryError) return [];
		// `Date` has whole seconds, and the key's own time may be rounded too.
		const since = serverNow(answer, client) - (client.clock.now() - startedAt) - 2000;
		return answer.body
			.filter(({ dateCreated }) => Date.parse(dateCreated ?? '') >= since)
			.filter(({ name }) => key.body.name === undefined || name === key.body.name)
			.map(({ id }) => id)
			.filter((id) => !support.wasAskedFor(id));
	}

	private async pause(attempt: Attempt, retries: number): Promise<void> {
		const { clock } = this.client;
		await clock.sleep(pauseAfter(attempt, { retries, now: clock.now(), random: clock.random() }));
	}
}

const EARLIER_TRY = new SentryError(
	'The answer to an earlier try of this item was lost',
	'The item ran before in this execution.',
	{ code: 'unreachable' },
);

/** Whether the request may have made a key although no proper answer says so. */
function isUnclear(attempt: Attempt): boolean {
	if (!('answer' in attempt)) return !wasNeverSent(attempt);
	return isOfWrongShape(attempt) || attempt.answer.status === 408 || attempt.answer.status >= 500;
}

/** A success without a key, or a refusal that Sentry did not write: a proxy's or a firewall's page. */
function isOfWrongShape(attempt: Attempt): boolean {
	if (!('answer' in attempt)) return false;
	const { status, text } = attempt.answer;
	if (status < 300) return true;
	return (status === 400 || status === 404) && !isRecord(parseJson(text)) && text.trim() !== '';
}

/** Whether the server may carry out the request later. A 500 or a 503 says that it is done with it. */
function mayBeUnderWay(attempt: Attempt): boolean {
	if (!('answer' in attempt)) return true;
	return [408, 502, 504].includes(attempt.answer.status);
}

function isOpenEnded({ details: { status } }: SentryError): boolean {
	return status === undefined || [408, 502, 504].includes(status);
}

/** Whether a 400 may be about the public ID: it names none of the fields that the user sent. */
function mayRefusePublicId(attempt: Attempt, body: NewKey['body']): boolean {
	if (!('answer' in attempt) || attempt.answer.status !== 400 || 'public' in body) return false;
	const answer = parseJson(attempt.answer.text);
	return isRecord(answer) && !Object.keys(body).some((field) => field in answer);
}

function outcomeUnknown(unclear: SentryError, key: ProjectRef, candidates: string[]): SentryError {
	const likely =
		candidates.length === 0 ? '' : ` This may be the client key: ${candidates.join(', ')}.`;
	return new SentryError(
		'The client key may have been created, but its answer was lost',
		`${unclear.message}. ${unclear.remedy} Whether the key exists can't be told, so it was not sent a second time: look at the client keys of ${key.organization}/${key.project} before you run this item again.${likely}`,
		{ ...unclear.details, code: 'outcome_unknown', ...(candidates.length > 0 && { candidates }) },
	);
}

/** The server's clock, milliseconds since the epoch; this machine's where the answer has no `Date`. */
function serverNow({ headers }: Answer, client: SentryClient): number {
	return Date.parse(headers.date ?? '') || client.clock.now();
}

function asError(reason: unknown): SentryError {
	return reason instanceof SentryError
		? reason
		: new SentryError(String(reason), '', { code: 'unexpected_answer' });
}
