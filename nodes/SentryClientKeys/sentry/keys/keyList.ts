import { listKeysCall, listOrganizationKeysCall, PAGE_SIZE, readProject } from '../endpoints';
import type { ProjectRef } from '../endpoints';
import type { ApiResponse, ApiCall, SentryClient } from '../client';
import { listTeamProjects } from '../listOrganizationsAndProjects';
import type { OrganizationsAndProjects } from '../organizationsAndProjects';
import { TEAM_NOT_FOUND } from '../refusals';
import { InvalidInputError, rephrasing, SentryError } from '../errors';
import { LATEST_VERSION, versionsOf } from './keyFields';
import { collect, pagesOf, searchPages, settleEmpty } from '../pagination';
import type { Found, Page } from '../pagination';
import { handleOf } from '../lookUp';
import { mapInOrder } from '../concurrency';
import { serverNow } from '../serverTime';
import type { ClientKey, Clock } from '../types';

/** Which keys of a list are wanted. */
export interface KeyFilter {
	status?: 'active' | 'inactive';
	/** Part of the name, upper and lower case alike. */
	name?: string;
	/** At most so many; all without it. */
	limit?: number;
}

export interface KeyList {
	/** Newest first, as Sentry lists them. */
	keys: ClientKey[];
	/** The requests that it took. */
	responses: ApiResponse[];
}

/** The keys that are wanted. */
export interface FilteredKeys extends KeyList {
	/** Whether the limit left some out. */
	isCut: boolean;
	/** The slugs of the projects whose keys the token may not read, where the list was read project by project. */
	leftOut?: string[];
	/** What the keys' projects are called there. */
	projects?: ReadonlyMap<ClientKey, string>;
}

/**
 * The keys of a project.
 *
 * @throws SentryError also where there is no such project, whatever the server says of its keys
 */
export async function listKeys(
	sentry: SentryClient,
	project: ProjectRef,
	filter: KeyFilter,
): Promise<FilteredKeys> {
	const call = listKeysCall(project, queryOf(filter, filter.limit));
	const { found, responses, isCut } = await settleEmpty(sentry, {
		call,
		read: async () => await collectKeys(sentry, call, filter),
		isEmpty: (list) => list.responses.every(isEmpty),
		readOwner: async () => await readProject(sentry, project),
	});
	return { keys: found.slice(0, filter.limit), responses, isCut };
}

/**
 * The keys of a whole organization, or of a team's projects: in one list where the server has it and lets
 * the token read it (`org:read`), else project by project, which takes a request for each. Newest first
 * either way, those of one moment by their IDs.
 *
 * @param team ID or slug
 * @throws SentryError also where there is no such organization or team
 */
export async function listOrganizationKeys(
	organizationsAndProjects: OrganizationsAndProjects,
	organization: string,
	filter: KeyFilter,
	team?: string,
): Promise<FilteredKeys> {
	const { sentry } = organizationsAndProjects;
	// One more than wanted shows whether the order at the limit is certain.
	const query = queryOf(filter, filter.limit === undefined ? undefined : filter.limit + 1);
	const call = listOrganizationKeysCall(organization, query, team);
	const whole =
		organizationsAndProjects.withoutKeyList ??
		(await collectInOrder(sentry, call, filter).catch(asRefusal));
	if (!(whole instanceof SentryError)) {
		return inOrder([whole], filter.limit);
	}

	const projects = await rephrasing(
		async () =>
			team === undefined
				? await organizationsAndProjects.projectsOf(organization)
				: await listTeamProjects(sentry, organization, team),
		(failure) => (failure.details.status === 403 ? whole : failure),
	);
	if (whole.details.status === 404) organizationsAndProjects.withoutKeyList = whole;
	const handles = projects.map(handleOf);
	const lists = await mapInOrder(handles, sentry.maxConcurrentRequests, async (project) => {
		const ofProject = listKeysCall({ organization, project }, query);
		return await collectInOrder(sentry, ofProject, filter).catch(asRefusal);
	});
	const read = lists.filter(isRead);
	if (read.length === 0 && projects.length > 0) throw lists[0] as SentryError;
	return {
		...inOrder(read, filter.limit),
		leftOut: projects.filter((_, index) => !isRead(lists[index])).map(({ slug }) => slug),
		projects: new Map(
			lists.flatMap((list, index) =>
				isRead(list)
					? list.found.map((key): [ClientKey, string] => [key, handles[index] ?? ''])
					: [],
			),
		),
	};
}

/**
 * The keys newer than one that is known, and that one: as many pages as it takes to reach it.
 *
 * @param keyId all keys if it is undefined or not in the list
 */
export async function listKeysSince(
	sentry: SentryClient,
	project: ProjectRef,
	keyId: string | undefined,
): Promise<KeyList> {
	const keys = new KeysById();
	const responses: KeyList['responses'] = [];
	for await (const page of pagesOf<ClientKey>(sentry, listKeysCall(project))) {
		responses.push(page);
		keys.add(page.body);
		if (page.body.some(({ id }) => id === keyId)) break;
	}
	return { keys: keys.list(), responses };
}

/**
 * One page of a project's keys whose name or ID holds a text; Sentry itself does not search keys.
 *
 * @param cursor as the previous page gave it
 * @throws SentryError also where there is no such project
 */
export async function listKeyPage(
	sentry: SentryClient,
	project: ProjectRef,
	search: string,
	cursor?: string,
): Promise<Page<ClientKey>> {
	const wanted = search.toLowerCase();
	const call = listKeysCall(project);
	const isWanted = (key: ClientKey) =>
		keyName(key).toLowerCase().includes(wanted) ||
		withoutDashes(key.id).includes(withoutDashes(wanted));
	return await settleEmpty(sentry, {
		call,
		read: async () => await searchPages(pagesOf<ClientKey>(sentry, call, cursor), isWanted),
		isEmpty: ({ entries }) => entries.length === 0 && search === '' && cursor === undefined,
		readOwner: async () => await readProject(sentry, project),
	});
}

/** A key's name as text; empty where the server sends none. */
export function keyName({ name }: { name?: unknown }): string {
	return typeof name === 'string' || typeof name === 'number' ? String(name) : '';
}

/** The versions of the browser SDK that a project's keys offer; they all offer the same. */
export async function listSdkVersions(
	sentry: SentryClient,
	project: ProjectRef,
): Promise<string[]> {
	const { keys } = await listKeys(sentry, project, { limit: 1 });
	const versions = keys[0] === undefined ? [] : versionsOf(keys[0]);
	return versions.length === 0 ? [] : [...versions, LATEST_VERSION];
}

/**
 * How long ago a key was made, in milliseconds, by the clock of the server that listed it where that
 * tells its time; 0 for a key without a date.
 */
export function ageOf(key: ClientKey, { responses }: KeyList, clock: Clock): number {
	const now = serverNow(responses.at(-1), clock.now());
	return now - (createdAt(key) || now);
}

async function collectKeys(
	sentry: SentryClient,
	call: ApiCall,
	{ status, name, limit }: KeyFilter,
	isEnough?: (found: ClientKey[]) => boolean,
): Promise<Found<ClientKey>> {
	const wanted = name?.toLowerCase() ?? '';
	return await collect(pagesOf<ClientKey>(sentry, call), {
		select: (key) =>
			(status === undefined || isActive(key) === (status === 'active')) &&
			keyName(key).toLowerCase().includes(wanted)
				? [key]
				: [],
		idOf: ({ id }) => id,
		limit,
		isSelectedByServer: name === undefined,
		...(isEnough !== undefined && { isEnough }),
	});
}

/** So many that no key that was not read can be among the first ones. */
async function collectInOrder(
	sentry: SentryClient,
	call: ApiCall,
	filter: KeyFilter,
): Promise<Found<ClientKey>> {
	const { limit = Infinity } = filter;
	return await collectKeys(sentry, call, filter, (found) => {
		const [last, oldestWanted] = [found.at(-1), [...found].sort(byAge)[limit - 1]];
		return (
			last !== undefined && oldestWanted !== undefined && createdAt(last) < createdAt(oldestWanted)
		);
	});
}

/** The first keys of several lists. */
function inOrder(lists: Array<Found<ClientKey>>, limit: number | undefined): FilteredKeys {
	const keys = lists.flatMap(({ found }) => found).sort(byAge);
	return {
		keys: keys.slice(0, limit),
		responses: lists.flatMap(({ responses }) => responses),
		isCut: keys.length > (limit ?? Infinity) || lists.some(({ isCut }) => isCut),
	};
}

/** @throws InvalidInputError where the server does not tell: nothing is guessed of a filter */
function isActive(key: ClientKey): boolean {
	if (typeof key.isActive === 'boolean') return key.isActive;
	throw new InvalidInputError(
		'Filters > Status',
		"can't be applied",
		'This server does not tell whether a client key is active (it sends no isActive). Remove the filter.',
	);
}

function isRead(list: Found<ClientKey> | SentryError | undefined): list is Found<ClientKey> {
	return list !== undefined && !(list instanceof SentryError);
}

function isEmpty({ body }: ApiResponse): boolean {
	return Array.isArray(body) && body.length === 0;
}

function withoutDashes(text: string): string {
	return text.replaceAll('-', '');
}

/** Each key once: while a list is read page by page, new keys may move others to the next page. */
class KeysById {
	private readonly keys = new Map<string, ClientKey>();

	add(keys: ClientKey[]): void {
		for (const key of keys) this.keys.set(key.id, key);
	}

	/** In the order in which they came. */
	list(): ClientKey[] {
		return [...this.keys.values()];
	}
}

function queryOf(
	{ status, name }: KeyFilter,
	count: number | undefined = Infinity,
): Record<string, string> {
	// A name is looked for on this side, so how many keys must be read is not known.
	const perPage = name === undefined ? Math.min(count, PAGE_SIZE) : PAGE_SIZE;
	return { per_page: String(perPage), ...(status !== undefined && { status }) };
}

/** When a key was made, milliseconds since the epoch by the server's clock; 0 where it does not tell. */
export function createdAt({ dateCreated }: ClientKey): number {
	return Date.parse(dateCreated ?? '') || 0;
}

/** Newest first; keys of the same moment by their ID, so that every run sees the same order. */
export function byAge(a: ClientKey, b: ClientKey): number {
	return (
		createdAt(b) - createdAt(a) ||
		microseconds(b) - microseconds(a) ||
		// By code units: the order of letters differs from one language to the next.
		(a.id < b.id ? -1 : 1)
	);
}

/** What a date holds beyond the milliseconds that `Date` knows. */
function microseconds({ dateCreated }: ClientKey): number {
	return Number((/\.\d{3}(\d{1,3})/.exec(dateCreated ?? '')?.[1] ?? '0').padEnd(3, '0'));
}

/** A 403 or a 404 as a value: the list is not there, or not for this token. An unknown team is neither. */
function asRefusal(reason: unknown): SentryError | Promise<never> {
	return reason instanceof SentryError &&
		[403, 404].includes(reason.details.status ?? 0) &&
		reason.details.sentry !== TEAM_NOT_FOUND
		? reason
		: Promise.reject(reason);
}
