import { projectIdColumn } from './structuredTable';
import type { OperationOutcome, Row } from './types';

/** What goes into an app: the public DSN as text, and which key it is. Holds no secret. */
export function dsn({ results }: OperationOutcome): Row[] {
	return results.map((result) =>
		'row' in result
			? result.row
			: {
					dsn: result.key.dsn?.public ?? null,
					id: result.key.id ?? null,
					name: result.key.name ?? null,
					projectId: projectIdColumn(result.key),
					isActive: result.key.isActive ?? null,
					...result.columns,
				},
	);
}
