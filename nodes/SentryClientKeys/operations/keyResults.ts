import type { ItemParameters } from '../parameters/ItemParameters';
import type { ProjectRef } from '../sentry/endpoints';
import { keyUsage } from '../sentry/keys/keyUsage';
import { mapInOrder } from '../sentry/concurrency';
import type { ClientKey } from '../sentry/types';
import { isBlank } from '../sentry/values';
import type { KeyResult, RawResponse, Row } from '../results/types';
import type { ItemContext } from './types';

/** How many days of usage are wanted with each key; undefined for none. */
export function usageDays(item: ItemParameters): number | undefined {
	return item.options.switch('includeUsage') === true
		? item.options.number('usageDays')
		: undefined;
}

/** What the rows of keys say besides Sentry's columns. */
export interface KeyColumns {
	/** The project whose key it is. */
	projectOf: (key: ClientKey) => ProjectRef;
	/** The columns that name it, where the panel does not. */
	columnsOf: (key: ClientKey) => Row;
	/** How many days of usage, if any. */
	days: number | undefined;
}

/** Keys as results, and the requests that their own columns took. */
export async function keyResults(
	item: ItemContext,
	keys: ClientKey[],
	{ projectOf, columnsOf, days }: KeyColumns,
): Promise<{ results: KeyResult[]; responses: RawResponse[] }> {
	if (days === undefined) {
		return { results: keys.map((key) => ({ key, columns: columnsOf(key) })), responses: [] };
	}
	const { sentry } = item;
	const usages = await mapInOrder(keys, sentry.maxConcurrentRequests, async (key) => {
		return await keyUsage(sentry, projectOf(key), key.id, days);
	});
	if (usages.includes(undefined)) item.warn('usage_unavailable');
	return {
		results: keys.map((key, index) => ({
			key,
			columns: { usage: usages[index]?.usage ?? null, ...columnsOf(key) },
		})),
		responses: usages.flatMap((usage) => (usage === undefined ? [] : [usage.response])),
	};
}

/** One key as the result of an item, with what is to be said of it. */
export function keyResult(item: ItemContext, key: ClientKey, columns: Row = {}): KeyResult {
	if (key.isActive === false) item.warn('key_inactive', key.id);
	warnOfEmptyDsn(item, key);
	return { key, columns };
}

/** Says where a key's DSN leads nowhere. */
export function warnOfEmptyDsn(item: ItemContext, { dsn }: ClientKey): void {
	if (dsn?.public === '') item.warn('dsn_empty');
}

/** The columns that say what a dry run would do. */
export function wouldDo(outcome: string, changes: object): Row {
	return { outcome, changes: changes };
}

/** Fields that Sentry takes only when a key is changed. */
const SET_LATER = new Set(['isActive', 'browserSdkVersion', 'dynamicSdkLoaderOptions']);

/** Says which fields of a key the server did not store as asked, and what to use instead. */
export function warnOfIgnored(item: ItemContext, ignored: string[], isCreate = false): void {
	const others = ignored.filter((field) => field !== 'rateLimit');
	if (others.length < ignored.length) item.warn('rate_limit_ignored');
	if (others.length === 0) return;
	const remedy = others.some((field) => SET_LATER.has(field.split('.')[0] ?? ''))
		? ". Use 'Create or Update', or 'Update' after it, which can set them"
		: '';
	item.warn('fields_ignored', others.join(', ') + (isCreate ? remedy : ''));
}

/** Says where a name is stored in another form than it was asked for. */
export function warnOfName(item: ItemContext, asked: unknown, { name }: ClientKey): void {
	if (isBlank(asked) || name === undefined || String(asked) === name) return;
	item.warn('name_normalized', JSON.stringify(name));
}
