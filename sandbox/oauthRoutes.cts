import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { rawBody } from './apiRequest.cts';
import type { Fields, OAuth, OAuthAnswer } from './oauth.cts';

/** The addresses of the OAuth2 server. */
export function routeOAuth(app: FastifyInstance, oauth: OAuth): void {
	const form = (request: FastifyRequest): Fields =>
		Object.fromEntries(new URLSearchParams(rawBody(request).toString()));
	const send = (reply: FastifyReply, answer: OAuthAnswer) => {
		if ('location' in answer) return reply.redirect(answer.location);
		if (answer.status === 401) reply.header('WWW-Authenticate', 'Basic realm="oauth"');
		return 'page' in answer
			? reply.code(answer.status).type('text/html; charset=utf-8').send(answer.page)
			: reply.code(answer.status).type('application/json').send(JSON.stringify(answer.body));
	};
	app.get('/oauth/authorize/', (request, reply) => send(reply, oauth.ask(request.query as Fields)));
	app.post('/oauth/authorize/', (request, reply) =>
		send(reply, oauth.decide(request.query as Fields, form(request))),
	);
	app.post('/oauth/token/', (request, reply) =>
		send(reply, oauth.token(form(request), request.headers.authorization)),
	);
}
