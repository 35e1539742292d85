import { readKey } from '../endpoints';
import type { ProjectRef } from '../endpoints';
import type { ApiResponse, SentryClient } from '../client';
import { deleteKey } from './deleteKey';
import { InvalidInputError, isNotFound, rephrasing, SentryError, withState } from '../errors';
import { settingsOf } from './keyFields';
import type { KeyFields } from './keyFields';
import { ageOf, byAge, listKeysSince } from './keyList';
import type { KeyList } from './keyList';
import type { KeyMaker } from './keyMaker';
import type { Purpose } from './markedId';
import { resolveDuplicates } from './resolveDuplicates';
import { digitsOf } from '../serverNames';
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

export interface Rotated {
	key: ClientKey;
	/** The responses to what was sent to change something, and to the last look at the new key. */
	responses: Array<Pick<ApiResponse, 'status' | 'body'>>;
	/** Whether an earlier rotation of the same key had made the new one. */
	isRepeat: boolean;
	/** Whether the old key was kept against the wish, because the new one is not active either. */
	wasKept: boolean;
	/** Fields of the old key that the server did not take for the new one. */
	ignored: string[];
	/** A second new key that could not be deleted; see `resolveDuplicates`. */
	left?: string | undefined;
}

type Finished = Pick<Rotated, 'key' | 'responses' | 'ignored'>;

/** Within this time a second rotation of a key is taken for a repeat of the first one. */
const REPEAT_MS = 24 * 60 * 60 * 1000;

/**
 * Puts a new key with all settings of the old one in its place. The old key is only touched after the
 * new one was read back and is active, so at any moment at least one of them works.
 *
 * @throws SentryError that says which of the keys works
 */
export async function rotateKey(maker: KeyMaker, rotation: Rotation): Promise<Rotated> {
	const { sentry } = maker;
	const { keyId, previousKey } = rotation;
	const read = await rephrasing(
		async () =>
			await readKey(sentry, rotation, keyId).catch((reason: unknown) =>
				isNotFound(reason) ? reason : Promise.reject(reason as Error),
			),
		(failure) => withState(failure, `Nothing was changed: the client key ${keyId} is as it was.`),
	);
	if (isNotFound(read)) return await finishedEarlier(maker, rotation, read);
	const old = read.body;
	await refuseImpossible(maker, rotation, old);

	const { made, isRepeat, left, writes } = await rephrasing(
		async () => await makeSuccessor(maker, rotation, old),
		(failure) => withState(failure, stateOf(old)),
	);
	const details = {
		createdKeyId: made.id,
		previousKeyId: old.id,
		...(left !== undefined && { duplicateLeft: left }),
	};
	const also = left === undefined ? '' : ` So does ${left}, which is superfluous.`;
	const finished = await rephrasing(
		async () => await finishChosen(maker, rotation, made, old, isRepeat),
		(failure) =>
			withState(
				failure,
				`${stateOf(old)} The new client key ${made.id} exists, but is not complete.${also} ${onRepeat(maker, rotation, made)}`,
				details,
			),
	);
	const { key, ignored } = finished;
	const responses = [...writes, ...finished.responses];
	const wasKept = previousKey !== 'keep' && key.isActive === false;
	if (previousKey !== 'keep' && !wasKept) {
		const retired = await rephrasing(
			async () => await retire(sentry, rotation, old),
			(failure) =>
				withState(
					failure,
					`The new client key ${key.id} works.${also} The old one, ${old.id}, may still work. ${onRepeat(maker, rotation, key)}`,
					details,
				),
		);
		responses.push(...retired);
	}
	return { key, responses, isRepeat, wasKept, ignored, left };
}

/**
 * Refuses what would end half done, before anything is made.
 *
 * @throws SentryError
 */
async function refuseImpossible(
	{ server }: KeyMaker,
	{ previousKey }: Rotation,
	{ isActive }: ClientKey,
): Promise<void> {
	if (previousKey === 'disable' && isActive === undefined) {
		throw new InvalidInputError(
			'Previous Key',
			"can't be Disable here: this server does not tell whether a client key is active",
			"Nothing was changed. Choose 'Keep' or 'Delete'.",
		);
	}
	if (previousKey === 'delete' && (await server.mayDelete()) === false) {
		throw new SentryError(
			'The token may not delete client keys, so the old one could not be deleted',
			"Nothing was changed. Use a token with the scope project:admin, or choose 'Keep' or 'Disable' as 'Previous Key'.",
			{ code: 'missing_scope', needs: 'project:admin' },
		);
	}
}

/** The old key is gone: either an earlier rotation deleted it, or there was none of that ID. */
async function finishedEarlier(
	maker: KeyMaker,
	rotation: Rotation,
	missing: SentryError,
): Promise<Rotated> {
	const { sentry } = maker;
	const earlier = maker.earlierTry(rotation, purposeOf(rotation));
	const { keys } = await listKeysSince(sentry, rotation, undefined);
	if (keys.some(({ id }) => digitsOf(id) === digitsOf(rotation.keyId))) throw contradicted(missing);
	const found =
		chooseSuccessor(keys.filter(({ id }) => isSuccessor(maker, rotation, id))) ??
		keys.find(({ id }) => earlier?.isSettled === true && id === earlier.publicId);
	if (found === undefined) throw missing;
	const { body: key, ...response } = await readKey(sentry, rotation, found.id);
	const responses = [{ ...response, body: key }];
	return { key, responses, isRepeat: true, wasKept: false, ignored: [] };
}

/** The old key's own page says that it is gone, and the list shows it. */
function contradicted({ details }: SentryError): SentryError {
	return new SentryError(
		'Sentry says that the client key does not exist, and lists it all the same',
		'Nothing was changed. Run the item again; if it goes on, check what stands between n8n and Sentry.',
		{ ...details, code: 'unexpected_response' },
	);
}

/**
 * Which of several new keys is the one: of those that work the oldest of the last rotation. One that
 * does not work was switched off on purpose, perhaps because it leaked.
 */
function chooseSuccessor(successors: ClientKey[]): ClientKey | undefined {
	const active = successors.filter(({ isActive }) => isActive !== false);
	const candidates = (active.length > 0 ? active : [...successors]).sort(byAge);
	const [newest] = candidates;
	const since = Date.parse(newest?.dateCreated ?? '') - REPEAT_MS;
	return candidates.filter(({ dateCreated }) => !(Date.parse(dateCreated ?? '') < since)).at(-1);
}

/** The new key: the one that a rotation which broke off left behind, or a new one. */
async function makeSuccessor(
	maker: KeyMaker,
	rotation: Rotation,
	{ id: keyId, name, rateLimit, isActive }: ClientKey,
): Promise<{
	made: ClientKey;
	isRepeat: boolean;
	left?: string | undefined;
	writes: Rotated['responses'];
}> {
	const { sentry } = maker;
	const before = await listKeysSince(sentry, rotation, keyId);
	const earlier = chooseSuccessor(
		before.keys.filter(
			(key) =>
				isSuccessor(maker, rotation, key.id) && (key.isActive !== false || isActive === false),
		),
	);
	if (
		earlier !== undefined &&
		// An old key that is off is one whose rotation is finished, however long ago. And a repeat of this item
		// takes the new key that everybody takes, as it may still lack what only the old one tells.
		(isActive === false ||
			maker.earlierTry(rotation, purposeOf(rotation))?.isSettled === true ||
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
 * Finishes the new key. Before a repeat takes the old key out of service, it finishes another one too that
 * was made meanwhile, and is the one from then on: nobody could do it without the old key's settings.
 */
async function finishChosen(
	maker: KeyMaker,
	rotation: Rotation,
	made: ClientKey,
	old: ClientKey,
	isRepeat: boolean,
): Promise<Finished> {
	const { sentry } = maker;
	const finished = await finishSuccessor(sentry, rotation, made, old, isRepeat);
	if (!isRepeat || rotation.previousKey === 'keep') return finished;
	const { keys } = await listKeysSince(sentry, rotation, old.id);
	const chosen = chooseSuccessor(keys.filter(({ id }) => isSuccessor(maker, rotation, id)));
	if (chosen === undefined || chosen.id === made.id) return finished;
	const other = await finishSuccessor(sentry, rotation, chosen, old, isRepeat);
	return { ...other, responses: [...finished.responses, ...other.responses] };
}

/** Gives the new key what creating can't, and reads it back. */
async function finishSuccessor(
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

/** Takes the old key out of service. */
async function retire(
	sentry: SentryClient,
	rotation: Rotation,
	old: ClientKey,
): Promise<Rotated['responses']> {
	if (rotation.previousKey === 'delete') {
		return [(await deleteKey(sentry, rotation, old.id)).response];
	}
	const { writes, key } = await updateKey(sentry, rotation, old, { isActive: false });
	if (key.isActive === false) return writes;
	throw new SentryError(
		'Sentry did not disable the old client key',
		'It answered as if it did, but the key is still active.',
		{ code: 'unexpected_response' },
	);
}

function stateOf({ id, isActive }: ClientKey): string {
	return isActive === false
		? `The old client key ${id} is inactive, as it was.`
		: `The old client key ${id} still works.`;
}

/** Whether the new key still has the limit it was created with; a plan may have dropped it. */
function hasLimitOf({ rateLimit: old }: ClientKey, { rateLimit }: ClientKey): boolean {
	return !rateLimit || (rateLimit.count === old?.count && rateLimit.window === old.window);
}

/** What to do about a new key that is not finished. */
function onRepeat(maker: KeyMaker, rotation: Rotation, { id }: ClientKey): string {
	return isSuccessor(maker, rotation, id)
		? 'Run the item again: it goes on with the same new key.'
		: 'Its ID does not tell what it is for, so another execution would make one more: delete it first, or finish the rest by hand.';
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
