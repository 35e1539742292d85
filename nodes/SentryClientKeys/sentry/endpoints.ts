import type { ApiResponse, ApiCall, SentryClient } from './client';
import { isNotFound } from './errors';
import { isRecord } from './json';
import { refusable } from './lookUp';
import type { ClientKey } from './types';

/** A project, each part an ID or a slug. */
export interface ProjectRef {
	organization: string;
	project: string;
}

/** The scopes of each kind of call (src/sentry/api/bases/project.py), as messages name them. */
export const READ_SCOPES = 'project:read, project:write or project:admin';
export const WRITE_SCOPES = 'project:write or project:admin';
export const DELETE_SCOPES = 'project:admin';
const ORGANIZATION_SCOPES = 'org:read';

/** Sentry allows 1 to 100 per page and gives 10 unless asked (api/base.py, since September 2025). */
export const PAGE_SIZE = 100;

/**
 * The path of a project's client keys, to be filled with the names of the subject. Without its trailing slash Sentry answers 404
 * (src/sentry/api/endpoints/catchall.py).
 */
const KEYS_PATH = '/api/0/projects/{organization}/{project}/keys/';
const KEY_PATH = `${KEYS_PATH}{keyId}/`;

/** The call that makes a key. */
export function createKeyCall(project: ProjectRef, body: object): ApiCall {
	return {
		method: 'POST',
		path: KEYS_PATH,
		body,
		bucket: 'create key',
		success: { status: 201, shape: 'key' },
		subject: { action: 'create the client key', scopes: WRITE_SCOPES, ...namesOf(project) },
	};
}

/** The call that reads one key by its ID. */
export function getKeyCall(project: ProjectRef, keyId: string): ApiCall {
	return {
		method: 'GET',
		path: KEY_PATH,
		bucket: 'get key',
		success: { status: 200, shape: 'key' },
		subject: { action: 'return the client key', scopes: READ_SCOPES, ...namesOf(project), keyId },
	};
}

/** The call that changes a key; absent fields stay, but see `updateKey.ts`. */
export function updateKeyCall(project: ProjectRef, keyId: string, body: object): ApiCall {
	return {
		method: 'PUT',
		path: KEY_PATH,
		body,
		bucket: 'update key',
		success: { status: 200, shape: 'key' },
		subject: { action: 'update the client key', scopes: WRITE_SCOPES, ...namesOf(project), keyId },
	};
}

/** The call that deletes a key for good. */
export function deleteKeyCall(project: ProjectRef, keyId: string): ApiCall {
	return {
		method: 'DELETE',
		path: KEY_PATH,
		bucket: 'delete key',
		success: { status: 204, shape: 'nothing' },
		subject: { action: 'delete the client key', scopes: DELETE_SCOPES, ...namesOf(project), keyId },
	};
}

/** The call that reads one page of a project's keys, newest first. */
export function listKeysCall(project: ProjectRef, query: Record<string, string> = {}): ApiCall {
	return {
		method: 'GET',
		path: KEYS_PATH,
		query: { per_page: String(PAGE_SIZE), ...query },
		bucket: 'list keys',
		success: { status: 200, shape: 'keys' },
		subject: { action: 'list the client keys', scopes: READ_SCOPES, ...namesOf(project) },
	};
}

/**
 * The same for all projects of an organization that the token can read; servers have it since December
 * 2025. Without `project=-1` a personal token sees those of its own teams only.
 *
 * @param team only the projects of this one, by its ID or slug
 */
export function listOrganizationKeysCall(
	organization: string,
	query: Record<string, string> = {},
	team?: string,
): ApiCall {
	return {
		method: 'GET',
		path: '/api/0/organizations/{organization}/project-keys/',
		query: {
			project: '-1',
			per_page: String(PAGE_SIZE),
			...query,
			...(team !== undefined && { team }),
		},
		bucket: 'list organization keys',
		success: { status: 200, shape: 'keys' },
		subject: {
			action: 'list the client keys',
			scopes: ORGANIZATION_SCOPES,
			organization,
			...(team !== undefined && { team }),
		},
	};
}

/**
 * The call that counts a key's events by day. Private: Sentry may change it without notice
 * (api/endpoints/project_key_stats.py).
 *
 * @param since,until seconds since the epoch
 */
export function keyStatsCall(
	project: ProjectRef,
	keyId: string,
	since: number,
	until: number,
): ApiCall {
	return {
		method: 'GET',
		path: `${KEY_PATH}stats/`,
		query: { since: String(since), until: String(until), resolution: '1d' },
		bucket: 'key stats',
		success: { status: 200, shape: 'list' },
		subject: { action: "return the key's usage", scopes: READ_SCOPES, ...namesOf(project), keyId },
	};
}

function namesOf({ organization, project }: ProjectRef): ProjectRef {
	return { organization, project };
}

/**
 * A key by its ID.
 *
 * @throws SentryError `not_found` if it does not exist
 */
export async function readKey(
	sentry: SentryClient,
	project: ProjectRef,
	keyId: string,
): Promise<ApiResponse<ClientKey>> {
	return await sentry.request<ClientKey>(getKeyCall(project, keyId));
}

/** A key by its ID; undefined if it does not exist. */
export async function findKey(
	sentry: SentryClient,
	project: ProjectRef,
	keyId: string,
): Promise<ApiResponse<ClientKey> | undefined> {
	return await readKey(sentry, project, keyId).catch((reason: unknown) =>
		isNotFound(reason) ? undefined : Promise.reject(reason as Error),
	);
}

/** A project as its own page of the API tells it (src/sentry/api/endpoints/project_details.py). */
export interface ProjectDetails {
	id: string;
	slug?: string;
	organization?: { id?: string; slug?: string };
}

/**
 * A project, however it was named.
 *
 * @throws SentryError `not_found` if it does not exist
 */
export async function readProject(
	sentry: SentryClient,
	project: ProjectRef,
): Promise<ProjectDetails> {
	const response = await sentry.request<ProjectDetails>({
		method: 'GET',
		path: '/api/0/projects/{organization}/{project}/',
		bucket: 'get project',
		success: { status: 200, shape: 'entity' },
		subject: { action: 'return the project', scopes: READ_SCOPES, ...namesOf(project) },
	});
	return response.body;
}

/**
 * The token's scopes; undefined where the server does not tell them (region hosts have no index, see
 * src/sentry/api/endpoints/index.py).
 */
export async function tokenScopes(sentry: SentryClient): Promise<string[] | undefined> {
	const response = await refusable(
		sentry.request<{ auth?: unknown }>({
			method: 'GET',
			path: '/api/0/',
			bucket: 'index',
			success: { status: 200, shape: 'object' },
			subject: { action: "tell the token's scopes", scopes: READ_SCOPES },
		}),
	);
	const auth = response?.body.auth;
	return isRecord(auth) && Array.isArray(auth.scopes) ? auth.scopes.map(String) : undefined;
}

/** The call that lists the organizations that the token can see. */
export function organizationsCall(search: string): ApiCall {
	return listCall('/api/0/organizations/', search, 'list the organizations');
}

/** The call that lists the projects of an organization; it wants `org:read`. */
export function projectsCall(organization: string, search: string): ApiCall {
	const path = '/api/0/organizations/{organization}/projects/';
	const action = 'list the projects';
	return {
		...listCall(path, search, action),
		subject: { action, scopes: 'org:read', organization },
	};
}

/** The call that lists all projects that the token can see. */
export function ownProjectsCall(search: string): ApiCall {
	return listCall('/api/0/projects/', search, 'list the projects');
}

/** The call that reads one organization. */
export function organizationCall(organization: string): ApiCall {
	return {
		...detailCall('/api/0/organizations/{organization}/', 'organization'),
		subject: { action: 'return the organization', scopes: 'org:read', organization },
	};
}

/** The calls that list the projects of a team, and read the team itself. */
export function teamCalls(
	organization: string,
	team: string,
): { projects: ApiCall; owner: ApiCall } {
	const path = '/api/0/teams/{organization}/{team}/';
	const subject = { scopes: 'team:read', organization, team };
	const action = "list the team's projects";
	return {
		projects: { ...listCall(`${path}projects/`, '', action), subject: { action, ...subject } },
		owner: {
			...detailCall(path, 'team'),
			subject: { action: 'return the team', ...subject },
		},
	};
}

function listCall(path: string, search: string, action: string): ApiCall {
	return {
		method: 'GET',
		path,
		query: { per_page: String(PAGE_SIZE), ...(search !== '' && { query: search }) },
		bucket: `list ${path}`,
		success: { status: 200, shape: 'entries' },
		subject: { action, scopes: 'org:read or project:read' },
	};
}

function detailCall(path: string, what: string): Omit<ApiCall, 'subject'> {
	return {
		method: 'GET',
		path,
		bucket: `get ${what}`,
		success: { status: 200, shape: 'object' },
	};
}
