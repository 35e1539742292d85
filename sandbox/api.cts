import { authenticate, isToken, missingAccess, missingScope } from './auth.cts';
import { detail, INTERNAL_ERROR, NO_PROJECT, NOT_FOUND } from './answers.cts';
import type { ApiAnswer } from './answers.cts';
import { paginate } from './pagination.cts';
import type { PageRequest } from './pagination.cts';
import { HalfPairError, limitOnCreate, limitOnUpdate } from './rateLimit.cts';
import { serializeKey, serializeOrganization, serializeProject } from './serialize.cts';
import type { Store } from './store.cts';
import { LOADER_OPTIONS } from './types.cts';
import type { KeyRecord, OrganizationRecord, ProjectRecord, TokenRecord } from './types.cts';
import { bodyErrors, createErrors, toBoolean, updateErrors } from './validation.cts';

/** How this server differs from today's sentry.io. */
export interface Dialect {
	publicKeys: 'honoured' | 'ignored' | 'refused';
	rateLimitFeature: boolean;
	resetsSdkVersion: boolean;
	organizationKeysEndpoint: boolean;
}

/** One API request, parsed as far as its handler needs it. */
export interface ApiRequest {
	method: string;
	/** Without the query. */
	path: string;
	query: PageRequest & Record<string, string | undefined>;
	authorization: string | undefined;
	/** Undefined if the request had none; a SyntaxError if it was no JSON. */
	body: unknown;
	/** The stand-in's own address, with its base path. */
	endpoint: string;
}

const PROJECT_READ = ['project:admin', 'project:read', 'project:write'];
const PROJECT_WRITE = ['project:admin', 'project:write'];
const PROJECT_ADMIN = ['project:admin'];
const ORG_READ = ['org:admin', 'org:read', 'org:write'];

/** The part of Sentry's API that client keys and their pickers need, with its order of checks. */
export class Api {
	constructor(
		private readonly store: Store,
		private readonly tokens: readonly TokenRecord[],
		private readonly dialect: Dialect,
	) {}

	/** The answer to a request; changes the store as the real one would its database. */
	handle(request: ApiRequest): ApiAnswer {
		const { path } = request;
		if (!path.endsWith('/')) {
			return {
				status: 404,
				body: { info: `Route not found, did you forget a trailing slash? try: ${path}/` },
			};
		}
		const segments = path.slice(1, -1).split('/').slice(2).map(decodeURIComponent);
		const [collection, organization, part, ...rest] = segments;
		if (collection === undefined) return this.index(request);
		const token = authenticate(request.authorization, this.tokens);
		if (collection === 'organizations') {
			if (organization === undefined) return this.organizations(request, token);
			if (part === undefined || part === 'projects' || part === 'project-keys') {
				return this.ofOrganization(request, token, organization, part);
			}
		}
		if (collection === 'projects') {
			if (organization === undefined) return this.ownProjects(request, token);
			if (part !== undefined && (rest[0] === undefined || rest[0] === 'keys')) {
				return this.ofProject(request, token, organization, part, rest);
			}
		}
		return NOT_FOUND;
	}

	private index({ authorization }: ApiRequest): ApiAnswer {
		if (authorization === undefined) {
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

	private organizations(request: ApiRequest, token: TokenRecord | ApiAnswer): ApiAnswer {
		if (!isToken(token)) return token;
		const refusal = missingScope(token, ORG_READ);
		if (refusal !== undefined) return refusal;
		// Listed by membership, and an integration's user is member of none.
		const mine = token.kind === 'integration' ? [] : this.reachable(token);
		const found = mine.filter((organization) => matches(organization, request.query.query));
		return paginate(found, request.query, listUrl(request), serializeOrganization, 100);
	}

	private ownProjects(request: ApiRequest, token: TokenRecord | ApiAnswer): ApiAnswer {
		if (!isToken(token)) return token;
		const refusal = missingScope(token, PROJECT_READ);
		if (refusal !== undefined) return refusal;
		const mine = this.reachable(token);
		const found = this.store.projects
			.filter(
				(project) => mine.includes(project.organization) && matches(project, request.query.query),
			)
			.reverse();
		return paginate(
			found,
			request.query,
			listUrl(request),
			(project) => serializeProject(project, true),
			100,
		);
	}

	private reachable(token: TokenRecord): OrganizationRecord[] {
		return this.store.organizations.filter(({ slug }) => token.organizations.includes(slug));
	}

	private ofOrganization(
		request: ApiRequest,
		token: TokenRecord | ApiAnswer,
		idOrSlug: string,
		part: string | undefined,
	): ApiAnswer {
		if (!isToken(token)) return token;
		const refusal = missingScope(token, ORG_READ);
		if (refusal !== undefined) return refusal;
		const organization = this.store.organization(idOrSlug);
		if (organization === undefined) return NOT_FOUND;
		const barred = missingAccess(token, organization, false);
		if (barred !== undefined) return barred;
		const projects = this.store.projects.filter((project) => project.organization === organization);
		if (part === undefined) return { status: 200, body: serializeOrganization(organization) };
		if (part === 'projects') {
			const found = projects
				.filter((project) => matches(project, request.query.query))
				.sort((a, b) => a.slug.localeCompare(b.slug));
			return paginate(
				found,
				request.query,
				listUrl(request),
				(project) => serializeProject(project, false),
				100,
			);
		}
		if (!this.dialect.organizationKeysEndpoint) return NOT_FOUND;
		if (request.query.team !== undefined) return detail(404, 'Team not found');
		const ids = new Set(projects.map(({ id }) => id));
		return this.listKeys(
			request,
			this.store.allKeys().filter(({ projectId }) => ids.has(projectId)),
		);
	}

	private ofProject(
		request: ApiRequest,
		token: TokenRecord | ApiAnswer,
		organizationName: string,
		projectName: string,
		[part, keyId, stats]: string[],
	): ApiAnswer {
		const { method } = request;
		if (!isToken(token)) return token;
		const methods: Partial<Record<string, string[]>> =
			part === undefined || stats !== undefined
				? { GET: PROJECT_READ }
				: keyId === undefined
					? { GET: PROJECT_READ, POST: PROJECT_WRITE }
					: { GET: PROJECT_READ, PUT: PROJECT_WRITE, DELETE: PROJECT_ADMIN };
		const scopes = methods[method];
		if (scopes === undefined) return detail(405, `Method "${method}" not allowed.`);
		const refusal = missingScope(token, scopes);
		if (refusal !== undefined) return refusal;
		const organization = this.store.organization(organizationName);
		if (organization === undefined) return NO_PROJECT;
		const project = this.store.project(organization, projectName);
		const barred = missingAccess(token, organization, method !== 'GET');
		if (project === undefined) {
			const renamed = this.store.renamedProject(organization, projectName);
			if (renamed === undefined) return NO_PROJECT;
			return barred ?? renamedAnswer(request, renamed);
		}
		if (barred !== undefined) return barred;
		if (part === undefined) return { status: 200, body: serializeProject(project, true) };
		if (keyId === undefined) {
			return method === 'GET'
				? this.listKeys(request, this.store.keysOf(project))
				: this.createKey(request, project);
		}
		const key = this.store.key(keyId);
		if (key === undefined || key.projectId !== project.id) return NOT_FOUND;
		if (stats !== undefined) return keyStats(key);
		if (method === 'GET') return this.keyAnswer(200, key, request);
		if (method === 'PUT') return this.updateKey(request, project, key);
		this.store.deleteKey(key);
		return { status: 204 };
	}

	private listKeys(request: ApiRequest, keys: KeyRecord[]): ApiAnswer {
		const { status } = request.query;
		const found = status
			? keys.filter(({ isActive }) => status === (isActive ? 'active' : 'inactive'))
			: keys;
		return paginate(found, request.query, listUrl(request), (key) =>
			serializeKey(key, request.endpoint),
		);
	}

	private createKey(request: ApiRequest, project: ProjectRecord): ApiAnswer {
		const body = request.body === undefined ? {} : request.body;
		const malformed = malformedBody(body);
		if (malformed !== undefined) return malformed;
		const fields = body as Record<string, unknown>;
		const { publicKeys } = this.dialect;
		const errors = createErrors(fields, publicKeys === 'honoured');
		if (publicKeys === 'refused' && 'public' in fields) errors.public = ['Unknown field.'];
		if (Object.keys(errors).length > 0) return { status: 400, body: errors };
		return this.orInternalError(() => {
			const limit = this.dialect.rateLimitFeature ? limitOnCreate(fields.rateLimit) : NO_LIMIT;
			const key = this.store.addKey(project, {
				label: text(fields.name).trim(),
				rateLimitCount: limit.count,
				rateLimitWindow: limit.window,
				...(publicKeys === 'honoured' &&
					typeof fields.public === 'string' && { public: fields.public }),
				...(publicKeys === 'honoured' &&
					typeof fields.secret === 'string' && { secret: fields.secret }),
			});
			return key === undefined ? INTERNAL_ERROR : this.keyAnswer(201, key, request);
		});
	}

	private updateKey(request: ApiRequest, project: ProjectRecord, key: KeyRecord): ApiAnswer {
		const body = request.body === undefined ? {} : request.body;
		const malformed = malformedBody(body);
		if (malformed !== undefined) return malformed;
		const fields = body as Record<string, unknown>;
		const errors = updateErrors(fields);
		if (Object.keys(errors).length > 0) return { status: 400, body: errors };
		return this.orInternalError(() => {
			const limit = this.dialect.rateLimitFeature ? limitOnUpdate(fields.rateLimit) : undefined;
			if (limit !== undefined) {
				key.rateLimitCount = limit.count;
				key.rateLimitWindow = limit.window;
			}
			key.label = text(fields.name).trim() || key.label;
			key.isActive = toBoolean(fields.isActive) ?? key.isActive;
			if (typeof fields.browserSdkVersion === 'string') {
				key.browserSdkVersion = fields.browserSdkVersion;
			} else if (this.dialect.resetsSdkVersion) {
				key.browserSdkVersion = project.browserSdkVersion;
			}
			const options = (fields.dynamicSdkLoaderOptions ?? {}) as Record<string, unknown>;
			for (const option of LOADER_OPTIONS) {
				key.loaderOptions[option] = toBoolean(options[option]) ?? key.loaderOptions[option];
			}
			return this.keyAnswer(200, key, request);
		});
	}

	private keyAnswer(status: number, key: KeyRecord, { endpoint }: ApiRequest): ApiAnswer {
		return { status, body: serializeKey(key, endpoint) };
	}

	private orInternalError(handler: () => ApiAnswer): ApiAnswer {
		try {
			return handler();
		} catch (error) {
			if (error instanceof HalfPairError) return INTERNAL_ERROR;
			throw error;
		}
	}
}

const NO_LIMIT = { count: null, window: null };

function malformedBody(body: unknown): ApiAnswer | undefined {
	if (body instanceof SyntaxError) return detail(400, `JSON parse error - ${body.message}`);
	const errors = bodyErrors(body);
	return errors === undefined ? undefined : { status: 400, body: errors };
}

/** 302 with the path only, and the new slug at the top of the body (api/bases/project.py). */
function renamedAnswer(
	{ path, endpoint }: ApiRequest,
	{ slug, oldSlugs }: ProjectRecord,
): ApiAnswer {
	const base = new URL(endpoint).pathname.replace(/\/$/, '');
	const url = base + path.replace(new RegExp(`/(?:${oldSlugs.join('|')})/`), `/${slug}/`);
	return {
		status: 302,
		headers: { Location: url },
		body: { slug, detail: { extra: { url, slug } } },
	};
}

/** One point a day for the last 24 hours (project_key_stats.py). */
function keyStats({ usage }: KeyRecord): ApiAnswer {
	const today = Math.floor(Date.now() / 86_400_000) * 86_400;
	const { accepted, dropped, filtered } = usage;
	const points = [
		{ ts: today - 86_400, total: 0, dropped: 0, accepted: 0, filtered: 0 },
		{ ts: today, total: accepted + dropped + filtered, dropped, accepted, filtered },
	];
	return { status: 200, body: points };
}

function matches(
	{ name, slug }: { name: string; slug: string },
	query: string | undefined,
): boolean {
	const wanted = (query ?? '').toLowerCase();
	return slug.includes(wanted) || name.toLowerCase().includes(wanted);
}

function listUrl({ path, query, endpoint }: ApiRequest): string {
	const kept = Object.entries(query).filter(([name]) => name !== 'cursor' && name !== 'per_page');
	const search = new URLSearchParams(
		kept.map(([name, value = '']): [string, string] => [name, value]),
	).toString();
	return `${endpoint}${path}${search === '' ? '' : `?${search}`}`;
}

function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
