import { detail, page } from '../responses.cts';
import type { ApiResponse } from '../responses.cts';
import type { ApiRequest } from '../apiRequest.cts';
import type { Dialect } from '../dialect.cts';
import type { Store } from '../store.cts';
import type { Tokens } from '../tokens.cts';
import type { OrganizationRecord, ProjectRecord, TeamRecord, TokenRecord } from '../types.cts';
import { NOT_FOUND, UNKNOWN_ROUTE } from './responses.cts';
import { authenticate, FORBIDDEN, isToken, missingAccess, missingScope } from './auth.cts';
import { KeyEndpoints } from './keyEndpoints.cts';
import { listUrl, paginate } from './pagination.cts';
import { hasRoute } from './routes.cts';
import { serializeOrganization, serializeProject, serializeTeam } from './serialize.cts';
import { keyStats } from './stats.cts';

const PROJECT_READ = ['project:admin', 'project:read', 'project:write'];
const PROJECT_WRITE = ['project:admin', 'project:write'];
const PROJECT_ADMIN = ['project:admin'];
const ORG_READ = ['org:admin', 'org:read', 'org:write'];
const TEAM_READ = ['team:admin', 'team:read', 'team:write'];

/** Asks for all projects that may be read; without it, a person's own ones (api/bases/organization.py). */
const EVERY_PROJECT = '-1';

/** The part of Sentry's API that client keys and their pickers need, with its order of checks. */
export class SentryApi {
	private readonly keys: KeyEndpoints;
	private readonly noProject: ApiResponse;

	constructor(
		private readonly store: Store,
		private readonly tokens: Tokens,
		private readonly dialect: Dialect,
	) {
		this.keys = new KeyEndpoints(store, dialect);
		this.noProject = dialect.namesMissingProject
			? detail(404, 'Project does not exist')
			: NOT_FOUND;
	}

	/** The response to a request; changes the store as the real one would its database. */
	handle(request: ApiRequest): ApiResponse {
		const { method, headers } = request;
		const path = decodeURIComponent(request.path);
		if (!path.endsWith('/')) return forgottenSlash(request);
		if (!hasRoute(path, this.dialect)) return UNKNOWN_ROUTE;
		if (headers.origin !== undefined) {
			return { status: 400, body: `Invalid origin: ${headers.origin}` };
		}
		if (method === 'OPTIONS') return page(200, '');
		if (!takesJson(headers.accept)) {
			return detail(406, 'Could not satisfy the request Accept header.');
		}
		const segments = path.slice(1, -1).split('/').slice(2);
		const [collection, organization, part, ...rest] = segments;
		if (collection === undefined) return this.index(request);
		const token = authenticate(request.authorization, this.tokens);
		if (collection === 'teams') {
			return this.ofTeam(request, token, [organization ?? '', part ?? ''], rest);
		}
		if (collection === 'organizations') {
			return organization === undefined
				? this.organizations(request, token)
				: this.ofOrganization(request, token, organization, part);
		}
		return organization === undefined || part === undefined
			? this.ownProjects(request, token)
			: this.ofProject(request, token, organization, part, rest);
	}

	private index({ authorization }: ApiRequest): ApiResponse {
		if (!/^(?:bearer|basic)\b/i.test(authorization ?? '')) {
			return { status: 200, body: { version: '0', auth: null, user: null } };
		}
		const token = authenticate(authorization, this.tokens);
		if (!isToken(token)) return token;
		const user = token.kind === 'organization' ? null : { id: '1', name: token.name };
		return {
			status: 200,
			body: { version: '0', auth: { scopes: [...token.scopes].sort() }, user },
		};
	}

	private organizations(request: ApiRequest, token: TokenRecord | ApiResponse): ApiResponse {
		if (!isToken(token)) return token;
		const refusal = missingScope(token, ORG_READ, this.dialect);
		if (refusal !== undefined) return refusal;
		// Listed by membership, and an integration's user is member of none.
		const mine = token.kind === 'integration' ? [] : this.reachable(token);
		const found = mine.filter((organization) => matches(organization, request.query.query));
		return paginate(found, request.query, listUrl(request), serializeOrganization);
	}

	private ownProjects(request: ApiRequest, token: TokenRecord | ApiResponse): ApiResponse {
		if (!isToken(token)) return token;
		const refusal = missingScope(token, PROJECT_READ, this.dialect);
		if (refusal !== undefined) return refusal;
		const mine = this.reachable(token);
		const found = this.store.projects
			.filter(
				(project) =>
					mine.includes(project.organization) &&
					isReadable(token, project) &&
					this.matchesOwn(project, request.query.query),
			)
			.reverse();
		return paginate(found, request.query, listUrl(request), (project) =>
			serializeProject(project, true, isMember(token, project)),
		);
	}

	private organization(idOrSlug: string): OrganizationRecord | undefined {
		return this.isUnread(idOrSlug) ? undefined : this.store.organization(idOrSlug);
	}

	/** A number, to a server that takes slugs only. */
	private isUnread(idOrSlug: string): boolean {
		return !this.dialect.numericIds && /^\d+$/.test(idOrSlug);
	}

	/** A person's own projects are also found by the DSN of a key (api/endpoints/project_index.py). */
	private matchesOwn(project: ProjectRecord, query: string | undefined): boolean {
		const [, publicKey] = /^dsn:(.*)$/.exec(query ?? '') ?? [];
		return publicKey === undefined
			? matches(project, query)
			: this.store.key(publicKey)?.projectId === project.id;
	}

	private reachable(token: TokenRecord): OrganizationRecord[] {
		return this.store.organizations.filter(({ slug }) => token.organizations.includes(slug));
	}

	private ofOrganization(
		request: ApiRequest,
		token: TokenRecord | ApiResponse,
		idOrSlug: string,
		part: string | undefined,
	): ApiResponse {
		if (!isToken(token)) return token;
		const refusal = missingScope(token, ORG_READ, this.dialect);
		if (refusal !== undefined) return refusal;
		const organization = this.organization(idOrSlug);
		if (organization === undefined) return NOT_FOUND;
		const barred = missingAccess(token, organization, false);
		if (barred !== undefined) return barred;
		const projects = this.store.projects.filter((project) => project.organization === organization);
		if (part === undefined) return { status: 200, body: serializeOrganization(organization) };
		if (part === 'teams') {
			return paginate(organization.teams, request.query, listUrl(request), serializeTeam);
		}
		if (part === 'projects') {
			const found = projects
				.filter((project) => matches(project, request.query.query))
				.sort(bySlug);
			if (request.query.all_projects === '1') {
				return {
					status: 200,
					body: found.map((one) => serializeProject(one, false, isMember(token, one))),
				};
			}
			return paginate(found, request.query, listUrl(request), (project) =>
				serializeProject(project, false, isMember(token, project)),
			);
		}
		const { team: teamName, project } = request.query;
		const team = teamName === undefined ? undefined : findTeam(organization, teamName);
		if (teamName !== undefined && team === undefined) return detail(404, 'Team not found');
		const ids = new Set(
			projects
				.filter(
					(one) =>
						(project === EVERY_PROJECT || isReadable(token, one)) &&
						(team === undefined || one.teams.includes(team.slug)),
				)
				.map(({ id }) => id),
		);
		return this.keys.list(
			request,
			this.store.allKeys().filter(({ projectId }) => ids.has(projectId)),
		);
	}

	private ofTeam(
		request: ApiRequest,
		token: TokenRecord | ApiResponse,
		[organizationName, teamName]: [string, string],
		[part]: string[],
	): ApiResponse {
		if (!isToken(token)) return token;
		const refusal = missingScope(token, TEAM_READ, this.dialect);
		if (refusal !== undefined) return refusal;
		const organization = this.organization(organizationName);
		const team = organization && findTeam(organization, teamName);
		if (organization === undefined || team === undefined) return NOT_FOUND;
		const barred = missingAccess(token, organization, false);
		if (barred !== undefined) return barred;
		if (part === undefined) return { status: 200, body: serializeTeam(team) };
		return paginate(
			this.store.projects
				.filter(
					(project) => project.organization === organization && project.teams.includes(team.slug),
				)
				.sort(bySlug),
			request.query,
			listUrl(request),
			(project) => serializeProject(project, false, isMember(token, project)),
		);
	}

	private ofProject(
		request: ApiRequest,
		token: TokenRecord | ApiResponse,
		organizationName: string,
		projectName: string,
		[part, keyId, stats]: string[],
	): ApiResponse {
		const { method } = request;
		if (!isToken(token)) return token;
		const methods: Partial<Record<string, string[]>> =
			part === undefined || stats !== undefined
				? { GET: PROJECT_READ }
				: keyId === undefined
					? { GET: PROJECT_READ, POST: PROJECT_WRITE }
					: { GET: PROJECT_READ, PUT: PROJECT_WRITE, DELETE: PROJECT_ADMIN };
		const scopes = methods[method];
		if (scopes === undefined) return FORBIDDEN;
		const refusal = missingScope(token, scopes, this.dialect);
		if (refusal !== undefined) return refusal;
		const organization = this.organization(organizationName);
		if (organization === undefined) return this.noProject;
		const project = this.isUnread(projectName)
			? undefined
			: this.store.project(organization, projectName);
		const barred = missingAccess(token, organization, method !== 'GET');
		if (project === undefined) {
			const renamed = this.store.renamedProject(organization, projectName);
			if (renamed === undefined) return this.noProject;
			return barred ?? renamedResponse(request, renamed);
		}
		if (barred !== undefined) return barred;
		if (part === undefined) return { status: 200, body: serializeProject(project, true) };
		if (keyId === undefined) {
			return method === 'GET'
				? this.keys.list(request, this.store.keysOf(project))
				: this.keys.create(request, project);
		}
		const key = this.store.key(keyId);
		if (key === undefined || key.projectId !== project.id) return NOT_FOUND;
		if (stats !== undefined) return keyStats(key, request);
		if (method === 'GET') return this.keys.get(key, request);
		if (method === 'PUT') return this.keys.update(request, project, key);
		return this.keys.delete(key);
	}
}

/** 302 with the path only, and the new slug at the top of the body (api/bases/project.py). */
function renamedResponse(
	{ path, search, endpoint }: ApiRequest,
	{ slug, oldSlugs }: ProjectRecord,
): ApiResponse {
	const base = new URL(endpoint).pathname.replace(/\/$/, '');
	const moved = path.replace(new RegExp(`/(?:${oldSlugs.join('|')})/`), `/${slug}/`);
	const url = `${base}${moved}${search === '' ? '' : `?${search}`}`;
	return {
		status: 302,
		headers: { Location: url },
		body: {
			slug,
			detail: {
				code: 'resource-moved',
				message: 'Resource has been moved',
				extra: { url, slug },
			},
		},
	};
}

/** A route that is known with a slash at its end (api/catchall.py). */
function forgottenSlash({ path, method }: ApiRequest): ApiResponse {
	const info = 'Route not found, did you forget a trailing slash?';
	if (method !== 'GET') return { status: 404, body: { info: `${info} try: ${path}/` } };
	const pointer = ' '.repeat('try: '.length + path.length);
	return {
		status: 404,
		text: `${info}\n\ntry: ${path}/\n${pointer}^\n`,
		headers: { 'Content-Type': 'text/plain' },
	};
}

/** Whether JSON is among what a client accepts: the API sends nothing else. */
function takesJson(accept = '*/*'): boolean {
	return /\*\/\*|application\/(?:\*|json)/.test(accept);
}

/** Whether a project is among a token's own: a person's are those of their teams, an integration's all. */
function isReadable({ teams }: TokenRecord, project: ProjectRecord): boolean {
	return teams === undefined || project.teams.some((team) => teams.includes(team));
}

/** Whether a person is in one of the project's teams; integrations are in none. */
function isMember(token: TokenRecord, project: ProjectRecord): boolean {
	return token.kind !== 'integration' && isReadable(token, project);
}

function bySlug(a: ProjectRecord, b: ProjectRecord): number {
	return a.slug.localeCompare(b.slug);
}

function findTeam({ teams }: OrganizationRecord, idOrSlug: string): TeamRecord | undefined {
	return teams.find(({ id, slug }) => slug === idOrSlug || String(id) === idOrSlug);
}

function matches(
	{ name, slug }: { name: string; slug: string },
	query: string | undefined,
): boolean {
	const wanted = (query ?? '').toLowerCase();
	return slug.includes(wanted) || name.toLowerCase().includes(wanted);
}
