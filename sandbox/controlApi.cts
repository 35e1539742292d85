import type { FastifyInstance } from 'fastify';

import { rawBody } from './apiRequest.cts';
import type { Fault, Faults } from './faults.cts';
import type { Store } from './store.cts';
import type { Tokens } from './tokens.cts';
import type { RequestRecord } from './types.cts';

export interface Backstage {
	store: Store;
	tokens: Tokens;
	faults: Faults;
	requests: RequestRecord[];
	reset: () => void;
}

/** Addresses for tests and demos in another process; not part of Sentry. */
export function routeBackstage(
	app: FastifyInstance,
	{ store, tokens, faults, requests, reset }: Backstage,
): void {
	app.post('/sandbox/faults', (request, reply) => {
		faults.add(JSON.parse(rawBody(request).toString()) as Fault);
		return reply.code(204).send();
	});
	app.delete('/sandbox/faults', (_request, reply) => {
		faults.clear();
		return reply.code(204).send();
	});
	app.post('/sandbox/oauth/expire', (_request, reply) => {
		tokens.expireIssued();
		return reply.code(204).send();
	});
	app.post('/sandbox/reset', (_request, reply) => {
		reset();
		return reply.code(204).send();
	});
	app.get('/sandbox/state', () => ({
		keys: store.allKeys().map((key) => ({ ...key, secret: undefined })),
		events: store.events,
		requests,
	}));
}
