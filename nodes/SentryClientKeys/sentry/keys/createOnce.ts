import { createKeyCall, findKey, listKeysCall } from '../endpoints';
import type { ProjectRef } from '../endpoints';
import type { ApiResponse, ApiCall, SentryClient } from '../client';
import { rephrasing, SentryError, withState } from '../errors';
import { isRecord } from '../json';
import { refusable } from '../lookUp';
import { serverNow } from '../serverTime';
import {
	EARLIER_TRY,
	isUnclear,
	madeMeanwhile,
	mayBeUnderWay,
	mayRefusePublicId,
	nameNeeded,
	namesPublicId,
	outcomeUnknown,
	withCandidates,
} from './createOutcome';
import type { MadeMeanwhile, OpenRequest } from './createOutcome';
import type { PublicIdSupport } from './publicIdSupport';
import { OLDEST_OWN_MS } from './publicId';
import type { IdChoice } from './publicId';
import type { ClientKey } from '../types';

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

export interface Created extends ApiResponse<ClientKey> {
	/**
	 * The key was there before: an earlier try made it, or an idempotency key found it. Nothing may be
	 * written to it as to a new one.
	 */
	wasThere?: boolean;
	/** A request for the same key may still be carried out: after a deletion it would make the key again. */
	mayReturn?: boolean;
}

/**
 * Creates a client key once, and only once, whatever happens to the responses.
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
	private open: OpenRequest | undefined;
	/** The failure after which the key has not been looked for yet. */
	private unsettled: SentryError | undefined;
	/** The key, if a look-up found it. */
	private found: Created | undefined;
	/** The request under way, or the last one: a cancelled one may have made the key. */
	private lastSent: UnsettledTry | undefined;
	/** How many requests for this key the server may still carry out, or has carried out. */
	private underWay = 0;
	private isPosting = false;
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
		if (unsettled === undefined) return;
		this.publicId = unsettled.publicId;
		this.unsettled = EARLIER_TRY;
		this.underWay = 1;
		this.open = {
			publicId: unsettled.publicId,
			explanation: EARLIER_TRY,
			mayBeUnderWay: true,
		};
	}

	async run(): Promise<Created> {
		const isFixed = this.key.ids?.isFixed === true && this.publicId !== undefined;
		if (isFixed && this.open === undefined) {
			const found = await this.find();
			if (found !== undefined) return { ...found, wasThere: true };
		}
		try {
			return await this.post();
		} finally {
			this.endPosting();
		}
	}

	private async post(): Promise<Created> {
		const { client, key } = this;
		let failure = EARLIER_TRY;
		for await (const { call, attempt } of client.tries(async () => await this.nextCall(), 'GET')) {
			this.endPosting();
			const created = client.successOf<ClientKey>(call, attempt);
			if (created !== undefined && !this.isOfAnother(created)) return this.accept(created);
			failure = client.explain(call, attempt);
			if (isUnclear(attempt)) {
				this.unsettled = failure;
				const underWay = mayBeUnderWay(attempt);
				this.underWay += underWay ? 1 : 0;
				if (underWay || this.open?.mayBeUnderWay !== true) {
					this.open = { publicId: this.publicId, explanation: failure, mayBeUnderWay: underWay };
				}
			} else if (
				this.publicId !== undefined &&
				!this.support.isHonoured &&
				mayRefusePublicId(attempt, key.body)
			) {
				// Nothing was made, if nothing stands under the ID: then asking without it makes no second key.
				// A server that names the ID as the fault has refused the requests before as well.
				if (this.open !== undefined && !namesPublicId(attempt)) throw failure;
				this.open = undefined;
				const found = await this.find();
				if (found !== undefined) return found;
				this.publicId = undefined;
				return await this.post();
			}
		}
		await this.settle();
		if (this.found !== undefined) return this.found;
		throw failure;
	}

	/** The next request; undefined if the key was found, so that none is needed. */
	private async nextCall(): Promise<ApiCall | undefined> {
		await this.settle();
		if (this.found !== undefined) return undefined;
		// The server was done with the request, and its ID shows that no key has come of it.
		if (this.open?.mayBeUnderWay === false && this.support.isHonoured) this.open = undefined;
		const { key, publicId, startedAt } = this;
		this.lastSent = { publicId, firstSentAt: startedAt };
		key.onSend?.(this.lastSent);
		this.support.beginPosting(publicId);
		this.isPosting = true;
		return createKeyCall(
			key,
			publicId === undefined ? key.body : { ...key.body, public: publicId },
		);
	}

	private endPosting(): void {
		if (this.isPosting) this.support.endPosting();
		this.isPosting = false;
	}

	/** A failure, with the key that may exist in spite of it. */
	named(failure: SentryError): SentryError {
		return withCandidates(failure, this.key, { open: this.open, lastId: this.lastSent?.publicId });
	}

	/** Whether something between n8n and the server answered with a key that another request made. */
	private isOfAnother(created: ApiResponse<ClientKey>): boolean {
		const { id, dateCreated } = created.body;
		if (id === this.publicId) return false;
		const age = serverNow(created, this.client.clock.now()) - Date.parse(dateCreated ?? '');
		return this.support.wasAskedFor(id) || age > OLDEST_OWN_MS;
	}

	private accept(created: ApiResponse<ClientKey>): Created {
		const { id } = created.body;
		const wanted = this.key.ids?.at(0);
		this.support.learn({ asked: this.publicId, wanted, got: id });
		if (this.open === undefined || id === this.open.publicId) {
			return { ...created, ...(this.underWay > 0 && { mayReturn: true }) };
		}
		// This server does not honour the ID after all, so the request before may have made a key as well.
		throw new SentryError(
			'The client key was created, and an earlier request may have created a second one',
			`The client key ${id} was created in ${this.key.organization}/${this.key.project}, but the response to the request before it was lost: ${this.open.explanation.message}. Look for a second key and delete the one that you don't need.`,
			{ code: 'outcome_unknown', createdKeyId: id, candidates: [id] },
		);
	}

	/**
	 * Finds out what became of a request whose outcome is unclear, if there is one: its key, or that the
	 * request may be sent again.
	 *
	 * @throws SentryError `outcome_unknown`
	 */
	private async settle(): Promise<void> {
		const { client, key, support, unsettled } = this;
		if (unsettled === undefined) return;
		this.unsettled = undefined;
		const wasThere = this.lastSent === undefined;
		const before = this.publicId;
		const unknown = (ids: string[]) => outcomeUnknown(unsettled, key, ids);
		if (before !== undefined) {
			const found = await this.find(() => unknown([before]));
			if (found !== undefined) {
				// One of the requests has made it.
				const mayReturn = this.underWay > 1;
				this.found = { ...found, ...(wasThere && { wasThere }), ...(mayReturn && { mayReturn }) };
				return;
			}
			await support.waitForEvidence(client.clock);
			if (support.isHonoured) return;
		}
		const made = await this.madeSince();
		// Unless the server is known not to read the ID, the key may come to have it.
		const isRefuted = support.isIgnored || client.names.areIdsUuids;
		const named = before === undefined || isRefuted ? [] : [before];
		if (made === undefined) throw unknown(named);
		if (made.candidates.length > 0) throw unknown([...made.candidates, ...named]);
		const isRead = before === undefined ? false : await support.ask(client, key);
		if (isRead === true) return;
		if (made.isProof && this.open?.mayBeUnderWay === false) {
			this.open = undefined;
			if (unsettled.details.status !== 500) throw unsettled;
			if (key.body.name === undefined) throw nameNeeded(unsettled);
			throw isRecord(key.body.rateLimit)
				? withState(
						unsettled,
						'No key was made. If it goes on, try a smaller rate limit: some servers take a count and a window of at most 32767.',
					)
				: unsettled;
		}
		throw unknown(isRead === undefined ? named : []);
	}

	/**
	 * The key under the ID, if it is the intended one. If it is another one, the next ID is taken.
	 *
	 * @param change how to tell a look-up that failed
	 * @throws SentryError
	 */
	private async find(
		change: (failure: SentryError) => SentryError = (failure) => failure,
	): Promise<ApiResponse<ClientKey> | undefined> {
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
			if (key.ids.isOwn(lookup.body, serverNow(lookup, client.clock.now()))) {
				this.open = open;
				return lookup;
			}
			this.step += 1;
			this.publicId = key.ids.at(this.step);
		}
	}

	/** @returns undefined where the list can't be read: what is not seen may still be there */
	private async madeSince(): Promise<MadeMeanwhile | undefined> {
		const { client, key, support, startedAt } = this;
		const response = await refusable(client.request<ClientKey[]>(listKeysCall(key)));
		if (response === undefined) return undefined;
		const now = client.clock.now();
		const { candidates, isProof } = madeMeanwhile(response.body, {
			name: key.body.name,
			since: serverNow(response, now) - (now - startedAt),
		});
		return { candidates: candidates.filter((id) => !support.wasAskedFor(id)), isProof };
	}
}
