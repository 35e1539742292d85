import type { ProjectRef } from '../endpoints';
import type { SentryClient } from '../client';
import { deleteKey } from './deleteKey';
import { byAge } from './keyList';
import { SentryError } from '../errors';
import type { Created } from './createOnce';
import type { ClientKey } from '../types';

/** Which of the keys that several runs made for the same purpose stays. */
export interface Agreed {
	key: ClientKey;
	/** This run's own key, if it is one too many and could not be deleted, or may come back. */
	left?: string;
	/** Whether this run's own key was deleted. */
	isDeleted?: boolean;
}

/**
 * Agrees with other runs that made a key for the same purpose at the same moment: the oldest stays, and
 * each run deletes its own unless that is the oldest. Whoever reads the list later sees what the other
 * one did, so all come to the same key.
 *
 * @param created made just now, so nobody has it from here yet, unless it was there before
 * @param rivals the keys for that purpose, read after `own` was made
 */
export async function resolveDuplicates(
	sentry: SentryClient,
	project: ProjectRef,
	{ body: own, wasThere = false, mayReturn = false }: Created,
	rivals: ClientKey[],
): Promise<Agreed> {
	const oldest = [...rivals].sort(byAge).at(-1) ?? own;
	if (oldest.id === own.id || !rivals.some(({ id }) => id === own.id)) return { key: own };
	// A key of an earlier try may be in use by now.
	if (wasThere) return { key: oldest, left: own.id };
	const isDeleted = await deleteKey(sentry, project, own.id).then(
		() => true,
		(reason: unknown) =>
			reason instanceof SentryError && reason.details.code !== 'cancelled'
				? false
				: Promise.reject(reason as Error),
	);
	return { key: oldest, isDeleted, ...((!isDeleted || mayReturn) && { left: own.id }) };
}
