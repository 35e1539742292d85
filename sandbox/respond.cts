import type { FastifyReply } from 'fastify';

import { detail } from './responses.cts';
import type { ApiResponse } from './responses.cts';
import type { Fault } from './faults.cts';
import { tooManyRequests } from './limiter.cts';
import { INTERNAL_ERROR } from './sentry/responses.cts';

/** What a request comes to, once a fault may have struck it. */
export type Reaction =
	| { response: ApiResponse }
	| { raw: { status: number; type: string; text: string; headers?: Record<string, string> } }
	| { connection: 'cut' | 'left open' };

const LOG_IN_PAGE = '<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>';

/**
 * Lets a fault strike.
 *
 * @param run the handler; the faults after the commit call it, the others don't
 */
export function react(fault: Fault | undefined, run: () => ApiResponse): Reaction {
	switch (fault?.kind) {
		case undefined:
			return { response: run() };
		case 'loseResponse':
			run();
			return { connection: 'cut' };
		case 'reset':
			return { connection: 'cut' };
		case 'hang':
			return { connection: 'left open' };
		case 'hangAfterCommit':
			run();
			return { connection: 'left open' };
		case 'error500AfterCommit':
			run();
			return { response: INTERNAL_ERROR };
		case 'error500':
			return { response: INTERNAL_ERROR };
		case 'error502html':
			return html(502, '<html><body><h1>502 Bad Gateway</h1></body></html>');
		case 'error503':
			return {
				response: {
					status: 503,
					body: { error: 'apigateway', detail: 'Downstream service unavailable' },
				},
			};
		case 'forbidden':
			return { response: detail(403, 'You do not have permission to perform this action.') };
		case 'notFound':
			// As region hosts answer control-silo addresses: empty.
			return { raw: { status: 404, type: 'text/html; charset=utf-8', text: '' } };
		case 'proxy404':
			return { raw: { status: 404, type: 'text/plain', text: 'default backend - 404' } };
		case 'html':
			return html(200, LOG_IN_PAGE);
		case 'emptyBody':
			return { raw: { status: run().status, type: 'application/json', text: '' } };
		case 'truncatedJson': {
			const { status, body, text = JSON.stringify(body) ?? '' } = run();
			return { raw: { status, type: 'application/json', text: text.slice(0, text.length / 2) } };
		}
		case 'listInstead':
			return { response: { status: 200, body: [] } };
		case 'stringInstead':
			return { response: { status: 201, body: 'created' } };
		case 'tooManyRequests':
			return {
				response: tooManyRequests(
					'You are attempting to use this endpoint too frequently. Limit is 40 requests in 1 seconds',
				),
			};
		case 'unauthorized':
			return { response: detail(401, 'Invalid token') };
		case 'redirect':
			return {
				response: { ...detail(302, 'Moved'), headers: { Location: fault?.location ?? '/' } },
			};
	}
}

function html(status: number, text: string): Reaction {
	return { raw: { status, type: 'text/html; charset=utf-8', text } };
}

/** Writes a reaction to the wire. */
export function respond(reply: FastifyReply, reaction: Reaction): FastifyReply {
	if ('connection' in reaction) {
		reply.hijack();
		if (reaction.connection === 'cut') reply.raw.destroy();
		return reply;
	}
	if ('raw' in reaction) {
		return reply.code(reaction.raw.status).type(reaction.raw.type).send(reaction.raw.text);
	}
	const { status, body, text = JSON.stringify(body), headers } = reaction.response;
	reply.code(status).type('application/json');
	if (text === undefined) reply.removeHeader('content-type');
	for (const [name, value] of Object.entries(headers ?? {})) reply.header(name, value);
	// A buffer, because the type of a text would get a character set.
	return text === undefined ? reply.send() : reply.send(Buffer.from(text));
}
