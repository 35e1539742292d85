import {
	organizationCall,
	organizationsCall,
	ownProjectsCall,
	projectsCall,
	teamCalls,
} from './endpoints';
import type { SentryClient } from './client';
import { SentryError } from './errors';
import { collect, pagesOf, SEARCH_PAGES, searchPages, settleEmpty } from './pagination';
import type { Found, Page, Selection } from './pagination';

/** An organization or a project, as far as it takes to choose it. */
export interface Entry {
	id?: unknown;
	slug: string;
	name: string;
}

/** An organization as Sentry's lists answer it. */
export interface OrganizationEntry extends Entry {
	dateCreated?: string | null;
}

/**
 * A project as both of Sentry's lists answer it (api/serializers/models/project.py); the list of one
 * organization leaves that out.
 */
export interface ProjectEntry extends Entry {
	platform?: string | null;
	dateCreated?: string | null;
	isMember?: boolean;
	hasAccess?: boolean;
	organization?: OrganizationEntry;
}

/** What of a list is wanted: all that match a text, or the first of them. */
export interface ListSettings {
	limit?: number | undefined;
	/** As Sentry's search takes it; empty for all. */
	search?: string;
}

/** Marks cursors of the fallback list, so that its next page is asked of the same endpoint. */
const FALLBACK = 'projects:';

/**
 * One page of the organizations that the token can see, for a drop-down.
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
): Promise<Page<OrganizationEntry>> {
	let listed = 0;
	const page = await searchPages(
		pagesOf<OrganizationEntry>(sentry, organizationsCall(search), cursor),
		(organization) => {
			listed += 1;
			return isMatch(organization, search);
		},
	).catch(ifForbidden);
	if (!(page instanceof SentryError) && (listed > 0 || cursor !== undefined)) return page;
	const pages = firstOf(SEARCH_PAGES, ownProjectPages(sentry, ''));
	const { found } = await collect(pages, organizationsIn(search));
	return { entries: found };
}

/** All organizations that the token can see, or the first ones, found in the same way. */
export async function listAllOrganizations(
	sentry: SentryClient,
	{ limit, search = '' }: ListSettings = {},
): Promise<Found<OrganizationEntry>> {
	const list = await collect(
		pagesOf<OrganizationEntry>(sentry, organizationsCall(search)),
		matching(search, limit),
	).catch(ifForbidden);
	if (!(list instanceof SentryError) && !hasNothing(list)) return list;
	const derived = await collect(ownProjectPages(sentry, ''), { ...organizationsIn(search), limit });
	if (hasNothing(derived) && list instanceof SentryError) throw list;
	return derived;
}

/**
 * One page of the projects of an organization, for a drop-down.
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
): Promise<Page<ProjectEntry>> {
	if (cursor === undefined || !cursor.startsWith(FALLBACK)) {
		const page = await searchPages(
			pagesOf<ProjectEntry>(sentry, projectsCall(organization, search), cursor),
			(project) => isMatch(project, search),
		).catch(ifForbidden);
		if (!(page instanceof SentryError)) return page;
	}
	const from = cursor?.startsWith(FALLBACK) === true ? cursor.slice(FALLBACK.length) : undefined;
	const { entries, next } = await searchPages(
		ownProjectPages(sentry, search, from),
		(project) => isOwnedBy(project, organization) && isMatch(project, search),
	);
	return next === undefined ? { entries } : { entries, next: FALLBACK + next };
}

/**
 * All projects of an organization, or the first ones, found in the same way.
 *
 * @param organization ID or slug
 * @throws SentryError also where there is no such organization, or the token sees nothing of it
 */
export async function listAllProjects(
	sentry: SentryClient,
	organization: string,
	{ limit, search = '' }: ListSettings = {},
): Promise<Found<ProjectEntry>> {
	const call = projectsCall(organization, search);
	const list = await settleEmpty(sentry, {
		call,
		read: async () =>
			await collect(pagesOf<ProjectEntry>(sentry, call), matching(search, limit)).catch(
				ifForbidden,
			),
		isEmpty: (found) => !(found instanceof SentryError) && hasNothing(found),
		readOwner: async () => await readOrganization(sentry, organization),
	});
	if (!(list instanceof SentryError)) return list;
	const { select } = matching<ProjectEntry>(search);
	const own = await collect(ownProjectPages(sentry, search), {
		idOf,
		select: (project) => (isOwnedBy(project, organization) ? select(project) : []),
		limit,
	});
	if (own.found.length === 0) {
		if (search === '') throw list;
		// Nothing matches, or the organization does not exist.
		await listAllProjects(sentry, organization, { limit: 1 });
	}
	return own;
}

/**
 * The projects of a team.
 *
 * @param team ID or slug
 * @throws SentryError also where there is no such team
 */
export async function listTeamProjects(
	sentry: SentryClient,
	organization: string,
	team: string,
): Promise<ProjectEntry[]> {
	const { projects, owner } = teamCalls(organization, team);
	const { found } = await settleEmpty(sentry, {
		call: projects,
		read: async () => await collect(pagesOf<ProjectEntry>(sentry, projects), matching('')),
		isEmpty: hasNothing,
		readOwner: async () => await sentry.request(owner),
	});
	return found;
}

/** The one list that works with project scopes alone; on sentry.io it knows the US region only. */
function ownProjectPages(sentry: SentryClient, search: string, from?: string) {
	return pagesOf<ProjectEntry>(sentry, ownProjectsCall(search), from);
}

/**
 * An organization. A self-hosted Sentry without its event store answers 200 without a body, so that only
 * its existence is known (recordings of 24.5).
 *
 * @throws SentryError `not_found` if it does not exist
 */
export async function readOrganization(
	sentry: SentryClient,
	organization: string,
): Promise<Partial<Entry> | undefined> {
	const response = await sentry
		.request<Partial<Entry>>(organizationCall(organization))
		.catch((reason: unknown) => {
			const isThere = reason instanceof SentryError && reason.details.response === 'empty';
			if (!isThere || reason.details.status !== 200) throw reason;
			return undefined;
		});
	return response?.body;
}

function matching<T extends Entry>(search: string, limit?: number): Selection<T, T> {
	return {
		select: (entry) => (isMatch(entry, search) ? [entry] : []),
		idOf,
		limit,
		isSelectedByServer: search === '',
	};
}

function organizationsIn(search: string): Selection<ProjectEntry, OrganizationEntry> {
	return {
		select: ({ organization }) =>
			organization !== undefined && isMatch(organization, search) ? [organization] : [],
		idOf,
	};
}

function idOf({ slug }: Entry): string {
	return slug;
}

/**
 * Whether an entry matches a search text: not every server searches. Terms such as `team:x`, and quoted
 * ones, only the server can tell.
 */
function isMatch({ name, slug }: Entry, search: string): boolean {
	if (/[:"]/.test(search)) return true;
	const wanted = search.trim().replace(/\s+/g, ' ').toLowerCase();
	return slug.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted);
}

function isOwnedBy({ organization: owner }: ProjectEntry, organization: string): boolean {
	return owner?.slug === organization || (owner !== undefined && String(owner.id) === organization);
}

/** Whether the server's list was empty, whatever was wanted of it. */
function hasNothing({ responses }: Found<unknown>): boolean {
	return responses.every(({ body }) => Array.isArray(body) && body.length === 0);
}

async function* firstOf<T>(count: number, all: AsyncIterable<T>): AsyncGenerator<T> {
	let taken = 0;
	for await (const one of all) {
		yield one;
		taken += 1;
		if (taken === count) return;
	}
}

/** A 403 as a value; everything else goes on. */
function ifForbidden(reason: unknown): SentryError | Promise<never> {
	return reason instanceof SentryError && reason.details.status === 403
		? reason
		: Promise.reject(reason);
}
