import type { OperationOutcome, Row } from '../operations/types';

/** What goes into an app: the public DSN as text, and which key it is. Holds no secret. */
export function dsn({ keys }: OperationOutcome): Row[] {
	return keys.map((key) => ({
		id: key.id,
		name: key.name ?? null,
		projectId: key.projectId ?? null,
		isActive: key.isActive ?? null,
		dsn: key.dsn?.public ?? null,
	}));
}
