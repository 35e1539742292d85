import type { ClientKey, RateLimit } from '../types';

/**
 * The switches of the Loader Script (`dynamicSdkLoaderOptions`); servers know only those of their time
 * (src/sentry/loader/dynamic_sdk_options.py).
 */
export const LOADER_OPTIONS = [
	'hasDebug',
	'hasFeedback',
	'hasLogsAndMetrics',
	'hasPerformance',
	'hasReplay',
] as const;

/** Can be set, although Sentry does not list it among a key's choices (browsersdkversion.py). */
export const LATEST_VERSION = 'latest';

export type LoaderOption = (typeof LOADER_OPTIONS)[number];

/** What can be changed of a key, in the API's form; what is absent stays as it is. */
export interface KeyFields {
	name?: string;
	isActive?: boolean;
	/** Null: no limit. */
	rateLimit?: RateLimit | null;
	browserSdkVersion?: string;
	dynamicSdkLoaderOptions?: Record<string, boolean>;
}

/** What of the wanted fields a key does not have yet. */
export interface Difference {
	changes: KeyFields;
	/** Fields that the server's keys don't have, so that they can't be set. */
	unknown: string[];
}

/** Compares a key with the fields that it is to have. */
export function differenceOf(key: ClientKey, wanted: KeyFields): Difference {
	const changes: KeyFields = {};
	const unknown: string[] = [];
	for (const field of ['name', 'isActive', 'browserSdkVersion'] as const) {
		if (wanted[field] === undefined || wanted[field] === key[field]) continue;
		if (key[field] === undefined) unknown.push(field);
		else Object.assign(changes, { [field]: wanted[field] });
	}
	if (wanted.rateLimit !== undefined && !isSameLimit(wanted.rateLimit, key.rateLimit ?? null)) {
		changes.rateLimit = wanted.rateLimit;
	}
	const options: KeyFields['dynamicSdkLoaderOptions'] = {};
	for (const [option, value] of Object.entries(wanted.dynamicSdkLoaderOptions ?? {})) {
		const current = key.dynamicSdkLoaderOptions?.[option];
		if (value === current) continue;
		if (current === undefined) unknown.push(option);
		else options[option] = value;
	}
	if (Object.keys(options).length > 0) changes.dynamicSdkLoaderOptions = options;
	return { changes, unknown };
}

/** Everything of a key that can be changed, but its name: that one is no setting. */
export function settingsOf(key: ClientKey): KeyFields {
	return {
		...(key.isActive !== undefined && { isActive: key.isActive }),
		rateLimit: key.rateLimit ?? null,
		// Sentry answers 400 to an empty version.
		...(key.browserSdkVersion && { browserSdkVersion: key.browserSdkVersion }),
		dynamicSdkLoaderOptions: Object.fromEntries(
			Object.entries(key.dynamicSdkLoaderOptions ?? {}).filter(
				([, value]) => typeof value === 'boolean',
			),
		),
	};
}

/** What a field is and would be. */
interface Change {
	from: unknown;
	to: unknown;
}

/** What would change in a key, by its columns; loader options one by one. */
export function changesOf(current: Partial<ClientKey>, changes: KeyFields): Record<string, Change> {
	const { dynamicSdkLoaderOptions = {}, ...fields } = changes;
	const options = current.dynamicSdkLoaderOptions;
	return Object.fromEntries([
		...Object.entries(fields).map(([field, to]): [string, Change] => [
			field,
			{ from: current[field as keyof typeof fields] ?? null, to },
		]),
		...Object.entries(dynamicSdkLoaderOptions).map(([option, to]): [string, Change] => [
			`dynamicSdkLoaderOptions.${option}`,
			{ from: options?.[option] ?? null, to },
		]),
	]);
}

/** The SDK versions that a key offers, as far as the server tells them readably. */
export function versionsOf({ browserSdk }: ClientKey): string[] {
	const choices: unknown = browserSdk?.choices;
	return (Array.isArray(choices) ? choices : [])
		.map((choice: unknown): unknown => (Array.isArray(choice) ? choice[0] : undefined))
		.filter((version): version is string => typeof version === 'string');
}

/** Whether there is nothing to change. */
export function isEmpty(fields: KeyFields): boolean {
	return Object.keys(fields).length === 0;
}

function isSameLimit(a: RateLimit | null, b: RateLimit | null): boolean {
	return a?.count === b?.count && a?.window === b?.window;
}
