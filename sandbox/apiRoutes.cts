import { setTimeout as delay } from 'node:timers/promises';

import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { Api } from './api.cts';
import { rawBody } from './apiRequest.cts';
import type { ApiRequest } from './apiRequest.cts';
import type { Faults } from './faults.cts';
import type { Limiter } from './limiter.cts';
import { react, respond } from './respond.cts';
import type { Tokens } from './tokens.cts';
import type { RequestRecord } from './types.cts';

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
		const parsed = parse(request, basePath);
		const record: RequestRecord = {
			method: request.method,
			path: request.url,
			token: tokens.find(parsed.authorization?.split(' ')[1])?.name ?? null,
			body: rawBody(request).toString(),
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
					: { answer: pass.refusal };
			for (const [name, value] of Object.entries(pass?.headers ?? {})) reply.header(name, value);
			if ('answer' in reaction) record.status = reaction.answer.status;
			if ('raw' in reaction) record.status = reaction.raw.status;
			return respond(reply, reaction);
		} finally {
			pass?.done();
		}
	});
}

function parse(request: FastifyRequest, basePath: string): ApiRequest {
	const [path = ''] = request.url.slice(basePath.length).split('?');
	const body = rawBody(request).toString();
	return {
		method: request.method,
		path,
		query: request.query as ApiRequest['query'],
		authorization: request.headers.authorization,
		body: body === '' ? undefined : parseJson(body),
		endpoint: `http://${request.headers.host ?? ''}${basePath}`,
	};
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch (error) {
		return error;
	}
}

function between(least: number, most: number): number {
	return least + Math.random() * (most - least);
}
