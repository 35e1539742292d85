import { readKey } from '../endpoints';
import type { SentryClient } from '../client';
import { deleteKey } from './deleteKey';
import { InvalidInputError, isNotFound, rephrasing, SentryError, withState } from '../errors';
import { listKeysSince } from './keyList';
import type { KeyMaker } from './keyMaker';
import { digitsOf } from '../serverNames';
import {
	findSuccessor,
	finishSuccessor,
	idOfEarlierTry,
	makeSuccessor,
	onRepeat,
} from './successor';
import type { Finished, Made, Rotation } from './successor';
import type { ClientKey } from '../types';
import { updateKey } from './updateKey';

/** What became of both keys. */
export interface Rotated extends Finished, Pick<Made, 'isRepeat' | 'left'> {
	/** Whether the old key was kept against the wish, because the new one is not active either. */
	wasKept: boolean;
}

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
		async () => await finishSuccessor(maker, rotation, made, old, isRepeat),
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
	const { keys } = await listKeysSince(sentry, rotation, undefined);
	if (keys.some(({ id }) => digitsOf(id) === digitsOf(rotation.keyId))) throw contradicted(missing);
	const idOfTry = idOfEarlierTry(maker, rotation);
	const found = findSuccessor(maker, rotation, keys) ?? keys.find(({ id }) => id === idOfTry);
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
