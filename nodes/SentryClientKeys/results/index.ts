import { dsn } from './dsnFormat';
import { rawResponse } from './rawResponse';
import { structuredTable } from './structuredTable';
import type { ResultFormat } from './types';

/** By the value of the Result Format parameter. */
export const resultFormats = {
	structuredTable,
	rawResponse,
	dsn,
} satisfies Record<string, ResultFormat>;

export type ResultFormatName = keyof typeof resultFormats;

/** The choices of Result Format. */
export const RESULT_FORMATS = Object.keys(resultFormats) as ResultFormatName[];
