import { explainResponse } from '../../../nodes/SentryClientKeys/sentry/explanations.ts';
import type { Circumstances } from '../../../nodes/SentryClientKeys/sentry/refusals.ts';

export const circumstances: Circumstances = {
	baseUrl: 'https://sentry.io',
	tokenKind: 'other',
	now: 1_700_000_000_000,
	subject: {
		action: 'create the client key',
		scopes: 'project:write or project:admin',
		organization: 'acme',
		project: 'web-app',
	},
};

/** Sentry's text where rights are missing. */
export const FORBIDDEN = { detail: 'You do not have permission to perform this action.' };

/** What a response is told as; the bodies and headers are those of Sentry's source. */
export const explain = (
	status: number,
	body: unknown,
	headers: Record<string, string> = {},
	changes: Partial<Circumstances> = {},
) =>
	explainResponse(
		{ status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) },
		{ ...circumstances, ...changes },
	);
