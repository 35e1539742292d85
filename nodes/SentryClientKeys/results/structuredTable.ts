import { projectIdOf } from '../sentry/keys/parseDsn';
import type { ClientKey } from '../sentry/types';
import { withDsnAddress } from './dsnAddress';
import { redactKey } from './redact';
import type { OperationOutcome, ResultSettings, Row } from './types';

/** The columns and their order, which users' workflows rely on. */
export const COLUMNS = [
	'id',
	'name',
	'label',
	'public',
	'secret',
	'projectId',
	'isActive',
	'rateLimit',
	'dsn',
	'browserSdkVersion',
	'browserSdk',
	'dateCreated',
	'dynamicSdkLoaderOptions',
	'useCase',
] as const satisfies ReadonlyArray<keyof ClientKey>;

/** One row per key with every column, null where Sentry sent nothing, then the operation's own. */
export function structuredTable(
	{ results }: OperationOutcome,
	{ redactSecrets, dsnAddress }: ResultSettings,
): Row[] {
	return results.map((result) => {
		if ('row' in result) return result.row;
		const key = withDsnAddress(result.key, dsnAddress);
		const shown = redactSecrets ? redactKey(key) : key;
		const columns = Object.fromEntries(COLUMNS.map((column) => [column, shown[column] ?? null]));
		return { ...columns, projectId: projectIdColumn(key), ...result.columns };
	});
}

/** As Sentry sends it, a number. */
export function projectIdColumn(key: Partial<ClientKey>): number | null {
	const projectId = projectIdOf(key);
	return projectId === undefined ? null : Number(projectId);
}
