import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { rawBody } from './apiRequest.cts';
import type { Fields, OAuth, OAuthResponse } from './oauth.cts';

/** The addresses of the OAuth2 server. */
export function routeOAuth(app: FastifyInstance, oauth: OAuth): void {
	const form = (request: FastifyRequest): Fields =>
		Object.fromEntries(new URLSearchParams(rawBody(request).toString()));
	const send = (reply: FastifyReply, response: OAuthResponse) => {
		if ('location' in response) return reply.redirect(response.location);
		if (response.status === 401) reply.header('WWW-Authenticate', 'Basic realm="oauth"');
		return 'page' in response
			? reply.code(response.status).type('text/html; charset=utf-8').send(response.page)
			: reply.code(response.status).type('application/json').send(JSON.stringify(response.body));
	};
	app.get('/oauth/authorize/', (request, reply) => send(reply, oauth.ask(request.query as Fields)));
	app.post('/oauth/authorize/', (request, reply) =>
		send(reply, oauth.decide(request.query as Fields, form(request))),
	);
	app.post('/oauth/token/', (request, reply) =>
		send(reply, oauth.token(form(request), request.headers.authorization)),
	);
}
