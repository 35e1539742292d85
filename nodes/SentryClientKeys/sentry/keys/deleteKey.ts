import { deleteKeyCall, readKey, readProject } from '../endpoints';
import type { ProjectRef } from '../endpoints';
import type { ApiResponse, SentryClient } from '../client';
import { isNotFound, SentryError } from '../errors';
import { parseJson } from '../json';

/** What a deletion came to. */
export interface Deleted {
	response: Pick<ApiResponse, 'status' | 'body'>;
	/** Why nothing was deleted: there is no such key in the project. */
	missing?: SentryError;
}

/**
 * Deletes a key for good. Where there is no such key, the project is looked at as well: the message of
 * an older Sentry does not tell one from the other.
 *
 * @throws SentryError `not_found` if the project does not exist
 */
export async function deleteKey(
	sentry: SentryClient,
	project: ProjectRef,
	keyId: string,
): Promise<Deleted> {
	const deletion = async () => {
		// Without the write that would tell, a dry run has to look.
		if (sentry.isDryRun) await readKey(sentry, project, keyId);
		return await sentry.request(deleteKeyCall(project, keyId));
	};
	const deleted = await deletion().catch((reason: unknown) =>
		isNotFound(reason) ? reason : Promise.reject(reason as Error),
	);
	if (!isNotFound(deleted)) return { response: deleted };
	await readProject(sentry, project);
	const { status = 404, text = '' } = deleted.refusal ?? {};
	if (text.trim() === '') throw untold(keyId, status);
	return { response: { status, body: parseJson(text) ?? text }, missing: deleted };
}

/** Only of an unknown organization Sentry's gateway answers with nothing, and this one is known. */
function untold(keyId: string, status: number): SentryError {
	return new SentryError(
		`Sentry did not delete the client key: an empty response (${status}), which is not Sentry's own`,
		`Whether the client key ${keyId} exists is not known. Check what stands between n8n and Sentry, then run the item again.`,
		{ code: 'unexpected_response', status },
	);
}
