import type { ApiResponse } from '../responses.cts';
import type { ApiRequest } from '../apiRequest.cts';
import { lengthOf } from '../pythonText.cts';
import type { Store } from '../store.cts';
import type { Tokens } from '../tokens.cts';
import type { KeyRecord, OrganizationRecord, ProjectRecord, TokenRecord } from '../types.cts';
import {
	DENIED,
	json,
	NO_CONTENT,
	NOT_ALLOWED,
	NOT_FOUND,
	notAccepted,
	SERVER_ERROR,
	UNREADABLE,
	webApp,
} from './responses.cts';
import { paginate } from './pagination.cts';
import { serializeKey, serializeOrganization, serializeProject } from './serialize.cts';
import { NO_BODY, readKey } from './validation.cts';
import type { KeyBody } from './validation.cts';

const SLUG = '([-\\w]+)';
const UUID = '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})';

const PROJECT_READ = ['project:read', 'project:write', 'project:admin'];
const PROJECT_WRITE = ['project:write', 'project:admin'];
const PROJECT_ADMIN = ['project:admin'];
const ORG_READ = ['org:read', 'org:write', 'org:admin'];

/** What a route does, and the scopes of which one is needed. */
interface Handler {
	scopes: string[];
	run(caller: Caller, segments: string[]): ApiResponse;
}

interface Caller {
	request: ApiRequest;
	token: TokenRecord;
}

/** A column of the database holds no more. */
const MAX_SMALL_INTEGER = 32_767;
const MAX_NAME = 64;

/**
 * GlitchTip's API as far as client keys and their pickers need it, as recorded in December 2025: it
 * forgives more than Sentry, stores no changes, and answers with its web app where it has no route.
 */
export class GlitchTipApi {
	private readonly routes: Array<{ path: RegExp; handlers: Partial<Record<string, Handler>> }>;

	constructor(
		private readonly store: Store,
		private readonly tokens: Tokens,
	) {
		const at = (path: string) => new RegExp(`^/api/0/${path}$`);
		this.routes = [
			{ path: at('organizations/'), handlers: { GET: reads(ORG_READ, this.organizations) } },
			{
				path: at(`organizations/${SLUG}/`),
				handlers: { GET: reads(ORG_READ, this.organization) },
			},
			{
				path: at(`organizations/${SLUG}/projects/`),
				handlers: { GET: reads(PROJECT_READ, this.organizationProjects) },
			},
			{ path: at(`organizations/${SLUG}/teams/`), handlers: { GET: reads(ORG_READ, this.teams) } },
			{
				path: at(`teams/${SLUG}/${SLUG}/projects/`),
				handlers: { GET: reads(PROJECT_READ, this.teamProjects) },
			},
			{ path: at('projects/'), handlers: { GET: reads(PROJECT_READ, this.ownProjects) } },
			{
				path: at(`projects/${SLUG}/${SLUG}/`),
				handlers: { GET: reads(PROJECT_READ, this.project) },
			},
			{
				path: at(`projects/${SLUG}/${SLUG}/keys/`),
				handlers: {
					GET: reads(PROJECT_READ, this.keys),
					POST: this.writes(PROJECT_WRITE, this.create),
				},
			},
			{
				path: at(`projects/${SLUG}/${SLUG}/keys/${UUID}/`),
				handlers: {
					GET: reads(PROJECT_READ, this.key),
					PUT: this.writes(PROJECT_WRITE, this.update),
					DELETE: reads(PROJECT_ADMIN, this.delete),
				},
			},
		];
	}

	/** The response to a request; changes the store as the real one would its database. */
	handle(request: ApiRequest): ApiResponse {
		const { path, method, authorization } = request;
		const token = this.tokenOf(authorization);
		if (path === '/api/0/') return root(token);
		const route = this.routes.find((known) => known.path.test(path));
		if (route === undefined) return unknownRoute(path, method);
		const handler = route.handlers[method];
		if (handler === undefined) return NOT_ALLOWED;
		if (token === undefined) return notAccepted(method);
		if (!handler.scopes.some((scope) => token.scopes.includes(scope))) return DENIED;
		const [, ...segments] = route.path.exec(path) ?? [];
		return handler.run({ request, token }, segments);
	}

	/** Only tokens that a person made; it has no other kinds. */
	private tokenOf(authorization = ''): TokenRecord | undefined {
		const [, text] = /^bearer (\S+)$/i.exec(authorization) ?? [];
		const token = this.tokens.find(text);
		return token?.kind === 'user' && !token.expired ? token : undefined;
	}

	private readonly organizations = ({ request, token }: Caller): ApiResponse =>
		paginate(this.organizationsOf(token), request, serializeOrganization);

	private readonly organization = ({ token }: Caller, [slug]: string[]): ApiResponse => {
		const organization = this.organizationsOf(token).find((one) => one.slug === slug);
		return organization === undefined
			? NOT_FOUND
			: json(200, { ...serializeOrganization(organization), teams: [], projects: [] });
	};

	private readonly teams = ({ request, token }: Caller, [slug]: string[]): ApiResponse => {
		const organization = this.organizationsOf(token).find((one) => one.slug === slug);
		return paginate(organization?.teams ?? [], request, (team) => ({
			id: String(team.id),
			slug: team.slug,
			isMember: true,
		}));
	};

	private readonly ownProjects = ({ request, token }: Caller): ApiResponse =>
		paginate(this.projectsOf(token), request, (project) => ({
			...serializeProject(project),
			organization: serializeOrganization(project.organization),
		}));

	private readonly organizationProjects = (
		{ request, token }: Caller,
		[slug]: string[],
	): ApiResponse =>
		paginate(
			this.projectsOf(token).filter(({ organization }) => organization.slug === slug),
			request,
			(project) => ({ ...serializeProject(project), teams: teamsOf(project) }),
		);

	private readonly teamProjects = (
		{ request, token }: Caller,
		[slug, team = '']: string[],
	): ApiResponse =>
		paginate(
			this.projectsOf(token).filter(
				({ organization, teams }) => organization.slug === slug && teams.includes(team),
			),
			request,
			serializeProject,
		);

	private readonly project = ({ token }: Caller, segments: string[]): ApiResponse => {
		const project = this.projectAt(token, segments);
		return project === undefined
			? NOT_FOUND
			: json(200, {
					...serializeProject(project),
					organization: serializeOrganization(project.organization),
				});
	};

	/** An unknown project has no keys here; it is no mistake. */
	private readonly keys = ({ request, token }: Caller, segments: string[]): ApiResponse => {
		const project = this.projectAt(token, segments);
		return paginate(project === undefined ? [] : this.store.keysOf(project), request, (key) =>
			serializeKey(key, request.endpoint),
		);
	};

	private readonly key = ({ request, token }: Caller, segments: string[]): ApiResponse => {
		const key = this.keyAt(token, segments);
		return key === undefined ? NOT_FOUND : json(200, serializeKey(key, request.endpoint));
	};

	private readonly create = (
		{ request, token }: Caller,
		segments: string[],
		{ name, rateLimit }: KeyBody,
	): ApiResponse => {
		const project = this.projectAt(token, segments);
		if (project === undefined) return NOT_FOUND;
		const numbers = [rateLimit?.count ?? 0, rateLimit?.window ?? 0];
		const fits = numbers.every((number) => number >= 0 && number <= MAX_SMALL_INTEGER);
		// The database refuses all of these, and nothing comes between.
		if (name === null || lengthOf(name) > MAX_NAME || name.includes('\0') || !fits) {
			return SERVER_ERROR;
		}
		const key = this.store.addKey(project, {
			rateLimitCount: rateLimit?.count ?? null,
			rateLimitWindow: rateLimit?.window ?? null,
		});
		if (key === undefined) return SERVER_ERROR;
		// As it came: untrimmed, and it may be empty.
		key.label = name;
		return json(201, serializeKey(key, request.endpoint));
	};

	/** Answers with the key as it was: nothing of the body is stored. */
	private readonly update = ({ request, token }: Caller, segments: string[]): ApiResponse => {
		const key = this.keyAt(token, segments);
		return key === undefined ? NOT_FOUND : json(200, serializeKey(key, request.endpoint));
	};

	private readonly delete = ({ token }: Caller, segments: string[]): ApiResponse => {
		const key = this.keyAt(token, segments);
		if (key === undefined) return NOT_FOUND;
		if (!token.hasObjectAccess) return DENIED;
		this.store.deleteKey(key);
		return NO_CONTENT;
	};

	/** A handler that reads the body first. */
	private writes(
		scopes: string[],
		run: (caller: Caller, segments: string[], body: KeyBody) => ApiResponse,
	): Handler {
		return {
			scopes,
			run: (caller, segments) => {
				const { text } = caller.request;
				if (text === '') return json(422, { detail: [NO_BODY] });
				const parsed = parse(text);
				if (parsed === undefined) return UNREADABLE;
				const read = readKey(parsed.value);
				return 'mistakes' in read
					? json(422, { detail: read.mistakes })
					: run(caller, segments, read.key);
			},
		};
	}

	private organizationsOf(token: TokenRecord): OrganizationRecord[] {
		return this.store.organizations.filter(({ slug }) => token.organizations.includes(slug));
	}

	private projectsOf(token: TokenRecord): ProjectRecord[] {
		const mine = this.organizationsOf(token);
		return this.store.projects
			.filter(({ organization }) => mine.includes(organization))
			.sort((a, b) => a.name.localeCompare(b.name));
	}

	private projectAt(token: TokenRecord, segments: string[]): ProjectRecord | undefined {
		const [organization, slug] = segments;
		return this.projectsOf(token).find(
			(project) => project.organization.slug === organization && project.slug === slug,
		);
	}

	private keyAt(token: TokenRecord, segments: string[]): KeyRecord | undefined {
		const project = this.projectAt(token, segments);
		const key = this.store.key((segments[2] ?? '').replaceAll('-', ''));
		return project !== undefined && key?.projectId === project.id ? key : undefined;
	}
}

function reads(scopes: string[], run: Handler['run']): Handler {
	return { scopes, run };
}

/** The one place where a token comes back to its bearer. */
function root(token: TokenRecord | undefined): ApiResponse {
	return json(200, {
		version: '0',
		user: token === undefined ? null : { id: '1', username: token.name },
		auth: token === undefined ? null : { scopes: token.scopes, token: token.token },
	});
}

/** The web app for what looks like one of its addresses, a page that says no to the rest. */
function unknownRoute(path: string, method: string): ApiResponse {
	if (method !== 'GET') return webApp(403);
	return webApp(/^\/api\/0\/(?:organizations|users)\//.test(path) ? 404 : 200);
}

/** JavaScript writes them escaped, and pairs as they are. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** Undefined for what is no JSON; Python's parser takes lone surrogates for none either. */
function parse(text: string): { value: unknown } | undefined {
	try {
		const value = JSON.parse(text) as unknown;
		return LONE_SURROGATE.test(JSON.stringify(value)) ? undefined : { value };
	} catch {
		return undefined;
	}
}

function teamsOf({ organization, teams }: ProjectRecord): object[] {
	return organization.teams
		.filter(({ slug }) => teams.includes(slug))
		.map(({ id, slug }) => ({ id: String(id), slug }));
}
