import { detail } from '../responses.cts';
import type { ApiResponse } from '../responses.cts';
import type { ApiRequest } from '../apiRequest.cts';
import { bodyErrors } from './validation.cts';

/** The fields of a body, or the response that it gets instead: 415 or 400 (rest_framework/request.py). */
export function readBody({
	text,
	contentType = '',
}: ApiRequest): { fields: Record<string, unknown> } | { refusal: ApiResponse } {
	if (text === '') return { fields: {} };
	const [type = ''] = contentType.toLowerCase().split(';');
	if (type.trim() === 'application/json') return readJson(text);
	return type.trim() === 'application/x-www-form-urlencoded'
		? { fields: Object.fromEntries(new URLSearchParams(text)) }
		: { refusal: detail(415, `Unsupported media type "${contentType}" in request.`) };
}

function readJson(text: string): ReturnType<typeof readBody> {
	let body: unknown;
	try {
		body = JSON.parse(text);
	} catch (error) {
		return {
			refusal: detail(400, `JSON parse error - ${error instanceof Error ? error.message : ''}`),
		};
	}
	const errors = bodyErrors(body);
	return errors === undefined
		? { fields: body as Record<string, unknown> }
		: { refusal: { status: 400, body: errors } };
}
