import type { IDataObject } from 'n8n-workflow';

import type { ClientKey } from '../sentry/types';

/** An output item's JSON. */
export type Row = IDataObject;

/** One request's response, as the raw result format shows it. */
export interface RawResponse {
	body: unknown;
	status: number;
}

/** A client key, with the operation's own columns after Sentry's. */
export interface KeyResult {
	/** As Sentry sent it; of one that a dry run would make, what was asked for. */
	key: Partial<ClientKey>;
	columns?: Row;
}

/** One result: a client key, or a row as it is. */
export type OperationResult = KeyResult | { row: Row };

/** What an operation did for one item; the result formats turn it into output items. */
export interface OperationOutcome {
	/** The requests that made or make up the result. */
	responses: RawResponse[];
	results: OperationResult[];
	/**
	 * What was changed in Sentry, should another item stop the run: "created client key … in …".
	 * Nothing for operations that only read.
	 */
	change?: string;
}

export interface ResultSettings {
	/** Whether null takes the place of `secret` and `dsn.secret`. */
	redactSecrets: boolean;
	/** What the DSN columns name in place of Sentry's own address. */
	dsnAddress: string | undefined;
}

/** Turns what an operation did for one item into the JSON of its output items. */
export type ResultFormat = (outcome: OperationOutcome, settings: ResultSettings) => Row[];
