import { redactBody } from './redact';
import type { OperationOutcome, ResultSettings, Row } from './types';

/** One row per request: the body and the status, and nothing else. */
export function rawResponse(
	{ answers }: OperationOutcome,
	{ redactSecrets }: ResultSettings,
): Row[] {
	return answers.map(
		({ body = null, status }) => ({ body: redactSecrets ? redactBody(body) : body, status }) as Row,
	);
}
