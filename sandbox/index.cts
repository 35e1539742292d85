import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

import { rawBody } from './apiRequest.cts';
import { routeApi } from './apiRoutes.cts';
import { routeBackstage } from './controlApi.cts';
import { dialectOf } from './dialect.cts';
import type { Dialect, DialectName } from './dialect.cts';
import { Faults } from './faults.cts';
import { GlitchTipApi } from './glitchtip/api.cts';
import { Ingest } from './ingest.cts';
import { Limiter, SENTRY_IO } from './limiter.cts';
import type { LimiterSettings } from './limiter.cts';
import { OAuth, OAUTH_CLIENT } from './oauth.cts';
import { routeOAuth } from './oauthRoutes.cts';
import { respond } from './respond.cts';
import { SEED_TOKENS } from './seed.cts';
import type { TokenName } from './seed.cts';
import { SentryApi } from './sentry/api.cts';
import { Store } from './store.cts';
import { Tokens } from './tokens.cts';
import type {
	EventRecord,
	KeyFields,
	KeyRecord,
	OrganizationRecord,
	Outcome,
	ProjectRecord,
	RequestRecord,
	TokenRecord,
} from './types.cts';

export { DIALECTS } from './dialect.cts';
export type { DialectName } from './dialect.cts';
export type { Fault } from './faults.cts';
export type { EventRecord, KeyRecord, RequestRecord } from './types.cts';

export interface SandboxOptions extends Partial<Dialect> {
	/** Which server it is, default today's sentry.io; single fields of the dialect may differ from it. */
	dialect?: DialectName;
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
	/** Closes each connection after its response, without saying so, as Sentry's own web server does. */
	closesSilently?: boolean;
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
	/** Takes out every organization, project and key, so that a test can have a world of its own. */
	clear(): void;
	/** Adds organizations, without projects. */
	addOrganizations(...organizations: OrganizationRecord[]): void;
	/** Adds a token that the API takes. */
	addToken(token: TokenRecord): void;
	/** Adds projects to an organization, in none of its teams unless `fields` say otherwise. */
	addProjects(organization: string, count: number, fields?: Partial<ProjectRecord>): void;
	/**
	 * Adds keys to a project, called `key 1` and so on, the last of them the newest.
	 *
	 * @param fields what else they have, for all of them or by their place, which starts at 0
	 * @returns the keys in that order
	 * @throws Error if there is no such project, or a public ID is taken
	 */
	addKeys(organization: string, project: string, count: number, fields?: KeyFields): KeyRecord[];
	/**
	 * Lets events have come in through a key, by default just now.
	 *
	 * @throws Error if there is no such key
	 */
	addUsage(publicKey: string, counts: Partial<Record<Outcome, number>>, daysAgo?: number): void;
	readonly events: EventRecord[];
	requests: RequestRecord[];
	faults: Faults;
	/** Back to the seed: no faults, no requests, no events, no tokens that OAuth2 issued. */
	reset(): void;
	close(): Promise<void>;
}

/** Starts a stand-in for Sentry's client-key API and event ingestion. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const {
		host = '127.0.0.1',
		port = 0,
		basePath = '',
		limiter,
		latencyMs = 0,
		closesSilently = false,
		...ways
	} = options;
	const dialect = dialectOf(ways);
	const store = new Store(dialect.sdkChoices[0] ?? 'latest');
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
	if (closesSilently) {
		app.addHook('onResponse', (request, _, done) => {
			request.raw.socket.destroySoon();
			done();
		});
	}
	// Bodies stay as they came: the API and the ingestion parse them as their originals do.
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
	await app.register(
		(routes, _, done) => {
			routeApi(routes, {
				api:
					dialect.software === 'glitchtip'
						? new GlitchTipApi(store, tokens)
						: new SentryApi(store, tokens, dialect),
				tokens,
				faults,
				requests,
				limiter: limiter ? new Limiter(limiter === true ? SENTRY_IO : limiter) : undefined,
				latencyMs,
				basePath,
			});
			routeOAuth(routes, oauth);
			routeIngest(routes, store);
			routeBackstage(routes, { store, tokens, faults, requests, reset });
			done();
		},
		{ prefix: basePath },
	);
	const address = await app.listen({ host, port });
	const projectOf = (organizationName: string, projectName: string) => {
		const organization = store.organization(organizationName);
		return organization && store.project(organization, projectName);
	};

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
				const project = projectOf(organizationName, projectName);
				return project === undefined ? [] : store.keysOf(project);
			},
		},
		clear: () => store.clear(),
		addOrganizations: (...organizations) => void store.organizations.push(...organizations),
		addToken: (token) => tokens.add(token),
		addProjects: (organizationName, count, fields) => {
			const organization = store.organization(organizationName);
			if (organization !== undefined) store.addProjects(organization, count, fields);
		},
		addKeys: (organizationName, projectName, count, fields) => {
			const project = projectOf(organizationName, projectName);
			if (project === undefined) {
				throw new Error(`There is no project ${organizationName}/${projectName}`);
			}
			return store.addKeys(project, count, fields);
		},
		addUsage: (publicKey, counts, daysAgo) => store.addUsage(publicKey, counts, daysAgo),
		get events() {
			return store.events;
		},
		requests,
		faults,
		reset,
		close: async () => await app.close(),
	};
}

function routeIngest(app: FastifyInstance, store: Store): void {
	const ingest = new Ingest(store);
	for (const path of ['/api/:projectId/envelope/', '/api/:projectId/store/']) {
		app.post<{ Params: { projectId: string }; Querystring: Record<string, string> }>(
			path,
			(request, reply) =>
				respond(reply, {
					response: ingest.handle({
						projectId: request.params.projectId,
						headers: request.headers,
						query: request.query,
						body: rawBody(request),
					}),
				}),
		);
	}
}
