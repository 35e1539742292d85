import { findKey } from '../sentry/calls';
import type { ProjectRef } from '../sentry/calls';
import type { Answer, SentryClient } from '../sentry/client';
import { createOnce } from '../sentry/keys/createOnce';
import { SentryError } from '../sentry/errors';
import { derivePublicId, isPublicId } from '../sentry/keys/publicId';
import { isSuccessor, successorId } from '../sentry/keys/successor';
import type { ClientKey } from '../sentry/types';
import type { Connection } from './connections';
import type { CreationMemory } from './CreationMemory';
import type { Notice, Notices } from './notices';

/** A key to be made, before it is decided how. */
export interface KeyCreation extends ProjectRef {
	body: Record<string, unknown>;
}

export interface CreationSettings {
	/** The user's own name for the intended key; takes the place of execution, run and item. */
	idempotencyKey?: string;
	/** The key that the new one is to replace; the new one's ID shows it. */
	successorOf?: string;
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

	/**
	 * Makes a key for this item exactly once, also when n8n runs the item again.
	 *
	 * @throws SentryError
	 */
	async createKey(key: KeyCreation, settings: CreationSettings): Promise<Answer<ClientKey>> {
		const { secret, publicIds } = this.connection;
		const fingerprint = this.memory?.fingerprint(secret, this.itemIndex, { ...key, ...settings });
		const earlier = fingerprint === undefined ? undefined : this.memory?.recall(fingerprint);
		if (earlier?.isSettled && earlier.publicId !== undefined) {
			const known = await findKey(this.sentry, key, earlier.publicId);
			if (known !== undefined) return known;
		}
		const isUnsettled = earlier !== undefined && !earlier.isSettled;
		const publicId = isUnsettled ? earlier.publicId : this.publicIdFor(key, settings);
		const unsettled = isUnsettled ? earlierTry() : undefined;
		const remember = (isSettled: boolean, id: string | undefined) => {
			if (fingerprint !== undefined) {
				this.memory?.remember(fingerprint, { isSettled, publicId: id });
			}
		};
		const created = await createOnce(this.sentry, { ...key, publicId, unsettled }, publicIds).catch(
			(reason: unknown) => {
				if (reason instanceof SentryError && mayHaveMadeKey(reason)) {
					remember(false, publicId);
				}
				return Promise.reject(reason as Error);
			},
		);
		remember(true, created.body.id);
		if (settings.idempotencyKey !== undefined && !publicIds.isHonoured) {
			this.notice('idempotencyKeyIgnored');
		}
		return created;
	}

	/** Whether a key was made to replace another one, by whoever has the same credential. */
	isSuccessor(keyId: string, candidate: string): boolean {
		return isSuccessor(this.connection.secret, keyId, candidate);
	}

	private publicIdFor(key: KeyCreation, settings: CreationSettings): string | undefined {
		if (!settings.isSafe) return undefined;
		if (isPublicId(key.body.public)) return key.body.public;
		const { secret } = this.connection;
		const { organization, project } = key;
		const { executionId, nodeId, runIndex } = this.run;
		const identity =
			settings.idempotencyKey === undefined
				? ['execution', executionId, nodeId, runIndex, this.itemIndex]
				: ['idempotency key', settings.idempotencyKey, nodeId];
		if (settings.successorOf !== undefined) {
			return successorId(secret, settings.successorOf, JSON.stringify(identity));
		}
		return derivePublicId(secret, [...identity, organization, project]);
	}
}

/** Whether the key may exist although no answer says so. */
function mayHaveMadeKey({ details }: SentryError): boolean {
	return details.code === 'outcome_unknown' || details.candidates !== undefined;
}

function earlierTry(): SentryError {
	return new SentryError(
		'The answer to an earlier try of this item was lost',
		'The item ran before in this execution.',
		{ code: 'unreachable' },
	);
}
