import { deleteKeyCall, listKeysCall } from '../calls';
import type { ProjectRef } from '../calls';
import type { Answer, SentryClient } from '../client';
import { isNotFound } from '../errors';
import { parseJson } from '../json';

/** What a deletion came to. */
export interface Deleted {
	answer: Pick<Answer, 'status' | 'body'>;
	/** False: there was no such key in the project. */
	existed: boolean;
}

/**
 * Deletes a key for good. A key that does not exist (any more) counts as deleted, provided that the
 * project does: the message of an older Sentry does not tell one from the other.
 *
 * @throws SentryError
 */
export async function deleteKey(
	sentry: SentryClient,
	project: ProjectRef,
	keyId: string,
): Promise<Deleted> {
	const deleted = await sentry
		.request(deleteKeyCall(project, keyId))
		.catch((reason: unknown) => (isNotFound(reason) ? reason : Promise.reject(reason as Error)));
	if (!isNotFound(deleted)) return { answer: deleted, existed: true };
	await sentry.request(listKeysCall(project, { per_page: '1' }));
	const { status = 404, text = '' } = deleted.refusal ?? {};
	return { answer: { status, body: parseJson(text) ?? text }, existed: false };
}
