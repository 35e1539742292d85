import { findKey } from '../endpoints';
import type { ProjectRef } from '../endpoints';
import { rephrasing, SentryError, withState } from '../errors';
import { refusable } from '../lookUp';
import type { ClientKey } from '../types';
import type { Created } from './createOnce';
import type { KeyFields } from './keyFields';
import type { KeyMaker } from './keyMaker';
import type { Purpose } from './markedId';
import type { ProjectKeys } from './projectKeys';
import { resolveDuplicates } from './resolveDuplicates';
import type { Agreed } from './resolveDuplicates';
import { checkVersion, refuseIfNotStored, updateKey } from './updateKey';
import type { Updated } from './updateKey';

/** The key that a project is to have. */
export interface WantedKey extends ProjectRef {
	projectId: string;
	/** As the server stores it; upper and lower case count. */
	name: string;
	fields: KeyFields;
	/** What to do if several keys have the name. */
	ifSeveral: 'fail' | 'useOldest';
	/** What to do if the key is there and inactive. */
	ifInactive: 'keep' | 'activate';
	/** Whether a public ID may be chosen for a new key. */
	isSafe: boolean;
}

export type Outcome = 'created' | 'updated' | 'unchanged';

export interface Upserted extends Omit<Updated, 'isChanged'> {
	outcome: Outcome;
	/** Other keys for the same purpose, which somebody may use by now. */
	left: string[];
	/** Names of other keys that look the same. */
	lookalikes: string[];
}

/** A key that this run made for a name, until it is known to be the only one. */
export interface Pending {
	created: Created;
	/** Whether this item made it now, and neither an earlier try nor another item. */
	isOwn: boolean;
	/** The IDs of keys that a request whose outcome is not known may still make. */
	open: string[];
}

/** Another run may be about to delete its own of two keys that are younger than this. */
const YOUNG_MS = 15_000;
const LOOKS_AT_YOUNG = 4;
const PAUSE_MS = 1000;

/** What the ID of a key shows that was made for a name. */
export function purposeOf({ projectId, name }: WantedKey): Purpose {
	return ['name', projectId, name];
}

/**
 * The first step to the one key of a name: finds it and gives it what it lacks, or makes it if there is
 * none. Names are not unique in Sentry, and nothing can be locked, so two runs may both find none and
 * make one each; `settleUpsert` then decides.
 *
 * @throws SentryError `ambiguous_name` if it can't be told which key is meant
 */
export async function upsertKey(maker: KeyMaker, wanted: WantedKey): Promise<Upserted | Pending> {
	const keys = maker.server.keysOf(wanted, wanted.projectId);
	const choice = await settledChoice(maker, wanted, keys);
	if (choice.key !== undefined) {
		if (!keys.unsettled.has(choice.key.id)) {
			return await update(maker, wanted, keys, choice.key, choice.left);
		}
		const created = { status: 200, headers: {}, body: choice.key, wasThere: true };
		return { created, isOwn: false, open: [] };
	}

	// A project's keys all offer the same versions.
	const [any] = keys.all();
	if (any !== undefined) checkVersion(any, wanted.fields.browserSdkVersion);
	const { name, fields, isSafe } = wanted;
	refuseStatus(fields, keys);
	const rateLimit = fields.rateLimit ?? undefined;
	const body = { name, ...(rateLimit && { rateLimit }) };
	const { organization, project } = wanted;
	const creation = { organization, project, body, isSafe, purpose: purposeOf(wanted) };
	const begun = maker.sentry.clock.now();
	let open: string[] = [];
	const created = await maker.make(creation).catch(async (reason: unknown): Promise<Created> => {
		if (!(reason instanceof SentryError) || reason.details.code !== 'outcome_unknown') throw reason;
		// Whether the request made it is not known, but a key of that name is what is wanted.
		await refusable(keys.lookAfter(keys.mark));
		const [found, ...others] = keys.named(name);
		if (found === undefined || others.length > 0) throw reason;
		const { candidates } = reason.details;
		open = Array.isArray(candidates) ? candidates.map(String) : [];
		return { status: 200, headers: {}, body: found, wasThere: true };
	});
	keys.put(created.body);
	keys.unsettled.add(created.body.id);
	keys.noteCreation(begun);
	return { created, isOwn: created.wasThere !== true, open };
}

/**
 * The second step, once the run has made all its keys: looks whether another run made a key for the same
 * name, comes to the same one as that run, and gives it what creating can't.
 *
 * @throws SentryError that names the key
 */
export async function settleUpsert(
	maker: KeyMaker,
	wanted: WantedKey,
	{ created, isOwn, open }: Pending,
): Promise<Upserted> {
	const { sentry, server } = maker;
	const keys = server.keysOf(wanted, wanted.projectId);
	const { id } = created.body;
	return await rephrasing(
		async () => {
			await keys.lookWhenQuiet();
			// There was none before, so all that are there now were made at the same time, by whichever n8n.
			const rivals = withoutReplaced(maker, keys.named(wanted.name), keys);
			const agreed: Agreed = rivals.some((rival) => rival.id === id)
				? await resolveDuplicates(sentry, wanted, created, rivals)
				: { key: rivals.at(-1) ?? created.body, isDeleted: rivals.length > 0 };
			const { key, left } = agreed;
			if (agreed.isDeleted === true) keys.remove(id);
			keys.unsettled.delete(id);
			const all = [...(left === undefined ? [] : [left]), ...open.filter((one) => one !== key.id)];
			const upserted = await update(maker, wanted, keys, key, all);
			return isOwn && key.id === id
				? { ...upserted, writes: [created, ...upserted.writes], outcome: 'created' }
				: upserted;
		},
		(failure) =>
			withState(
				failure,
				`The client key ${id} was created, but may lack some of its settings: run the item again to complete it.`,
				{ createdKeyId: id, ...(open.length > 0 && { candidates: open }) },
			),
	);
}

async function update(
	maker: KeyMaker,
	wanted: WantedKey,
	keys: ProjectKeys,
	found: ClientKey,
	left: string[],
): Promise<Upserted> {
	const { fields, ifInactive, name } = wanted;
	checkVersion(found, fields.browserSdkVersion);
	const isActivated = ifInactive === 'activate' && found.isActive === false;
	const updated = await updateKey(maker.sentry, wanted, found, {
		...(isActivated && { isActive: true }),
		...fields,
		name,
	});
	refuseIfNotStored(updated);
	keys.put(updated.key);
	const lookalikes = keys.lookalikesOf(name);
	return { ...updated, left, lookalikes, outcome: updated.isChanged ? 'updated' : 'unchanged' };
}

/**
 * Refuses to make a key that is to be inactive on a server whose keys don't tell their status: it could
 * not be switched off.
 *
 * @throws SentryError `not_stored`
 */
function refuseStatus({ isActive }: KeyFields, keys: ProjectKeys): void {
	const [any] = keys.all();
	if (isActive !== false || any === undefined || any.isActive !== undefined) return;
	throw new SentryError(
		"This server can't switch a client key off",
		"Its keys don't tell whether they are active. Nothing was created. Remove the field 'Active'.",
		{ code: 'not_stored', fields: ['isActive'] },
	);
}

interface Choice {
	/** Undefined if there is none. */
	key?: ClientKey;
	/** Other keys that Create or Update made for the name. */
	left: string[];
}

/** The key of that name, once no other run is likely to be still deciding between two of its own. */
async function settledChoice(
	maker: KeyMaker,
	wanted: WantedKey,
	keys: ProjectKeys,
): Promise<Choice> {
	await keys.refresh();
	for (let looks = 1; ; looks++) {
		const live = withoutReplaced(maker, keys.named(wanted.name), keys);
		const choice = chooseKey(live, wanted, maker);
		if (choice !== undefined) return choice;
		const [newest] = live;
		const isYoung = newest !== undefined && keys.ageOf(newest) <= YOUNG_MS;
		if (!isYoung || looks === LOOKS_AT_YOUNG) throw ambiguous(live, wanted);
		await maker.sentry.clock.sleep(PAUSE_MS);
		for (const { id } of live) {
			const found = await findKey(maker.sentry, wanted, id);
			if (found === undefined) keys.remove(id);
			else keys.put(found.body);
		}
	}
}

/** A key that a rotation replaced does not count; the only one of its name, if it is active, does. */
function withoutReplaced(maker: KeyMaker, named: ClientKey[], keys: ProjectKeys): ClientKey[] {
	if (named.length === 0 || (named.length === 1 && named[0]?.isActive !== false)) return named;
	const candidates = [...keys.all()].map(({ id }) => id);
	return named.filter(
		({ id }) => !candidates.some((candidate) => maker.isMarked(['successor', id], candidate)),
	);
}

/**
 * Which key is the one of its name: the oldest that Create or Update made for it, else the only one,
 * else the only active one.
 *
 * @param live newest first, without those that were replaced by rotation
 * @returns undefined if it can't be told
 */
function chooseKey(live: ClientKey[], wanted: WantedKey, maker: KeyMaker): Choice | undefined {
	const own = live.filter(({ id }) => maker.isMarked(purposeOf(wanted), id));
	const [key] = own.slice(-1);
	if (key !== undefined) return { key, left: own.slice(0, -1).map(({ id }) => id) };
	const active = live.filter(({ isActive }) => isActive !== false);
	const [candidate] = active.length === 1 ? active : live.slice(-1);
	if (live.length > 1 && active.length !== 1 && wanted.ifSeveral !== 'useOldest') return undefined;
	return { ...(candidate !== undefined && { key: candidate }), left: [] };
}

function ambiguous(live: ClientKey[], { name, organization, project }: WantedKey): SentryError {
	const ids = live.map(({ id }) => id);
	return new SentryError(
		`${ids.length} client keys of ${organization}/${project} have the same name`,
		`"${name}" is the name of: ${ids.join(', ')} (newest first). Nothing was changed. Rename or delete all but one, update the right one by its ID, or set 'If Several Match' to use the oldest.`,
		{ code: 'ambiguous_name', organization, project, keyIds: ids },
	);
}
