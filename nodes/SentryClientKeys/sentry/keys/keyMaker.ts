import { findKey } from '../endpoints';
import type { ProjectRef } from '../endpoints';
import type { SentryClient } from '../client';
import { InvalidInputError, rephrasing, SentryError, withState } from '../errors';
import { createOnce } from './createOnce';
import type { Created, UnsettledTry } from './createOnce';
import { isMarked, markedId } from './markedId';
import type { Purpose } from './markedId';
import { chosenId, derivePublicId, idempotentId, isPublicId, itemIds } from './publicId';
import type { IdChoice } from './publicId';
import type { ServerKeys } from './serverKeys';

/** What an earlier try of an item left behind. */
export interface Remembered {
	/** Whether it was done; otherwise the outcome of its request is unclear. */
	isSettled: boolean;
	/** The ID of the key, or the one that the request carried; undefined if there is none. */
	publicId: string | undefined;
	/** When the first try was sent, by the clock of its machine in milliseconds since the epoch. */
	firstSentAt: number;
}

/** What is kept of one item between its tries. */
export interface ItemMemory {
	recall(deed: object): Remembered | undefined;
	remember(deed: object, remembered: Remembered): void;
}

/** What stands for one item of one run, the same on every try and every worker. */
export interface ItemIdentity {
	/** Unique among all n8n instances. */
	executionId: string;
	nodeId: string;
	runIndex: number;
	itemIndex: number;
}

/** A key to be made, before it is decided how. */
export interface KeyCreation extends ProjectRef {
	body: Record<string, unknown>;
	/** The user's own name for the intended key; takes the place of the item's identity. */
	idempotencyKey?: string | undefined;
	/** What the key is for; its ID shows it. */
	purpose?: Purpose;
	/** Whether a public ID may be chosen for the key. */
	isSafe: boolean;
}

/** Makes the keys of one item exactly once, also when n8n runs the item again. */
export class KeyMaker {
	constructor(
		readonly sentry: SentryClient,
		readonly server: ServerKeys,
		private readonly identity: ItemIdentity,
		private readonly memory: ItemMemory,
	) {}

	/**
	 * Makes a key, or finds the one that an earlier try made.
	 *
	 * @throws SentryError with `candidates` if the key may exist; without them it does not
	 */
	async make(creation: KeyCreation): Promise<Created> {
		const { sentry, server } = this;
		const deeds = this.deedsOf(creation);
		const earlier = deeds.map((deed) => this.memory.recall(deed)).find((one) => one !== undefined);
		const known = earlier?.isSettled === true ? earlier.publicId : undefined;
		if (known !== undefined) {
			const found = await rephrasing(
				async () => await findKey(sentry, creation, known),
				(failure) =>
					withState(failure, `An earlier try of this item created the client key ${known}.`, {
						createdKeyId: known,
					}),
			);
			if (found !== undefined) return { ...found, wasThere: true };
		}
		const firstSentAt = earlier?.firstSentAt ?? sentry.clock.now();
		const ids = await this.idsFor(creation, firstSentAt, earlier);
		let sent: UnsettledTry | undefined;
		const created = await createOnce(
			sentry,
			{
				...creation,
				ids,
				...(earlier?.isSettled === false && { unsettled: earlier }),
				onSend: (request) => (sent = request),
			},
			server.publicIds,
		).catch((reason: unknown) => {
			if (reason instanceof SentryError && mayHaveMadeKey(reason)) {
				const { publicId } = sent ?? earlier ?? {};
				this.rememberAll(deeds, { isSettled: false, publicId, firstSentAt });
			}
			return Promise.reject(reason);
		});
		this.rememberAll(deeds, { isSettled: true, publicId: created.body.id, firstSentAt });
		return created;
	}

	/**
	 * What stands for a creation in the item's memory: what is asked for; of a plain one also the try itself,
	 * because an expression may give another name each time (`$now`) when Retry On Fail runs it again.
	 */
	private deedsOf(creation: KeyCreation): object[] {
		if (creation.purpose !== undefined) return [deedOf(creation)];
		const { organization, project } = creation;
		const { executionId } = this.identity;
		return [deedOf(creation), { organization, project, executionId }];
	}

	private rememberAll(deeds: object[], remembered: Remembered): void {
		for (const deed of deeds) this.memory.remember(deed, remembered);
	}

	/** What an earlier try of this item left of a key for a purpose. */
	earlierTry(project: ProjectRef, purpose: Purpose): Remembered | undefined {
		return this.memory.recall(deedOf({ ...project, body: {}, isSafe: true, purpose }));
	}

	/** Whether a key was made for a purpose, by this n8n. */
	isMarked(purpose: Purpose, candidate: string): boolean {
		return isMarked(this.server.secret, purpose, candidate);
	}

	/** Notes that this item did something, for the case that n8n runs it again in this execution. */
	remember(deed: object): void {
		const firstSentAt = this.sentry.clock.now();
		this.memory.remember(deed, { isSettled: true, publicId: undefined, firstSentAt });
	}

	/** Whether an earlier try of this item did something. */
	remembers(deed: object): boolean {
		return this.memory.recall(deed) !== undefined;
	}

	/** @throws InvalidInputError if the server is known to choose the IDs of keys itself */
	private refuseIfIgnored(): void {
		const { publicIds } = this.server;
		if (!publicIds.isIgnored && !publicIds.isRefused) return;
		throw new InvalidInputError(
			'Options > Idempotency Key',
			"can't hold on this server, which chooses the IDs of its keys itself",
			"Nothing was created. Remove the option, or use 'Create or Update', which finds a key by its name.",
		);
	}

	/**
	 * @param earlier what an earlier try did. The key that it made was deleted since, and must not return;
	 * one that it may have made is the one, however old it is by now
	 */
	private async idsFor(
		{ body, isSafe, idempotencyKey, purpose, ...project }: KeyCreation,
		startedAt: number,
		earlier: Remembered | undefined,
	): Promise<IdChoice | undefined> {
		if (!isSafe) return undefined;
		if (isPublicId(body.public)) {
			return chosenId(body.public, () => this.sentry.clock.now() - startedAt);
		}
		const { secret } = this.server;
		if (idempotencyKey !== undefined) {
			this.refuseIfIgnored();
			const { id: projectId } = await this.server.project(project);
			const id = derivePublicId(secret, ['idempotency key', idempotencyKey, projectId]);
			return idempotentId(id, body);
		}
		const { executionId, nodeId, runIndex, itemIndex } = this.identity;
		const { organization, project: name } = project;
		const parts: Array<string | number> = [
			executionId,
			nodeId,
			runIndex,
			itemIndex,
			organization,
			name,
		];
		const [gone, sent] =
			earlier?.isSettled === true ? [earlier.publicId] : [undefined, earlier?.publicId];
		// So the IDs that follow are others than the one that is gone, and than those before it.
		if (gone !== undefined) parts.push(gone);
		const derive = (step: number) =>
			purpose === undefined
				? derivePublicId(secret, ['execution', ...parts, step])
				: markedId(secret, purpose, JSON.stringify([...parts, step]));
		const isNamed = purpose?.[0] === 'name';
		const ids = itemIds(derive, body, { hasOwnLimit: !isNamed, sent });
		if (purpose?.[0] !== 'successor') return ids;
		// A new key that is off was switched off by somebody, and does not take the place of one that works.
		return { ...ids, isOwn: (found, now) => found.isActive !== false && ids.isOwn(found, now) };
	}
}

/**
 * What stands for one creation in an item's memory: another target or body is another creation, but a
 * rotation is the same one whatever its old key looks like by now.
 */
function deedOf({ organization, project, purpose, ...creation }: KeyCreation): object {
	return purpose?.[0] === 'successor'
		? { organization, project, purpose }
		: { organization, project, ...creation };
}

/** Whether the key may exist although no response says so. */
function mayHaveMadeKey({ details }: SentryError): boolean {
	return details.code === 'outcome_unknown' || details.candidates !== undefined;
}
