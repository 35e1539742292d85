import { updateKeyCall } from '../calls';
import type { ProjectRef } from '../calls';
import type { Answer, SentryClient } from '../client';
import { InvalidInputError } from '../errors';
import { differenceOf, isEmpty, LATEST_VERSION, mergeFields, settingsOf } from './keyFields';
import type { KeyFields } from './keyFields';
import type { ClientKey } from '../types';

/** What became of a key that was to be changed. */
export interface Updated {
	key: ClientKey;
	/** The answers to what was sent; none if the key had all it should have. */
	writes: Array<Answer<ClientKey>>;
	/** Whether the key is another than before. */
	isChanged: boolean;
	/** Fields that the server did not take. */
	ignored: string[];
}

/**
 * Gives a key the fields that it is to have, and sends nothing if it has them.
 *
 * Older servers set `browserSdkVersion` back to the project's default whenever a PUT leaves it out
 * (project_key_details.py), so it is always sent along. If the answer shows that the server changed
 * a setting that was not asked for, all settings are written once more, as they were.
 *
 * @param current the key as it was just read
 * @throws SentryError
 */
export async function updateKey(
	sentry: SentryClient,
	project: ProjectRef,
	current: ClientKey,
	fields: KeyFields,
): Promise<Updated> {
	const { changes, unknown } = differenceOf(current, fields);
	if (isEmpty(changes)) return { key: current, writes: [], isChanged: false, ignored: unknown };

	const before = settingsOf(current);
	const settings = { ...before };
	// A key that is off now was switched off by somebody in the meantime, and must stay off.
	if (settings.isActive === true) delete settings.isActive;
	const wanted = mergeFields(settings, changes);
	const put = async (body: object) =>
		await sentry.request<ClientKey>(updateKeyCall(project, current.id, body));
	const writes = [
		await put({
			...(before.browserSdkVersion !== undefined && {
				browserSdkVersion: before.browserSdkVersion,
			}),
			...changes,
		}),
	];
	const left = () => differenceOf(writes.at(-1)?.body ?? current, wanted).changes;
	if (!isPartOf(left(), changes)) writes.push(await put(wanted));

	const key = writes.at(-1)?.body ?? current;
	return {
		key,
		writes,
		isChanged: !isEmpty(differenceOf(key, mergeFields(before, nameOf(current))).changes),
		ignored: [...unknown, ...namesOf(left())],
	};
}

/**
 * Checks a version that the user chose.
 *
 * @throws InvalidInputError if the key does not offer it
 */
export function checkVersion(key: ClientKey, version: string | undefined): void {
	const choices = (key.browserSdk?.choices ?? []).map(([value]) => value);
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

function nameOf({ name }: ClientKey): KeyFields {
	return name === undefined ? {} : { name };
}

/** Whether a set of fields holds nothing but what another one holds as well. */
function isPartOf(fields: KeyFields, whole: KeyFields): boolean {
	const names = new Set(namesOf(whole));
	return namesOf(fields).every((name) => names.has(name));
}

/** The fields' names, each loader option by its own. */
function namesOf({ dynamicSdkLoaderOptions = {}, ...fields }: KeyFields): string[] {
	return [...Object.keys(fields), ...Object.keys(dynamicSdkLoaderOptions)];
}
