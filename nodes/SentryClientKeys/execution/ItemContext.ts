import { findKey } from '../sentry/calls';
import type { ProjectRef } from '../sentry/calls';
import type { SentryClient } from '../sentry/client';
import { createOnce } from '../sentry/keys/createOnce';
import type { Created, NewKey, UnsettledTry } from '../sentry/keys/createOnce';
import { rephrasing, SentryError, withState } from '../sentry/errors';
import { isMarked, markedId } from '../sentry/keys/markedId';
import type { Purpose } from '../sentry/keys/markedId';
import {
	chosenId,
	derivePublicId,
	idempotentId,
	isPublicId,
	itemIds,
} from '../sentry/keys/publicId';
import type { IdChoice } from '../sentry/keys/publicId';
import type { Connection } from './connections';
import type { CreationMemory } from './CreationMemory';
import type { Notice, Notices } from './notices';

/** A key to be made, before it is decided how. */
export interface KeyCreation extends ProjectRef {
	body: Record<string, unknown>;
}

export interface CreationSettings {
	/** The user's own name for the intended key; takes the place of execution, run and item. */
	idempotencyKey?: string | undefined;
	/** What the key is for; its ID shows it. */
	purpose?: Purpose;
	/** Whether a public ID may be chosen for the key. */
	isSafe: boolean;
}

/** What identifies one execution of the node, the same on every try and every worker. */
export interface RunIdentity {
	/** Unique among all n8n instances. */
	executionId: string;
	nodeId: string;
	runIndex: number;
}

/** What an operation works with for one item. */
export class ItemContext {
	constructor(
		private readonly connection: Connection,
		private readonly run: RunIdentity,
		/** Undefined where nothing may be carried from one call to the next. */
		private readonly memory: CreationMemory | undefined,
		private readonly notices: Notices,
		private readonly itemIndex: number,
	) {}

	get sentry(): SentryClient {
		return this.connection.sentry;
	}

	/** Tells the user something about this item that is no failure; see `notices.ts`. */
	notice(notice: Notice, about?: string): void {
		this.notices.add(notice, this.itemIndex, about);
	}

	/** Tells which fields of a key the server did not take; see `updateKey.ts`. */
	noticeIgnored(fields: string[]): void {
		const others = fields.filter((field) => field !== 'rateLimit');
		if (others.length < fields.length) this.notice('rateLimitIgnored');
		if (others.length > 0) this.notice('fieldsIgnored', others.join(', '));
	}

	/** Runs a task after all earlier ones of this run that named the same thing. */
	async inTurn<T>(what: string[], task: () => Promise<T>): Promise<T> {
		return await this.connection.turns.take(JSON.stringify(what), task);
	}

	/** A project's ID, however the user named the project. */
	async projectId(project: ProjectRef): Promise<string> {
		return await this.connection.projectIdOf(project);
	}

	/**
	 * Makes a key for this item exactly once, also when n8n runs the item again.
	 *
	 * @throws SentryError
	 */
	async createKey(key: KeyCreation, settings: CreationSettings): Promise<Made> {
		const { publicIds } = this.connection;
		const fingerprint = this.fingerprint(key, settings);
		const earlier = fingerprint === undefined ? undefined : this.memory?.recall(fingerprint);
		const known = earlier?.publicId;
		if (earlier?.isSettled && known !== undefined) {
			const found = await rephrasing(
				async () => await findKey(this.sentry, key, known),
				(failure) =>
					withState(failure, `An earlier try of this item created the client key ${known}.`, {
						createdKeyId: known,
					}),
			);
			if (found !== undefined) return { ...found, wasThere: true };
		}
		const firstSentAt = earlier?.firstSentAt ?? this.sentry.clock.now();
		const ids = await this.idsFor(
			key,
			settings,
			firstSentAt,
			earlier?.isSettled ? known : undefined,
		);
		let sent: UnsettledTry | undefined;
		const remember = (isSettled: boolean, publicId: string | undefined) => {
			if (fingerprint === undefined) return;
			this.memory?.remember(fingerprint, { isSettled, publicId, firstSentAt });
		};
		const newKey: NewKey = {
			...key,
			ids,
			...(earlier !== undefined && !earlier.isSettled && { unsettled: earlier }),
			onSend: (request) => (sent = request),
		};
		const created = await createOnce(this.sentry, newKey, publicIds).catch((reason: unknown) => {
			if (reason instanceof SentryError && mayHaveMadeKey(reason)) {
				remember(false, (sent ?? earlier)?.publicId);
			}
			return Promise.reject(reason);
		});
		remember(true, created.body.id);
		if (settings.idempotencyKey !== undefined && !publicIds.isHonoured) {
			this.notice('idempotencyKeyIgnored');
		}
		return created;
	}

	/** The ID of the key that an earlier try of this item made to replace another one. */
	madeEarlier(project: ProjectRef, purpose: Purpose): string | undefined {
		const fingerprint = this.fingerprint({ ...project, body: {} }, { isSafe: true, purpose });
		const earlier = fingerprint === undefined ? undefined : this.memory?.recall(fingerprint);
		return earlier?.isSettled ? earlier.publicId : undefined;
	}

	/** Notes that this item did something, for the case that n8n runs it again in this execution. */
	remember(deed: object): void {
		this.memory?.remember(this.memory.fingerprint(this.connection.secret, this.itemIndex, deed), {
			isSettled: true,
			publicId: undefined,
			firstSentAt: this.sentry.clock.now(),
		});
	}

	/** Whether an earlier try of this item did something. */
	remembers(deed: object): boolean {
		const fingerprint = this.memory?.fingerprint(this.connection.secret, this.itemIndex, deed);
		return fingerprint !== undefined && this.memory?.recall(fingerprint) !== undefined;
	}

	/** Whether a key was made for a purpose, by this n8n. */
	isMarked(purpose: Purpose, candidate: string): boolean {
		return isMarked(this.connection.secret, purpose, candidate);
	}

	/** A rotation is the same one whatever its old key looks like by now. */
	private fingerprint(
		{ organization, project, body }: KeyCreation,
		{ purpose, ...settings }: CreationSettings,
	): string | undefined {
		const creation =
			purpose?.[0] === 'successor'
				? { organization, project, purpose }
				: { organization, project, body, ...settings };
		return this.memory?.fingerprint(this.connection.secret, this.itemIndex, creation);
	}

	/** @param gone an ID that an earlier try used, and whose key was deleted since: it must not return */
	private async idsFor(
		{ body, ...project }: KeyCreation,
		{ isSafe, idempotencyKey, purpose }: CreationSettings,
		startedAt: number,
		gone: string | undefined,
	): Promise<IdChoice | undefined> {
		if (!isSafe) return undefined;
		if (isPublicId(body.public))
			return chosenId(body.public, () => this.sentry.clock.now() - startedAt);
		const { secret } = this.connection;
		if (idempotencyKey !== undefined) {
			const projectId = await this.projectId(project);
			return idempotentId(
				derivePublicId(secret, ['idempotency key', idempotencyKey, projectId]),
				body,
			);
		}
		const { executionId, nodeId, runIndex } = this.run;
		const { organization, project: name } = project;
		const identity = [executionId, nodeId, runIndex, this.itemIndex, organization, name];
		const derive = (step: number) =>
			purpose === undefined
				? derivePublicId(secret, ['execution', ...identity, step])
				: markedId(secret, purpose, JSON.stringify([...identity, step]));
		// The IDs up to the one that is gone are used up.
		const used = gone === undefined ? -1 : [0, 1, 2, 3].findIndex((step) => derive(step) === gone);
		return itemIds((step) => derive(used + 1 + step), body);
	}
}

/** A key, and whether an earlier try or run had made it: then nothing may be written to it as to a new one. */
export type Made = Created;

/** Whether the key may exist although no answer says so. */
function mayHaveMadeKey({ details }: SentryError): boolean {
	return details.code === 'outcome_unknown' || details.candidates !== undefined;
}
