import { detail, page } from '../responses.cts';
import type { ApiAnswer } from '../responses.cts';

export const NOT_FOUND = detail(404, 'The requested resource does not exist');
/** A route that the server does not have: empty, whoever asks (api/catchall.py). */
export const UNKNOWN_ROUTE: ApiAnswer = page(404, '');
export const INTERNAL_ERROR: ApiAnswer = {
	status: 500,
	body: { detail: 'Internal Error', errorId: '0'.repeat(32) },
};
