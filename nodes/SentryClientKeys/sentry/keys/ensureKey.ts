import type { ProjectRef } from '../calls';
import type { SentryClient } from '../client';
import { rephrasing, SentryError, withState } from '../errors';
import type { Created } from './createOnce';
import type { KeyFields } from './keyFields';
import { ageOf, listKeysSince } from './keyList';
import type { KeyList } from './keyList';
import { agree } from './rivals';
import type { ClientKey } from '../types';
import { checkVersion, updateKey } from './updateKey';
import type { Updated } from './updateKey';

/** The key that a project is to have. */
export interface WantedKey extends ProjectRef {
	/** Compared as it is, upper and lower case apart. */
	name: string;
	fields: KeyFields;
	/** What to do if several keys have the name. */
	ifSeveral: 'fail' | 'useOldest';
}

export type Outcome = 'created' | 'updated' | 'unchanged';

export interface Ensured extends Pick<Updated, 'key' | 'writes' | 'ignored'> {
	outcome: Outcome;
	/** A key of that name that this run made, found superfluous and could not delete. */
	left?: string;
}

/** How keys are made for one name of a project, and known again. */
export interface NamedKeys {
	/** Makes the key exactly once, under an ID that `isOwn` knows again. */
	create: (body: Record<string, unknown>) => Promise<Created>;
	/** Whether a key was made by Create or Update for this name. */
	isOwn: (candidate: string) => boolean;
	/** Whether a key was made by Rotate to replace another one. */
	isSuccessor: (keyId: string, candidate: string) => boolean;
}

/** Another run may be about to delete its own of two keys that are younger than this. */
const YOUNG_MS = 15_000;
const LOOKS_AT_YOUNG = 4;
const PAUSE_MS = 1000;

/**
 * Makes sure that a project has exactly the wanted key: finds it by its name over all pages, makes it
 * if there is none, and gives it what it lacks.
 *
 * Names are not unique in Sentry, and nothing can be locked, so two runs may both find none and make
 * one each. Each looks again after it made its key; see `agree`.
 *
 * @throws SentryError `ambiguous_name` if several have the name
 */
export async function ensureKey(
	sentry: SentryClient,
	wanted: WantedKey,
	keys: NamedKeys,
): Promise<Ensured> {
	const { name, fields } = wanted;
	const before = await settledList(sentry, wanted, keys);
	const { key: found, left: duplicate } = before.choice;
	if (found !== undefined) {
		checkVersion(found, fields.browserSdkVersion);
		const updated = await updateKey(sentry, wanted, found, fields);
		const outcome = updated.isChanged ? 'updated' : 'unchanged';
		return { ...updated, outcome, ...(duplicate !== undefined && { left: duplicate }) };
	}

	const [newest] = before.list.keys;
	const newestBefore = newest?.id;
	// A project's keys all offer the same versions.
	if (newest !== undefined) checkVersion(newest, fields.browserSdkVersion);
	const rateLimit = fields.rateLimit ?? undefined;
	const created: Created = await keys
		.create({ name, ...(rateLimit && { rateLimit }) })
		.catch(async (reason: unknown) => {
			if (!(reason instanceof SentryError) || reason.details.code !== 'outcome_unknown')
				throw reason;
			// Whether the request made it is not known, but a key of that name is what is wanted.
			const { named } = await namedSince(sentry, wanted, newestBefore);
			if (named.length !== 1 || named[0] === undefined) throw reason;
			return { status: 200, headers: {}, body: named[0], wasThere: true };
		});
	const { id } = created.body;
	return await rephrasing(
		async () => {
			const { named } = await namedSince(sentry, wanted, newestBefore);
			const own = named.filter((key) => keys.isOwn(key.id));
			const rivals = own.length > 0 ? own : named;
			const { key, left } = await agree(sentry, wanted, created, rivals);
			checkVersion(key, fields.browserSdkVersion);
			const updated = await updateKey(sentry, wanted, key, { ...fields, name });
			const isOwn = key.id === id;
			const writes = isOwn ? [created, ...updated.writes] : updated.writes;
			const outcome = isOwn ? 'created' : updated.isChanged ? 'updated' : 'unchanged';
			return { ...updated, writes, outcome, ...(left !== undefined && { left }) };
		},
		(failure) =>
			withState(
				failure,
				`The client key ${id} was created, but may lack some of its settings: run the item again to complete it.`,
				{ createdKeyId: id },
			),
	);
}

interface Named {
	list: KeyList;
	/** Newest first. */
	named: ClientKey[];
}

async function namedSince(
	sentry: SentryClient,
	{ name, ...project }: WantedKey,
	keyId: string | undefined,
): Promise<Named> {
	const list = await listKeysSince(sentry, project, keyId);
	return { list, named: list.keys.filter((key) => key.name === name) };
}

interface Choice {
	/** Undefined if there is none. */
	key?: ClientKey;
	/** Other keys that Create or Update made for the name, which somebody may use by now. */
	left?: string;
}

/** The key of that name, once no other run is likely to be still deciding between two of its own. */
async function settledList(
	sentry: SentryClient,
	wanted: WantedKey,
	keys: NamedKeys,
): Promise<Named & { choice: Choice }> {
	for (let looks = 1; ; looks++) {
		const now = await namedSince(sentry, wanted, undefined);
		const live = now.named.filter(
			({ id }) => !now.list.keys.some((other) => keys.isSuccessor(id, other.id)),
		);
		const choice = chooseKey(live, wanted, keys);
		if (choice !== undefined) return { ...now, choice };
		const [newest] = live;
		const isYoung = newest !== undefined && ageOf(newest, now.list, sentry.clock) <= YOUNG_MS;
		if (!isYoung || looks === LOOKS_AT_YOUNG) throw ambiguous(live, wanted);
		await sentry.clock.sleep(PAUSE_MS);
	}
}

/**
 * Which key is the one of its name: the oldest that Create or Update made for it, else the only one,
 * else the only active one.
 *
 * @param live newest first, without those that were replaced by rotation
 * @returns undefined if it can't be told
 */
function chooseKey(
	live: ClientKey[],
	{ ifSeveral }: WantedKey,
	{ isOwn }: NamedKeys,
): Choice | undefined {
	const own = live.filter(({ id }) => isOwn(id));
	const [key] = own.slice(-1);
	if (key !== undefined) {
		const left = own.slice(0, -1).map(({ id }) => id);
		return { key, ...(left.length > 0 && { left: left.join(', ') }) };
	}
	const active = live.filter(({ isActive }) => isActive !== false);
	const [candidate] = active.length === 1 ? active : live.slice(-1);
	if (live.length > 1 && active.length !== 1 && ifSeveral !== 'useOldest') return undefined;
	return candidate === undefined ? {} : { key: candidate };
}

function ambiguous(live: ClientKey[], { name, organization, project }: WantedKey): SentryError {
	const ids = live.map(({ id }) => id);
	return new SentryError(
		`${ids.length} client keys of ${organization}/${project} have the same name`,
		`"${name}" is the name of: ${ids.join(', ')} (newest first). Nothing was changed. Rename or delete all but one, update the right one by its ID, or set 'If Several Match' to use the oldest.`,
		{ code: 'ambiguous_name', organization, project, keyIds: ids },
	);
}
