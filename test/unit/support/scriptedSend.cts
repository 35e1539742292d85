import { SentryClient } from '../../../nodes/SentryClientKeys/sentry/client.ts';
import type { SentryClientOptions } from '../../../nodes/SentryClientKeys/sentry/client.ts';
import { tokenKindOf } from '../../../nodes/SentryClientKeys/sentry/tokenKind.ts';
import type { Attempt, HttpRequest } from '../../../nodes/SentryClientKeys/sentry/types.ts';
import { VirtualClock } from './virtualTime.cts';

/** A response as Sentry's application sends it. */
export function jsonResponse(
	status: number,
	body: unknown,
	headers: Record<string, string> = {},
): Attempt {
	return textResponse(status, JSON.stringify(body), headers);
}

/** A response of whatever stands in front of Sentry. */
export function textResponse(
	status: number,
	text: string,
	headers: Record<string, string> = {},
): Attempt {
	return { response: { status, headers, text } };
}

export function noResponse(code: string, reason = code): Attempt {
	return { noResponse: { code, reason } };
}

/** A client whose every request is answered by a function, and what it sent. */
export function scriptedClient(
	response: (request: HttpRequest, sent: number) => Attempt,
	{
		token = 'token',
		maxRetries = 1,
		baseUrl = 'https://sentry.io',
		...more
	}: Partial<Pick<SentryClientOptions, 'baseUrl' | 'isDryRun' | 'maxRetries' | 'secrets'>> & {
		token?: string;
	} = {},
) {
	const clock = new VirtualClock(1_700_000_000_000);
	const requests: HttpRequest[] = [];
	const client = new SentryClient({
		baseUrl,
		tokenKind: tokenKindOf(token),
		send: async (request) => {
			requests.push(request);
			return await Promise.resolve(response(request, requests.length - 1));
		},
		clock,
		maxRetries,
		maxConcurrentRequests: 20,
		timeout: 12_345,
		...more,
	});
	return {
		client,
		clock,
		requests,
		/** Method, path and query of each request. */
		sent: () =>
			requests.map(({ method, url, query }) => {
				const search = new URLSearchParams(query).toString();
				return `${method} ${url.replace(baseUrl, '')}${search === '' ? '' : `?${search}`}`;
			}),
	};
}
