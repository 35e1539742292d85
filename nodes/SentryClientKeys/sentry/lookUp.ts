import type { SentryClient } from './client';
import { SentryError } from './errors';
import type { ErrorCode } from './errors';
import { pagesOf } from './pagination';

/** An organization and a project, each by its ID or its slug, as far as a call names them. */
export interface Names {
	organization?: string;
	project?: string;
}

/** What lists tell of an organization or a project. */
interface Listed {
	id?: unknown;
	slug?: unknown;
	organization?: Listed;
}

/** The lists that know them: all of an organization, and what the token's own teams have. */
const ORGANIZATIONS = '/api/0/organizations/';
const PROJECTS = '/api/0/organizations/{organization}/projects/';
const OWN_PROJECTS = '/api/0/projects/';

/** The slugs that stand for numbers, as far as the lists show them that the token may read. */
export async function slugsOf(client: SentryClient, names: Names): Promise<Names> {
	const organization = isNumber(names.organization)
		? ((await organizationSlug(client, names.organization)) ?? names.organization)
		: names.organization;
	const project =
		isNumber(names.project) && organization !== undefined
			? ((await projectSlug(client, organization, names.project)) ?? names.project)
			: names.project;
	return {
		...(organization !== undefined && { organization }),
		...(project !== undefined && { project }),
	};
}

/**
 * The project of a number, in whichever organization the token sees it: numbers are unique on a server.
 *
 * @returns undefined if no list shows it
 */
export async function projectOfNumber(
	client: SentryClient,
	number: string,
): Promise<Required<Names> | undefined> {
	const own = await findListed(client, OWN_PROJECTS, {}, ({ id }) => id === number);
	const owner = slugOf(own?.organization);
	const slug = slugOf(own);
	if (owner !== undefined && slug !== undefined) {
		return { organization: owner, project: handleOf({ id: number, slug }) };
	}
	for await (const listed of entriesOf(client, ORGANIZATIONS, {})) {
		const organization = slugOf(listed);
		if (organization === undefined) continue;
		const found = await projectSlug(client, organization, number);
		if (found !== undefined) {
			return { organization, project: handleOf({ id: number, slug: found }) };
		}
	}
	return undefined;
}

export function isNumber(name: string | undefined): name is string {
	return name !== undefined && /^\d+$/.test(name);
}

/** Failures that say nothing of what the server has: the same look-up may succeed later. */
const PASSING: readonly ErrorCode[] = [
	'cancelled',
	'rate_limited',
	'sentry_unavailable',
	'unreachable',
];

/** What a look-up gives; undefined where it fails. */
export async function refusable<T>(
	lookUp: Promise<T>,
	passing: readonly ErrorCode[] = ['cancelled'],
): Promise<T | undefined> {
	return await lookUp.catch((reason: unknown) =>
		reason instanceof SentryError && !passing.includes(reason.details.code)
			? undefined
			: Promise.reject(reason as Error),
	);
}

async function organizationSlug(client: SentryClient, number: string): Promise<string | undefined> {
	const isWanted = ({ id }: Listed) => id === number;
	const found =
		(await findListed(client, ORGANIZATIONS, {}, isWanted)) ??
		// Sentry lists no organization to an integration, but its projects name it.
		(await findListed(client, OWN_PROJECTS, {}, ({ organization = {} }) => isWanted(organization)))
			?.organization;
	return slugOf(found);
}

async function projectSlug(
	client: SentryClient,
	organization: string,
	number: string,
): Promise<string | undefined> {
	const found =
		(await findListed(client, PROJECTS, { organization }, ({ id }) => id === number)) ??
		(await findListed(
			client,
			OWN_PROJECTS,
			{},
			(entry) => entry.id === number && slugOf(entry.organization) === organization,
		));
	return slugOf(found);
}

async function findListed(
	client: SentryClient,
	path: string,
	names: Names,
	isWanted: (entry: Listed) => boolean,
): Promise<Listed | undefined> {
	for await (const entry of entriesOf(client, path, names)) if (isWanted(entry)) return entry;
	return undefined;
}

/**
 * A list's entries; none where the server refuses it.
 *
 * @throws SentryError where it only fails for the moment: then nobody knows what it holds
 */
async function* entriesOf(
	client: SentryClient,
	path: string,
	names: Names,
): AsyncGenerator<Listed, void, undefined> {
	const pages = pagesOf<Listed>(client, {
		method: 'GET',
		path,
		query: { per_page: '100' },
		bucket: `list ${path}`,
		success: { status: 200, shape: 'entries' },
		subject: {
			action: 'list organizations and projects',
			scopes: 'org:read or project:read',
			...names,
		},
		isLookUp: true,
	});
	for (;;) {
		const page = await refusable(pages.next(), PASSING);
		if (page === undefined || page.done === true) return;
		yield* page.value.body;
	}
}

/**
 * What an organization or project is called in a request. Where a slug is all digits, as old ones may be,
 * the API takes it for an ID, so that the ID is the only name that works.
 */
export function handleOf({ id, slug }: { id?: unknown; slug: string }): string {
	return isNumber(slug) && (typeof id === 'string' || typeof id === 'number') ? String(id) : slug;
}

function slugOf(entry: Listed | undefined): string | undefined {
	return typeof entry?.slug === 'string' ? entry.slug : undefined;
}
