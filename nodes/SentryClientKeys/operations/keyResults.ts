import type { ItemContext } from '../execution/ItemContext';
import type { ItemParameters } from '../parameters/ItemParameters';
import type { ProjectRef } from '../sentry/calls';
import { keyUsage } from '../sentry/keys/keyUsage';
import { mapInOrder } from '../sentry/pool';
import type { ClientKey } from '../sentry/types';
import type { OperationResult, RawAnswer } from './types';

/** How many days of usage are wanted with each key; undefined for none. */
export function usageDays(item: ItemParameters): number | undefined {
	return item.switchOption('includeUsage') === true ? item.numberOption('usageDays') : undefined;
}

/**
 * Keys as results, with a column `usage` if that was asked for, and the requests which that took.
 *
 * @param projectOf the project whose key it is
 */
export async function keyResults(
	item: ItemContext,
	keys: ClientKey[],
	projectOf: (key: ClientKey) => ProjectRef,
	days: number | undefined,
): Promise<{ results: OperationResult[]; answers: RawAnswer[] }> {
	if (days === undefined) return { results: keys.map((key) => ({ key })), answers: [] };
	const { sentry } = item;
	const usages = await mapInOrder(keys, sentry.maxConcurrentRequests, async (key) => {
		return await keyUsage(sentry, projectOf(key), key.id, days);
	});
	if (usages.includes(undefined)) item.notice('usageUnavailable');
	return {
		results: keys.map((key, index) => ({
			key,
			columns: { usage: usages[index]?.usage ?? null },
		})),
		answers: usages.flatMap((usage) => (usage === undefined ? [] : [usage.answer])),
	};
}
