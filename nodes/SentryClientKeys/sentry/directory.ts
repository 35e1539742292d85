import { PAGE_SIZE } from './calls';
import type { Answer, ApiCall, SentryClient } from './client';
import { SentryError } from './errors';
import { endlessList, MOST_PAGES, nextCursor } from './pagination';
import { pathSegment } from './paths';

/** An organization or a project, as far as it takes to choose it. */
export interface Entry {
	slug: string;
	name: string;
}

/** One page of a list; `next` continues it. */
export interface Page<T> {
	entries: T[];
	next?: string;
}

/**
 * A project as both of Sentry's lists answer it (api/serializers/models/project.py); the list of one
 * organization leaves that out.
 */
export interface ProjectEntry extends Entry {
	id: string;
	platform?: string | null;
	dateCreated?: string | null;
	isMember?: boolean;
	hasAccess?: boolean;
	status?: string;
	organization?: Entry & { id: string };
}

/** Marks cursors of the fallback list, so that its next page is asked of the same endpoint. */
const FALLBACK = 'projects:';
/** How many pages of the fallback list are read in search of a match. */
const FALLBACK_PAGES = 10;

/**
 * The organizations that the token can see, matching a search text.
 *
 * `/organizations/` wants `org:read` and lists nothing for an integration's token (its user is no
 * member of any organization); then the organizations are taken from the projects the token sees
 * (api/endpoints/organization_index.py, project_index.py).
 *
 * @param cursor as the previous page gave it
 */
export async function listOrganizations(
	sentry: SentryClient,
	search: string,
	cursor?: string,
): Promise<Page<Entry>> {
	const answer = await sentry
		.request<Entry[]>(listCall('/api/0/organizations/', 'organizations', search, cursor))
		.catch(ifForbidden);
	if (!(answer instanceof SentryError) && (answer.body.length > 0 || cursor !== undefined)) {
		return page(answer.body, nextCursor(answer.headers.link));
	}
	const bySlug = new Map<string, Entry>();
	let next: string | undefined;
	for (let pages = 0; pages < FALLBACK_PAGES; pages++) {
		const projects = await requestOwnProjects(sentry, '', next);
		for (const { organization } of projects.body) {
			if (organization !== undefined && matches(organization, search)) {
				bySlug.set(organization.slug, organization);
			}
		}
		next = nextCursor(projects.headers.link);
		if (next === undefined) break;
	}
	return page([...bySlug.values()]);
}

/** A page of projects, and how it came about. */
interface ProjectPage extends Page<ProjectEntry> {
	answers: Array<Answer<ProjectEntry[]>>;
	/** Why it was not the organization's own list. */
	refusal?: SentryError | undefined;
}

/**
 * The projects of an organization that match a search text.
 *
 * Without `org:read` the organization's own list is refused; then those of the token's own projects
 * are taken that belong to it.
 *
 * @param organization ID or slug
 * @param cursor as the previous page gave it
 */
export async function listProjects(
	sentry: SentryClient,
	organization: string,
	search: string,
	cursor?: string,
): Promise<ProjectPage> {
	let refusal: SentryError | undefined;
	if (cursor === undefined || !cursor.startsWith(FALLBACK)) {
		const path = `/api/0/organizations/${pathSegment('Organization', organization)}/projects/`;
		const call = {
			...listCall(path, 'projects', search, cursor),
			subject: { action: 'list the projects', scopes: 'org:read', organization },
		};
		const answer = await sentry.request<ProjectEntry[]>(call).catch(ifForbidden);
		if (!(answer instanceof SentryError)) {
			return { ...page(answer.body, nextCursor(answer.headers.link)), answers: [answer] };
		}
		refusal = answer;
	}
	let next = cursor?.slice(FALLBACK.length);
	const entries: ProjectEntry[] = [];
	const answers: Array<Answer<ProjectEntry[]>> = [];
	do {
		const answer = await requestOwnProjects(sentry, search, next);
		answers.push(answer);
		entries.push(
			...answer.body.filter(
				({ organization: owner }) => owner?.slug === organization || owner?.id === organization,
			),
		);
		next = nextCursor(answer.headers.link);
	} while (entries.length === 0 && next !== undefined && answers.length < FALLBACK_PAGES);
	return { ...page(entries, next === undefined ? undefined : FALLBACK + next), answers, refusal };
}

/**
 * All projects of an organization, or the first ones, and the requests that it took.
 *
 * @param organization ID or slug
 * @throws SentryError also where the token sees nothing of the organization
 */
export async function listAllProjects(
	sentry: SentryClient,
	organization: string,
	{ limit = Infinity, search = '' }: { limit?: number | undefined; search?: string } = {},
): Promise<{ projects: ProjectEntry[]; answers: Array<Answer<ProjectEntry[]>> }> {
	const projects = new Map<string, ProjectEntry>();
	const answers: Array<Answer<ProjectEntry[]>> = [];
	const seen = new Set<string>();
	let refusal: SentryError | undefined;
	let cursor: string | undefined;
	do {
		const page = await listProjects(sentry, organization, search, cursor);
		for (const project of page.entries) projects.set(project.slug, project);
		answers.push(...page.answers);
		refusal ??= page.refusal;
		cursor = page.next;
		if (cursor !== undefined && (seen.has(cursor) || seen.size >= MOST_PAGES)) {
			throw endlessList('list the projects', seen.size + 1);
		}
		if (cursor !== undefined) seen.add(cursor);
	} while (cursor !== undefined && projects.size < limit);
	if (projects.size === 0 && search === '' && refusal !== undefined) throw refusal;
	return { projects: [...projects.values()].slice(0, limit), answers };
}

/**
 * The slug of an organization that was named by its ID; anything else as it is, also where the token may
 * not ask.
 */
export async function organizationSlug(
	sentry: SentryClient,
	organization: string,
): Promise<string> {
	if (!/^\d+$/.test(organization)) return organization;
	const answer = await sentry
		.request<Partial<Entry>>({
			method: 'GET',
			path: `/api/0/organizations/${pathSegment('Organization', organization)}/`,
			bucket: 'get organization',
			success: { status: 200, shape: 'object' },
			subject: { action: 'return the organization', scopes: 'org:read', organization },
		})
		.catch((reason: unknown) =>
			reason instanceof SentryError && reason.refusal !== undefined
				? undefined
				: Promise.reject(reason as Error),
		);
	return answer?.body.slug ?? organization;
}

/** The one list that works with project scopes alone; on sentry.io it knows the US region only. */
async function requestOwnProjects(
	sentry: SentryClient,
	search: string,
	cursor: string | undefined,
): Promise<Answer<ProjectEntry[]>> {
	return await sentry.request<ProjectEntry[]>(
		listCall('/api/0/projects/', 'projects', search, cursor),
	);
}

function listCall(path: string, what: string, search: string, cursor?: string): ApiCall {
	return {
		method: 'GET',
		path,
		query: {
			per_page: String(PAGE_SIZE),
			...(search === '' ? {} : { query: search }),
			...(cursor === undefined ? {} : { cursor }),
		},
		bucket: `list ${path}`,
		success: { status: 200, shape: 'entries' },
		subject: { action: `list the ${what}`, scopes: 'org:read or project:read' },
	};
}

/** A 403 as a value; everything else goes on. */
function ifForbidden(reason: unknown): SentryError | Promise<never> {
	return reason instanceof SentryError && reason.details.status === 403
		? reason
		: Promise.reject(reason);
}

function matches({ name, slug }: Entry, search: string): boolean {
	const wanted = search.toLowerCase();
	return slug.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted);
}

function page<T>(entries: T[], next?: string): Page<T> {
	return next === undefined ? { entries } : { entries, next };
}
