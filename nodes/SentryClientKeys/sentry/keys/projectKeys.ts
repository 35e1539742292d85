import type { ProjectRef } from '../endpoints';
import type { SentryClient } from '../client';
import { serverNow } from '../serverTime';
import type { ClientKey } from '../types';
import { byAge, createdAt, keyName, listKeysSince } from './keyList';

/** How long a key may take at least to come up in the list, and at most as far as is waited for. */
const LEAST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5000;
/** After this time the list is read anew before it is believed. */
const FRESH_MS = 30_000;

/**
 * The keys of one project as one run knows them: read once, then read on from the newest known one, and
 * kept current by what the run itself writes. So many items that look for a name cost one list. What
 * others delete or change shows only in the whole list, which is read anew from time to time.
 */
export class ProjectKeys {
	/** The IDs of keys that the run made and may still find superfluous. */
	readonly unsettled = new Set<string>();
	private readonly keys = new Map<string, ClientKey>();
	/** The IDs of keys whose names look the same. */
	private readonly idsByLook = new Map<string, Set<string>>();
	/** The IDs of keys that the run changed while the list was read: the list may be older. */
	private readonly touched = new Set<string>();
	/** The newest key when the list was read last: what the run makes itself does not count. */
	private newestListed: string | undefined;
	private listedAt = -Infinity;
	/** When the run made its last key, this machine's clock. */
	private madeAt = -Infinity;
	private longestCreation = 0;
	/** By how much the server's clock is ahead of this machine's, in milliseconds. */
	private ahead = 0;
	private lookBegunAt = -Infinity;
	private looksBegun = 0;
	private looksDone = 0;
	private queued: Promise<void> | undefined;
	private running: Promise<void> | undefined;

	constructor(
		private readonly sentry: SentryClient,
		private readonly project: ProjectRef,
	) {}

	/** Reads the whole list, unless it was read a moment ago. */
	async refresh(): Promise<void> {
		if (this.sentry.clock.now() - this.listedAt <= FRESH_MS) return;
		this.newestListed = undefined;
		await this.lookAfter(this.looksBegun);
	}

	/** What `lookAfter` takes: a look that is still to begin sees all that happened before this moment. */
	get mark(): number {
		return this.looksBegun;
	}

	/** Sees to it that the list was read after a moment; those that wait for that share one look. */
	async lookAfter(mark: number): Promise<void> {
		while (this.looksDone <= mark) {
			this.queued ??= this.lookNext();
			await this.queued;
		}
	}

	/** Notes that the run has just made a key, and how long that took. */
	noteCreation(begunAt: number): void {
		this.madeAt = this.sentry.clock.now();
		this.longestCreation = Math.max(this.longestCreation, this.madeAt - begunAt);
	}

	/**
	 * Sees to it that the list was read some time after the run made its last key. A server dates a key
	 * before it is there for others to see, so one of another run that is dated earlier may come up later.
	 */
	async lookWhenQuiet(): Promise<void> {
		const { clock } = this.sentry;
		const pause = Math.min(LONGEST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, 2 * this.longestCreation));
		const quietAt = this.madeAt + pause;
		if (this.lookBegunAt < quietAt) await clock.sleep(Math.max(0, quietAt - clock.now()));
		// One that has begun by now need not be over.
		await (this.lookBegunAt < quietAt ? this.lookAfter(this.mark) : this.running);
	}

	/** The keys of a name, newest first. */
	named(name: string): ClientKey[] {
		return this.lookingLike(name)
			.filter((key) => key.name === name)
			.sort(byAge);
	}

	/** Names that differ from a name only in their Unicode form or their blanks. */
	lookalikesOf(name: string): string[] {
		const names = this.lookingLike(name).map(keyName);
		return [...new Set(names)].filter((other) => other !== name);
	}

	/** All keys, in no order. */
	all(): Iterable<ClientKey> {
		return this.keys.values();
	}

	/** How long ago a key was made, in milliseconds by the server's clock; 0 for a key without a date. */
	ageOf(key: ClientKey): number {
		const now = this.sentry.clock.now() + this.ahead;
		return now - (createdAt(key) || now);
	}

	/** Takes in a key that the run made or changed. */
	put(key: ClientKey): void {
		this.take(key);
		this.touched.add(key.id);
	}

	private take(key: ClientKey): void {
		this.drop(key.id);
		this.keys.set(key.id, key);
		const look = lookOf(keyName(key));
		this.idsByLook.set(look, (this.idsByLook.get(look) ?? new Set()).add(key.id));
	}

	/** Forgets a key that the run deleted. */
	remove(id: string): void {
		this.drop(id);
		this.touched.add(id);
	}

	private drop(id: string): void {
		const known = this.keys.get(id);
		if (known === undefined) return;
		this.keys.delete(id);
		this.idsByLook.get(lookOf(keyName(known)))?.delete(id);
	}

	private lookingLike(name: string): ClientKey[] {
		return [...(this.idsByLook.get(lookOf(name)) ?? [])].flatMap((id) => this.keys.get(id) ?? []);
	}

	private async lookNext(): Promise<void> {
		await this.running?.catch(() => undefined);
		this.queued = undefined;
		this.running = this.look();
		await this.running;
	}

	private async look(): Promise<void> {
		const look = ++this.looksBegun;
		const { clock } = this.sentry;
		this.lookBegunAt = clock.now();
		this.touched.clear();
		const since = this.newestListed;
		const { keys, responses } = await listKeysSince(this.sentry, this.project, since);
		if (since === undefined) this.dropAllBut(new Set(keys.map(({ id }) => id)));
		for (const key of keys) if (!this.touched.has(key.id)) this.take(key);
		this.newestListed = keys[0]?.id ?? this.newestListed;
		this.ahead = serverNow(responses.at(-1), clock.now()) - clock.now();
		this.listedAt = clock.now();
		this.looksDone = look;
	}

	/** Drops what the whole list does not show, but for what the run has just made. */
	private dropAllBut(listed: ReadonlySet<string>): void {
		for (const id of [...this.keys.keys()]) {
			if (!listed.has(id) && !this.unsettled.has(id) && !this.touched.has(id)) this.drop(id);
		}
	}
}

function lookOf(name: string): string {
	return name
		.normalize('NFKC')
		.replace(/[\s\p{Cf}\p{Cc}]+/gu, ' ')
		.trim();
}
