import type { ProjectRef } from '../calls';
import type { Answer, SentryClient } from '../client';
import { rephrasing, SentryError, withState } from '../errors';
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
 * @param create makes the key exactly once
 * @throws SentryError `ambiguous_name` if several have the name
 */
export async function ensureKey(
	sentry: SentryClient,
	wanted: WantedKey,
	create: (body: Record<string, unknown>) => Promise<Answer<ClientKey>>,
): Promise<Ensured> {
	const { name, fields } = wanted;
	const before = await settledList(sentry, wanted);
	const found = chooseKey(before.named, wanted);
	if (found !== undefined) {
		checkVersion(found, fields.browserSdkVersion);
		const updated = await updateKey(sentry, wanted, found, fields);
		return { ...updated, outcome: updated.isChanged ? 'updated' : 'unchanged' };
	}

	const [newest] = before.list.keys;
	const newestBefore = newest?.id;
	// A project's keys all offer the same versions.
	if (newest !== undefined) checkVersion(newest, fields.browserSdkVersion);
	const rateLimit = fields.rateLimit ?? undefined;
	const created = await create({ name, ...(rateLimit && { rateLimit }) }).catch(
		async (reason: unknown) => {
			if (!(reason instanceof SentryError) || reason.details.code !== 'outcome_unknown')
				throw reason;
			// Whether the request made it is not known, but a key of that name is what is wanted.
			const { named } = await namedSince(sentry, wanted, newestBefore);
			if (named.length !== 1 || named[0] === undefined) throw reason;
			return { status: 200, headers: {}, body: named[0] };
		},
	);
	const { id } = created.body;
	return await rephrasing(
		async () => {
			const { named } = await namedSince(sentry, wanted, newestBefore);
			const { key, left } = await agree(sentry, wanted, created.body, named);
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

/** The keys of that name, once no other run is likely to be still deciding between two of its own. */
async function settledList(sentry: SentryClient, wanted: WantedKey): Promise<Named> {
	for (let looks = 1; ; looks++) {
		const now = await namedSince(sentry, wanted, undefined);
		const [newest, ...others] = now.named;
		const isSettled =
			newest === undefined ||
			others.length === 0 ||
			ageOf(newest, now.list, sentry.clock) > YOUNG_MS;
		if (isSettled || looks === LOOKS_AT_YOUNG) return now;
		await sentry.clock.sleep(PAUSE_MS);
	}
}

function chooseKey(named: ClientKey[], { name, ifSeveral }: WantedKey): ClientKey | undefined {
	if (named.length <= 1 || ifSeveral === 'useOldest') return named.at(-1);
	const ids = named.map(({ id }) => id);
	throw new SentryError(
		`${named.length} client keys have the same name`,
		`"${name}" is the name of: ${ids.join(', ')} (newest first). Nothing was changed. Rename or delete all but one, update the right one by its ID, or set 'If Several Match' to use the oldest.`,
		{ code: 'ambiguous_name', keyIds: ids },
	);
}
