import { detail, page } from '../responses.cts';
import type { ApiResponse } from '../responses.cts';

export const NOT_FOUND = detail(404, 'The requested resource does not exist');
/** A route that the server does not have: empty, whoever asks (api/catchall.py). */
export const UNKNOWN_ROUTE: ApiResponse = page(404, '');
export const INTERNAL_ERROR: ApiResponse = {
	status: 500,
	body: { detail: 'Internal Error', errorId: '0'.repeat(32) },
};
