import { detail, page } from '../responses.cts';
import type { ApiResponse } from '../responses.cts';

const PAGE = '<!DOCTYPE html><html><head><title>GlitchTip</title></head><body></body></html>';

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

export const NOT_FOUND = withType(detail(404, 'Not Found'));
export const DENIED = withType(detail(403, 'Permission denied'));
export const UNREADABLE = withType(detail(400, 'Cannot parse request body'));
export const NOT_ALLOWED = page(405, 'Method not allowed');
export const SERVER_ERROR = page(500, PAGE);

/** The web app's page, which stands for every address that is not the API's. */
export function webApp(status: number): ApiResponse {
	return page(status, PAGE);
}

/** A reader without a valid token is told so; a writer is taken for a browser without its cookie. */
export function notAccepted(method: string): ApiResponse {
	return withType(
		method === 'GET' ? detail(401, 'Unauthorized') : detail(403, 'CSRF check Failed'),
	);
}

/** JSON, under the name that this server gives it. */
export function json(status: number, body: unknown): ApiResponse {
	return withType({ status, body });
}

/** 204, which has a type here though it has no body. */
export const NO_CONTENT: ApiResponse = withType({ status: 204 });

function withType(response: ApiResponse): ApiResponse {
	return { ...response, headers: JSON_TYPE };
}
