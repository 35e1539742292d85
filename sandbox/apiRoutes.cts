import { setTimeout as delay } from 'node:timers/promises';

import type { FastifyInstance } from 'fastify';

import type { ApiResponse } from './responses.cts';
import { apiRequest } from './apiRequest.cts';
import type { ApiRequest } from './apiRequest.cts';
import type { Faults } from './faults.cts';
import type { Limiter } from './limiter.cts';
import { react, respond } from './respond.cts';
import type { Tokens } from './tokens.cts';
import type { RequestRecord } from './types.cts';

/** What a server does with a request; changes the store as the real one would its database. */
export interface Api {
	handle(request: ApiRequest): ApiResponse;
}

export interface ApiScene {
	api: Api;
	tokens: Tokens;
	faults: Faults;
	/** Each request is added to it. */
	requests: RequestRecord[];
	/** Undefined if there is no limit. */
	limiter: Limiter | undefined;
	/** Milliseconds that each request takes, or their range. */
	latencyMs: number | [number, number];
	/** What comes before `/api/0/` in its addresses. */
	basePath: string;
}

/** The addresses of the API. */
export function routeApi(
	app: FastifyInstance,
	{ api, tokens, faults, requests, limiter, latencyMs, basePath }: ApiScene,
): void {
	app.all('/api/0*', async (request, reply) => {
		const parsed = apiRequest(request, basePath);
		const record: RequestRecord = {
			method: request.method,
			path: request.url,
			token: tokens.find(parsed.authorization?.split(' ')[1])?.name ?? null,
			body: parsed.text,
			status: null,
			startedAt: Date.now(),
		};
		requests.push(record);
		const pass = limiter?.enter(parsed, record.token);
		try {
			await delay(typeof latencyMs === 'number' ? latencyMs : between(...latencyMs));
			const reaction =
				pass?.refusal === undefined
					? react(faults.strike(request.method, parsed.path), () => api.handle(parsed))
					: { response: pass.refusal };
			for (const [name, value] of Object.entries(pass?.headers ?? {})) reply.header(name, value);
			if ('response' in reaction) record.status = reaction.response.status;
			if ('raw' in reaction) record.status = reaction.raw.status;
			return respond(reply, reaction);
		} finally {
			pass?.done();
		}
	});
}

function between(least: number, most: number): number {
	return least + Math.random() * (most - least);
}
