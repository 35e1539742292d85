import { readKey } from '../endpoints';
import type { ProjectRef } from '../endpoints';
import type { SentryClient } from '../client';
import { compareWithKey } from './keyChoice';
import type { KeyChoice } from './keyChoice';
import { settingsOf } from './keyFields';
import type { KeyFields } from './keyFields';
import { locateKey } from './locateKey';
import type { ServerKeys } from './serverKeys';

/**
 * Fields over those of another key: its rate limit (also that it has none), SDK version and loader
 * options; never its name, status or secret.
 *
 * @param from an ID is one of the project at hand, a DSN may be one of any; undefined to copy nothing
 * @throws SentryError
 */
export async function withCopied(
	sentry: SentryClient,
	server: ServerKeys,
	project: ProjectRef,
	fields: KeyFields,
	from: KeyChoice | undefined,
): Promise<KeyFields> {
	if (from === undefined) return fields;
	const { keyId, dsn } = from;
	const { choice, ...source } =
		dsn?.projectId === undefined
			? { ...project, choice: from }
			: await locateKey(server, { keyId, dsn });
	const { body } = await readKey(sentry, source, choice.keyId);
	compareWithKey(body, dsn);
	const { rateLimit = null, browserSdkVersion, dynamicSdkLoaderOptions } = settingsOf(body);
	return {
		rateLimit,
		...(browserSdkVersion !== undefined && { browserSdkVersion }),
		...fields,
		dynamicSdkLoaderOptions: { ...dynamicSdkLoaderOptions, ...fields.dynamicSdkLoaderOptions },
	};
}
