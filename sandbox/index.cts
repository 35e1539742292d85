import { setTimeout as delay } from 'node:timers/promises';

import fastify from 'fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { Api } from './api.cts';
import { rawBody } from './apiRequest.cts';
import type { ApiRequest } from './apiRequest.cts';
import { Faults } from './faults.cts';
import type { Fault } from './faults.cts';
import type { Dialect } from './keyEndpoints.cts';
import { Ingest } from './ingest.cts';
import { Limiter, SENTRY_IO } from './limiter.cts';
import type { LimiterSettings } from './limiter.cts';
import { OAuth, OAUTH_CLIENT } from './oauth.cts';
import { routeOAuth } from './oauthRoutes.cts';
import { react, respond } from './respond.cts';
import { SEED_TOKENS } from './seed.cts';
import type { TokenName } from './seed.cts';
import { Store } from './store.cts';
import { Tokens } from './tokens.cts';
import type { EventRecord, KeyRecord, RequestRecord } from './types.cts';

export type { Fault } from './faults.cts';
export type { EventRecord, KeyRecord, RequestRecord } from './types.cts';

export interface SandboxOptions extends Partial<Dialect> {
	/** Default 127.0.0.1. */
	host?: string;
	/** Default 0: any free one. */
	port?: number;
	/** Serves below a path, such as `/sentry`. */
	basePath?: string;
	/** True: sentry.io's. Default false, like self-hosted servers: no limit and no headers. */
	limiter?: boolean | LimiterSettings;
	/** Milliseconds that each request takes, or their range. */
	latencyMs?: number | [number, number];
}

/** A running stand-in for Sentry, and the view behind its scenes that tests need. */
export interface Sandbox {
	/** Its address, with the base path. */
	url: string;
	tokens: Record<TokenName, string>;
	/** The application that OAuth2 knows. */
	oauthClient: typeof OAUTH_CLIENT;
	/** Lets the time of all access tokens run out that OAuth2 issued. */
	expireOAuthTokens(): void;
	keys: {
		all(): KeyRecord[];
		/** Newest first. */
		ofProject(organization: string, project: string): KeyRecord[];
	};
	/** Adds projects to an organization. */
	addProjects(organization: string, count: number): void;
	readonly events: EventRecord[];
	requests: RequestRecord[];
	faults: Faults;
	/** Back to the seed: no faults, no requests, no events. */
	reset(): void;
	close(): Promise<void>;
}

/** Starts a stand-in for Sentry's client-key API and event ingestion. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const { host = '127.0.0.1', port = 0, basePath = '' } = options;
	const store = new Store();
	const tokens = new Tokens();
	const oauth = new OAuth(tokens);
	const faults = new Faults();
	const requests: RequestRecord[] = [];
	const reset = () => {
		store.reset();
		oauth.reset();
		faults.clear();
		requests.length = 0;
	};

	const app = fastify({ forceCloseConnections: true, bodyLimit: 16 * 1024 * 1024 });
	// Bodies stay as they came: the API and the ingestion parse them as their originals do.
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
	await app.register(
		(routes, _, done) => {
			routeApi(routes, options, { store, tokens, faults, requests });
			routeOAuth(routes, oauth);
			routeIngest(routes, store);
			routeBackstage(routes, store, faults, requests, reset);
			done();
		},
		{ prefix: basePath },
	);
	const address = await app.listen({ host, port });

	return {
		url: address + basePath,
		tokens: Object.fromEntries(
			SEED_TOKENS.map(({ name, token }) => [name, token]),
		) as Sandbox['tokens'],
		oauthClient: OAUTH_CLIENT,
		expireOAuthTokens: () => tokens.expireIssued(),
		keys: {
			all: () => store.allKeys(),
			ofProject: (organizationName, projectName) => {
				const organization = store.organization(organizationName);
				const project = organization && store.project(organization, projectName);
				return project === undefined ? [] : store.keysOf(project);
			},
		},
		addProjects: (organizationName, count) => {
			const organization = store.organization(organizationName);
			if (organization !== undefined) store.addProjects(organization, count);
		},
		get events() {
			return store.events;
		},
		requests,
		faults,
		reset,
		close: async () => await app.close(),
	};
}

interface Scene {
	store: Store;
	tokens: Tokens;
	faults: Faults;
	requests: RequestRecord[];
}

function routeApi(
	app: FastifyInstance,
	options: SandboxOptions,
	{ store, tokens, faults, requests }: Scene,
): void {
	const { limiter: limits, latencyMs = 0 } = options;
	const limiter = limits ? new Limiter(limits === true ? SENTRY_IO : limits) : undefined;
	const api = new Api(store, tokens, {
		publicKeys: options.publicKeys ?? 'honoured',
		rateLimitFeature: options.rateLimitFeature ?? true,
		resetsSdkVersion: options.resetsSdkVersion ?? false,
		resetsSettings: options.resetsSettings ?? false,
		keyStatsEndpoint: options.keyStatsEndpoint ?? true,
		organizationKeysEndpoint: options.organizationKeysEndpoint ?? true,
	});
	app.all('/api/0*', async (request, reply) => {
		const parsed = parse(request, options.basePath ?? '');
		const record: RequestRecord = {
			method: request.method,
			path: request.url,
			token: tokens.find(parsed.authorization?.split(' ')[1])?.name ?? null,
			body: rawBody(request).toString(),
			status: null,
			startedAt: Date.now(),
		};
		requests.push(record);
		const pass = limiter?.enter(`${request.method} ${bucketOf(parsed.path)} ${record.token}`);
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

function routeIngest(app: FastifyInstance, store: Store): void {
	const ingest = new Ingest(store);
	for (const path of ['/api/:projectId/envelope/', '/api/:projectId/store/']) {
		app.post<{ Params: { projectId: string }; Querystring: Record<string, string> }>(
			path,
			(request, reply) =>
				respond(reply, {
					answer: ingest.handle({
						projectId: request.params.projectId,
						headers: request.headers,
						query: request.query,
						body: rawBody(request),
					}),
				}),
		);
	}
}

/** For tests and demos in another process; not part of Sentry. */
function routeBackstage(
	app: FastifyInstance,
	store: Store,
	faults: Faults,
	requests: RequestRecord[],
	reset: () => void,
): void {
	app.post('/sandbox/faults', (request, reply) => {
		faults.add(JSON.parse(rawBody(request).toString()) as Fault);
		return reply.code(204).send();
	});
	app.delete('/sandbox/faults', (_request, reply) => {
		faults.clear();
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

/** Lists, creates and figures have a bucket each; everything else shares one per method. */
function bucketOf(path: string): string {
	return /\/((?:project-)?keys|stats)\/$/.exec(path)?.[1] ?? 'default';
}

function between(least: number, most: number): number {
	return least + Math.random() * (most - least);
}
