import { dsn } from './dsn';
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

export function isResultFormat(value: unknown): value is ResultFormatName {
	return typeof value === 'string' && Object.hasOwn(resultFormats, value);
}
