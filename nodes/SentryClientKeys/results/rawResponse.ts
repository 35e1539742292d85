import { redactBody } from './redact';
import type { OperationOutcome, ResultSettings, Row } from './types';

/** One row per request: the body and the status, and nothing else. */
export function rawResponse(
	{ responses }: OperationOutcome,
	{ redactSecrets }: ResultSettings,
): Row[] {
	return responses.map(
		({ body = null, status }) => ({ body: redactSecrets ? redactBody(body) : body, status }) as Row,
	);
}
