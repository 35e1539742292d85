import { readKey } from '../endpoints';
import type { ProjectRef } from '../endpoints';
import type { ApiResponse, SentryClient } from '../client';
import { rephrasing, SentryError, withState } from '../errors';
import { settingsOf } from './keyFields';
import type { KeyFields } from './keyFields';
import { ageOf, byAge, listKeysSince } from './keyList';
import type { KeyList } from './keyList';
import type { KeyMaker } from './keyMaker';
import type { Purpose } from './markedId';
import { resolveDuplicates } from './resolveDuplicates';
import type { ClientKey } from '../types';
import { updateKey } from './updateKey';

export interface Rotation extends ProjectRef {
	/** The key that is to be replaced. */
	keyId: string;
	/** What becomes of it. */
	previousKey: 'keep' | 'disable' | 'delete';
	/** Whether a public ID may be chosen for the new key. */
	isSafe: boolean;
}

/** The responses to what was sent to change something, and to the last look at the new key. */
type Responses = Array<Pick<ApiResponse, 'status' | 'body'>>;

/** A new key that takes the place of the old one. */
export interface Made {
	made: ClientKey;
	/** Whether an earlier rotation of the same key had made it. */
	isRepeat: boolean;
	/** A second new key that could not be deleted; see `resolveDuplicates`. */
	left?: string | undefined;
	writes: Responses;
}

/** A new key that has all it should have. */
export interface Finished {
	key: ClientKey;
	responses: Responses;
	/** Fields of the old key that the server did not take for the new one. */
	ignored: string[];
}

/** Within this time a second rotation of a key is taken for a repeat of the first one. */
const REPEAT_MS = 24 * 60 * 60 * 1000;

/**
 * The new key: the one that a rotation which broke off left behind, or a new one.
 *
 * @throws SentryError that names the new key, if one was made
 */
export async function makeSuccessor(
	maker: KeyMaker,
	rotation: Rotation,
	{ id: keyId, name, rateLimit, isActive }: ClientKey,
): Promise<Made> {
	const { sentry } = maker;
	const before = await listKeysSince(sentry, rotation, keyId);
	const earlier = findSuccessor(
		maker,
		rotation,
		before.keys.filter((key) => key.isActive !== false || isActive === false),
	);
	if (
		earlier !== undefined &&
		// An old key that is off is one whose rotation is finished, however long ago. And a repeat of this item
		// takes the new key that everybody takes, as it may still lack what only the old one tells.
		(isActive === false ||
			idOfEarlierTry(maker, rotation) !== undefined ||
			ageOf(earlier, before, sentry.clock) < REPEAT_MS)
	) {
		return { made: earlier, isRepeat: true, writes: [] };
	}

	const { organization, project, isSafe } = rotation;
	const created = await maker.make({
		organization,
		project,
		body: { ...(name !== undefined && { name }), ...(rateLimit && { rateLimit }) },
		purpose: purposeOf(rotation),
		isSafe,
	});
	const { id } = created.body;
	return await rephrasing(
		async () => {
			const { keys } = await listKeysSince(sentry, rotation, before.keys[0]?.id);
			const rivals = keys.filter(
				(key) =>
					isSuccessor(maker, rotation, key.id) &&
					!isIn(before, key) &&
					(key.isActive !== false || key.id === id),
			);
			const { key, left } = await resolveDuplicates(sentry, rotation, created, rivals);
			const isRepeat = created.wasThere === true || key.id !== id;
			return { made: key, isRepeat, left, writes: [created] };
		},
		(failure) =>
			withState(
				failure,
				`The new client key ${id} was made. ${onRepeat(maker, rotation, created.body)}`,
				{ createdKeyId: id },
			),
	);
}

/**
 * Gives the new key what creating can't, and reads it back. Before a repeat takes the old key out of
 * service, it finishes another one too that was made meanwhile, and is the one from then on: nobody could
 * do it without the old key's settings.
 *
 * @throws SentryError
 */
export async function finishSuccessor(
	maker: KeyMaker,
	rotation: Rotation,
	made: ClientKey,
	old: ClientKey,
	isRepeat: boolean,
): Promise<Finished> {
	const { sentry } = maker;
	const finished = await finish(sentry, rotation, made, old, isRepeat);
	if (!isRepeat || rotation.previousKey === 'keep') return finished;
	const { keys } = await listKeysSince(sentry, rotation, old.id);
	const chosen = findSuccessor(maker, rotation, keys);
	if (chosen === undefined || chosen.id === made.id) return finished;
	const other = await finish(sentry, rotation, chosen, old, isRepeat);
	return { ...other, responses: [...finished.responses, ...other.responses] };
}

async function finish(
	sentry: SentryClient,
	rotation: Rotation,
	made: ClientKey,
	old: ClientKey,
	isRepeat: boolean,
): Promise<Finished> {
	const settings = settingsOf(old);
	const { isActive, browserSdkVersion, dynamicSdkLoaderOptions = {} } = settings;
	// A repeat only adds what creating left out, and only to a key that nobody has changed since. What is
	// off stays off, and once the old key is out of service, the new one is finished.
	const isUnfinished = isActive !== false && made.name === old.name && hasLimitOf(old, made);
	const wanted: KeyFields = !isRepeat
		? { ...(old.name !== undefined && { name: old.name }), ...settings }
		: isUnfinished
			? { ...(browserSdkVersion !== undefined && { browserSdkVersion }), dynamicSdkLoaderOptions }
			: {};
	const { writes, ignored } = await updateKey(sentry, rotation, made, wanted, !isRepeat);
	const readBack = await readKey(sentry, rotation, made.id);
	if (isActive !== false && readBack.body.isActive === false) {
		throw new SentryError(
			'The new client key is not active',
			'Sentry made it, but it does not accept events.',
			{ code: 'unexpected_response' },
		);
	}
	return { key: readBack.body, responses: [...writes, readBack], ignored };
}

/**
 * The new key of a rotation among a project's keys; of several that work, the oldest of the last rotation.
 * One that does not work was switched off on purpose, perhaps because it leaked.
 */
export function findSuccessor(
	maker: KeyMaker,
	rotation: Rotation,
	keys: ClientKey[],
): ClientKey | undefined {
	const successors = keys.filter(({ id }) => isSuccessor(maker, rotation, id));
	const active = successors.filter(({ isActive }) => isActive !== false);
	const candidates = (active.length > 0 ? active : successors).sort(byAge);
	const [newest] = candidates;
	const since = Date.parse(newest?.dateCreated ?? '') - REPEAT_MS;
	return candidates.filter(({ dateCreated }) => !(Date.parse(dateCreated ?? '') < since)).at(-1);
}

/** Whether the new key still has the limit it was created with; a plan may have dropped it. */
function hasLimitOf({ rateLimit: old }: ClientKey, { rateLimit }: ClientKey): boolean {
	return !rateLimit || (rateLimit.count === old?.count && rateLimit.window === old.window);
}

/** What to do about a new key that is not finished. */
export function onRepeat(maker: KeyMaker, rotation: Rotation, { id }: ClientKey): string {
	return isSuccessor(maker, rotation, id)
		? 'Run the item again: it goes on with the same new key.'
		: 'Its ID does not tell what it is for, so another execution would make one more: delete it first, or finish the rest by hand.';
}

/** The new key's ID, if an earlier try of this item made it. */
export function idOfEarlierTry(maker: KeyMaker, rotation: Rotation): string | undefined {
	const earlier = maker.earlierTry(rotation, purposeOf(rotation));
	return earlier?.isSettled === true ? earlier.publicId : undefined;
}

/** What the ID of the new key shows. */
function purposeOf({ keyId }: Rotation): Purpose {
	return ['successor', keyId];
}

function isSuccessor(maker: KeyMaker, rotation: Rotation, candidate: string): boolean {
	return maker.isMarked(purposeOf(rotation), candidate);
}

function isIn({ keys }: KeyList, { id }: ClientKey): boolean {
	return keys.some((key) => key.id === id);
}
