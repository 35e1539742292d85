import type { INodeProperties } from 'n8n-workflow';

import { InvalidInputError } from '../sentry/errors';
import { isRecord } from '../sentry/json';
import { checkName, checkRateLimit } from '../sentry/keys/keyBody';
import { LOADER_OPTIONS } from '../sentry/keys/keyFields';
import type { KeyFields } from '../sentry/keys/keyFields';
import { isBlank, numberAsText, readSwitch, refuseExpression } from '../sentry/values';
import type { KeyChoice } from '../sentry/keys/keyChoice';
import { readKeyChoice } from './readKeyChoice';
import { clientKey } from './locators';
import { rateLimit } from './rateLimit';

/** Labels of the Loader Script's switches, in Sentry's words. */
const LOADER_LABELS: Record<(typeof LOADER_OPTIONS)[number], string> = {
	hasDebug: 'Loader: Debug Bundles',
	hasFeedback: 'Loader: User Feedback',
	hasLogsAndMetrics: 'Loader: Logs and Metrics',
	hasPerformance: 'Loader: Performance Monitoring',
	hasReplay: 'Loader: Session Replay',
};

/** What can be changed of a key besides its name, for a collection. */
export const keyFields: INodeProperties[] = [
	{
		displayName: 'Active',
		name: 'isActive',
		type: 'boolean',
		default: true,
		description: 'Whether the key accepts events. An inactive key refuses them all.',
	},
	{
		displayName: 'Browser SDK Version',
		name: 'browserSdkVersion',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description: 'The version of the JavaScript SDK that the Loader Script loads',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a version…',
				typeOptions: { searchListMethod: 'searchBrowserSdkVersions', searchable: true },
			},
			{
				displayName: 'By Version',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 10.x',
				hint: 'One of the versions that the key offers, or latest',
			},
		],
	},
	...Object.entries(LOADER_LABELS)
		.map(
			([name, displayName]): INodeProperties => ({
				displayName,
				name,
				type: 'boolean',
				default: false,
				description: `Whether the Loader Script loads the SDK with this feature (${name})`,
			}),
		)
		.sort((a, b) => a.displayName.localeCompare(b.displayName)),
	{
		...clientKey,
		displayName: 'Copy Settings From',
		name: 'copyFrom',
		required: false,
		description:
			'A key whose rate limit, SDK version and loader options are taken over; never its name, status or secret. Fields set beside it win.',
		displayOptions: {},
	},
	rateLimit,
	{
		displayName: 'Remove Rate Limit',
		name: 'removeRateLimit',
		type: 'boolean',
		default: true,
		description: 'Whether to lift the rate limit, so that the key accepts any number of events',
	},
];

/**
 * Reads such a collection.
 *
 * @param label the collection's display name
 * @throws InvalidInputError naming the field
 */
export function readKeyFields(collection: unknown, label: string): KeyFields {
	if (isBlank(collection)) return {};
	if (!isRecord(collection)) {
		throw new InvalidInputError(label, 'is not an object', 'Add the fields that are to be set.');
	}
	const value = (name: string) => collection[name];
	const fields = {
		name: checkName(numberAsText(value('name')), `${label} > Name`),
		isActive: readSwitch(value('isActive'), `${label} > Active`),
		rateLimit: readLimit(collection, label),
		browserSdkVersion: readVersion(value('browserSdkVersion'), `${label} > Browser SDK Version`),
	};
	const options: Record<string, boolean> = {};
	for (const option of LOADER_OPTIONS) {
		const isOn = readSwitch(value(option), `${label} > ${LOADER_LABELS[option]}`);
		if (isOn !== undefined) options[option] = isOn;
	}
	return withoutUndefined({
		...fields,
		dynamicSdkLoaderOptions: Object.keys(options).length === 0 ? undefined : options,
	});
}

/**
 * The key whose settings are to be copied; undefined if the field was not added.
 *
 * @param collection as `readKeyFields` takes it
 * @param label the collection's display name
 * @throws InvalidInputError also if an expression gave nothing
 */
export function readCopyFrom(collection: unknown, label: string): KeyChoice | undefined {
	if (!isRecord(collection) || collection.copyFrom === undefined) return undefined;
	return readKeyChoice(collection.copyFrom, `${label} > Copy Settings From`);
}

/** Null for no limit, which takes the switch or an explicit 0; undefined to leave it as it is. */
function readLimit(collection: Record<string, unknown>, label: string): KeyFields['rateLimit'] {
	const isRemoved = readSwitch(collection.removeRateLimit, `${label} > Remove Rate Limit`) === true;
	const limit = checkRateLimit(collection.rateLimit, {
		rateLimit: `${label} > Rate Limit`,
		count: `${label} > Rate Limit > Count`,
		window: `${label} > Rate Limit > Window (Seconds)`,
	});
	if (limit === undefined) return isRemoved ? null : undefined;
	if (isRemoved && limit !== null) {
		throw new InvalidInputError(
			`${label} > Remove Rate Limit`,
			'contradicts the rate limit that is to be set',
			"Remove one of the two fields, 'Rate Limit' or 'Remove Rate Limit'.",
		);
	}
	return limit;
}

function readVersion(value: unknown, label: string): string | undefined {
	const version = isRecord(value) ? value.value : value;
	if (version === undefined || version === null || version === '') return undefined;
	refuseExpression(version, label);
	if (typeof version === 'string') return version.trim() || undefined;
	throw new InvalidInputError(label, 'is not text', 'Enter a version such as 10.x.');
}

/** The fields that have a value: an absent one stays as it is. */
function withoutUndefined<T extends object>(fields: T): Defined<T> {
	return Object.fromEntries(
		Object.entries(fields).filter(([, value]) => value !== undefined),
	) as Defined<T>;
}

type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };
