import { updateKeyCall } from '../endpoints';
import type { ProjectRef } from '../endpoints';
import type { ApiResponse, SentryClient } from '../client';
import { InvalidInputError, SentryError } from '../errors';
import { differenceOf, isEmpty, LATEST_VERSION, settingsOf, versionsOf } from './keyFields';
import type { KeyFields } from './keyFields';
import type { ClientKey } from '../types';

/** What became of a key that was to be changed. */
export interface Updated {
	key: ClientKey;
	/** The responses to what was sent; none if the key had all it should have. */
	writes: Array<ApiResponse<ClientKey>>;
	/** Whether the server stored anything of what was asked. */
	isChanged: boolean;
	/** Fields that the server did not store as asked. */
	ignored: string[];
	/** Settings that are others than before, although nothing of this was asked. */
	changedMeanwhile: string[];
}

/**
 * Gives a key the fields that it is to have, in one request, and sends nothing if it has them.
 *
 * Older servers set `browserSdkVersion` back to the project's default whenever a PUT leaves it out
 * (project_key_details.py), so it is always sent along. Nothing else is sent that was not asked for:
 * somebody else may have changed it since the key was read.
 *
 * @param current the key as it was just read
 * @param isNew whether the key is one that this run has just made, and nobody else can have changed: then
 * all fields are sent, for servers that reset what is left out
 * @throws SentryError
 */
export async function updateKey(
	sentry: SentryClient,
	project: ProjectRef,
	current: ClientKey,
	fields: KeyFields,
	isNew = false,
): Promise<Updated> {
	const { changes, unknown } = differenceOf(current, fields);
	if (isEmpty(changes)) {
		return {
			key: current,
			writes: [],
			isChanged: false,
			ignored: unknown,
			changedMeanwhile: [],
		};
	}
	const { browserSdkVersion } = settingsOf(current);
	const response = await sentry.request<ClientKey>(
		updateKeyCall(project, current.id, {
			...(browserSdkVersion !== undefined && { browserSdkVersion }),
			...(isNew ? fields : changes),
		}),
	);
	const key = response.body;
	const asked = namesOf(changes);
	const refused = namesOf(differenceOf(key, isNew ? fields : changes).changes);
	const before = {
		...settingsOf(current),
		...(current.name !== undefined && { name: current.name }),
	};
	return {
		key,
		writes: [response],
		isChanged: asked.length > refused.length,
		ignored: [...unknown, ...refused],
		changedMeanwhile: namesOf(differenceOf(key, before).changes).filter(
			(name) => !asked.includes(name),
		),
	};
}

/**
 * Refuses an update of which the server stored nothing, whatever its status. A rate limit alone that is
 * missing afterwards is none: the organization's plan may have no rate limits. A server that does not
 * tell the status of a key has no plans (GlitchTip).
 *
 * @throws SentryError `not_stored`
 */
export function refuseIfNotStored({ key, writes, isChanged, ignored }: Updated): void {
	const isLimitDropped =
		ignored.join() === 'rateLimit' && !key.rateLimit && key.isActive !== undefined;
	if (isChanged || ignored.length === 0 || isLimitDropped) return;
	throw new SentryError(
		`Sentry stored nothing of the update of client key ${key.id}`,
		`${
			writes.length > 0
				? 'It took the request, but these fields are as they were, or it does not know them'
				: 'It does not know these fields, so nothing was sent'
		}: ${ignored.join(', ')}. Change them in Sentry itself, or leave them out here.`,
		{ code: 'not_stored', keyId: key.id, fields: ignored },
	);
}

/**
 * Checks a version that the user chose.
 *
 * @throws InvalidInputError if the key does not offer it
 */
export function checkVersion(key: ClientKey, version: string | undefined): void {
	const choices = versionsOf(key);
	if (
		version === undefined ||
		choices.length === 0 ||
		[...choices, LATEST_VERSION, key.browserSdkVersion].includes(version)
	) {
		return;
	}
	throw new InvalidInputError(
		'Browser SDK Version',
		'is not one of those that this key offers',
		`Use one of: ${[...choices, LATEST_VERSION].join(', ')}.`,
	);
}

/** The fields' names, each loader option by its own. */
function namesOf({ dynamicSdkLoaderOptions = {}, ...fields }: KeyFields): string[] {
	return [...Object.keys(fields), ...Object.keys(dynamicSdkLoaderOptions)];
}
