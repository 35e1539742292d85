import { withDsnAddress } from './dsnAddress';
import { projectIdColumn } from './structuredTable';
import type { OperationOutcome, ResultSettings, Row } from './types';

/** What goes into an app: the public DSN as text, and which key it is. Holds no secret. */
export function dsn({ results }: OperationOutcome, { dsnAddress }: ResultSettings): Row[] {
	return results.map((result) =>
		'row' in result
			? result.row
			: {
					dsn: withDsnAddress(result.key, dsnAddress).dsn?.public ?? null,
					id: result.key.id ?? null,
					name: result.key.name ?? null,
					projectId: projectIdColumn(result.key),
					isActive: result.key.isActive ?? null,
					...result.columns,
				},
	);
}
