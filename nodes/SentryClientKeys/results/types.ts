import type { OperationOutcome, Row } from '../operations/types';

export interface ResultSettings {
	/** Whether null takes the place of `secret` and `dsn.secret`. */
	redactSecrets: boolean;
}

/** Turns what an operation did for one item into the JSON of its output items. */
export type ResultFormat = (outcome: OperationOutcome, settings: ResultSettings) => Row[];
