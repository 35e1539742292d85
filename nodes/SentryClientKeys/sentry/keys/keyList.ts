import { listKeysCall, listOrganizationKeysCall, PAGE_SIZE } from '../calls';
import type { ProjectRef } from '../calls';
import type { Answer, ApiCall, SentryClient } from '../client';
import { listAllProjects } from '../directory';
import type { Page } from '../directory';
import { rephrasing, SentryError } from '../errors';
import { LATEST_VERSION } from './keyFields';
import { nextCursor, pagesOf } from '../pagination';
import { mapInOrder } from '../pool';
import type { ClientKey, Clock } from '../types';

/** Which keys of a list are wanted. */
export interface KeyFilter {
	status?: 'active' | 'inactive';
	/** Part of the name, upper and lower case alike. */
	name?: string;
	/** At most so many; all without it. */
	limit?: number | undefined;
}

export interface KeyList {
	/** Newest first, as Sentry lists them. */
	keys: ClientKey[];
	/** The requests that it took. */
	answers: Array<Answer<ClientKey[]>>;
}

/** @throws SentryError */
export async function listKeys(
	sentry: SentryClient,
	project: ProjectRef,
	filter: KeyFilter,
): Promise<KeyList> {
	return await collect(sentry, listKeysCall(project, queryOf(filter)), filter);
}

/**
 * The keys of a whole organization: in one list where the server has it and lets the token read it
 * (`org:read`), else project by project, which takes a request for each.
 *
 * @returns also the slugs of the projects whose keys the token may not read
 * @throws SentryError
 */
export async function listOrganizationKeys(
	sentry: SentryClient,
	organization: string,
	filter: KeyFilter,
): Promise<KeyList & { leftOut: string[] }> {
	const call = listOrganizationKeysCall(organization, queryOf(filter));
	const whole = await collect(sentry, call, filter).catch(asRefusal);
	if (!(whole instanceof SentryError)) return { ...whole, leftOut: [] };

	const { projects } = await rephrasing(
		async () => await listAllProjects(sentry, organization),
		(failure) => (failure.details.status === 403 ? whole : failure),
	);
	const lists = await mapInOrder(projects, sentry.maxConcurrentRequests, async ({ slug }) => {
		return await listKeys(sentry, { organization, project: slug }, filter).catch(asRefusal);
	});
	const read = lists.filter((list): list is KeyList => !(list instanceof SentryError));
	if (read.length === 0 && projects.length > 0) throw lists[0] as SentryError;
	return {
		keys: read
			.flatMap(({ keys }) => keys)
			.sort(byAge)
			.slice(0, filter.limit),
		answers: read.flatMap(({ answers }) => answers),
		leftOut: projects
			.filter((_, index) => lists[index] instanceof SentryError)
			.map(({ slug }) => slug),
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
	const answers: KeyList['answers'] = [];
	for await (const page of pagesOf<ClientKey>(sentry, listKeysCall(project))) {
		answers.push(page);
		keys.add(page.body);
		if (page.body.some(({ id }) => id === keyId)) break;
	}
	return { keys: keys.list(), answers };
}

/** How many pages are read in search of a match before the drop-down asks for more. */
const SEARCH_PAGES = 10;

/**
 * One page of a project's keys whose name or ID holds a text; Sentry itself does not search keys.
 *
 * @param cursor as the previous page gave it
 */
export async function listKeyPage(
	sentry: SentryClient,
	project: ProjectRef,
	search: string,
	cursor?: string,
): Promise<Page<ClientKey>> {
	const wanted = search.toLowerCase();
	let next = cursor;
	for (let pages = 1; ; pages++) {
		const page = await sentry.request<ClientKey[]>(
			listKeysCall(project, next === undefined ? undefined : { cursor: next }),
		);
		const entries = page.body.filter(
			({ id, name }) => (name ?? '').toLowerCase().includes(wanted) || id.includes(wanted),
		);
		next = nextCursor(page.headers.link);
		if (entries.length > 0 || next === undefined || pages === SEARCH_PAGES) {
			return next === undefined ? { entries } : { entries, next };
		}
	}
}

/** The versions of the browser SDK that a project's keys offer; they all offer the same. */
export async function listSdkVersions(
	sentry: SentryClient,
	project: ProjectRef,
): Promise<string[]> {
	const { keys } = await listKeys(sentry, project, { limit: 1 });
	const choices = keys[0]?.browserSdk?.choices ?? [];
	return choices.length === 0 ? [] : [...choices.map(([version]) => version), LATEST_VERSION];
}

/**
 * How long ago a key was made, in milliseconds, by the clock of the server that listed it where that
 * tells its time; 0 for a key without a date.
 */
export function ageOf(key: ClientKey, { answers }: KeyList, clock: Clock): number {
	const serverNow = Date.parse(answers.at(-1)?.headers.date ?? '') || clock.now();
	return serverNow - (createdAt(key) || serverNow);
}

async function collect(sentry: SentryClient, call: ApiCall, filter: KeyFilter): Promise<KeyList> {
	const { limit = Infinity } = filter;
	const keys = new KeysById();
	const answers: KeyList['answers'] = [];
	for await (const page of pagesOf<ClientKey>(sentry, call)) {
		answers.push(page);
		keys.add(page.body.filter((key) => isWanted(key, filter)));
		if (keys.count >= limit) break;
	}
	return { keys: keys.list().slice(0, limit), answers };
}

/** Each key once: while a list is read page by page, new keys may move others to the next page. */
class KeysById {
	private readonly keys = new Map<string, ClientKey>();

	get count(): number {
		return this.keys.size;
	}

	add(keys: ClientKey[]): void {
		for (const key of keys) this.keys.set(key.id, key);
	}

	/** In the order in which they came. */
	list(): ClientKey[] {
		return [...this.keys.values()];
	}
}

function queryOf({ status, name, limit = Infinity }: KeyFilter): Record<string, string> {
	// A name is looked for on this side, so how many keys must be read is not known.
	const perPage = name === undefined ? Math.min(limit, PAGE_SIZE) : PAGE_SIZE;
	return { per_page: String(perPage), ...(status !== undefined && { status }) };
}

function isWanted(key: ClientKey, { status, name }: KeyFilter): boolean {
	return (
		(status === undefined || key.isActive === (status === 'active')) &&
		(name === undefined || (key.name ?? '').toLowerCase().includes(name.toLowerCase()))
	);
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
/** A 403 or a 404 as a value: the list is not there, or not for this token. */
function asRefusal(reason: unknown): SentryError | Promise<never> {
	return reason instanceof SentryError && [403, 404].includes(reason.details.status ?? 0)
		? reason
		: Promise.reject(reason);
}
