import type { Answer, ApiCall, SentryClient } from './client';
import { SentryError } from './errors';
import { pathSegment } from './paths';
import type { ClientKey } from './types';

/** A project, each part an ID or a slug. */
export interface ProjectRef {
	organization: string;
	project: string;
}

/** The scopes of each kind of call (src/sentry/api/bases/project.py), as messages name them. */
export const READ_SCOPES = 'project:read, project:write or project:admin';
export const WRITE_SCOPES = 'project:write or project:admin';

/** Sentry allows 1 to 100 per page and gives 10 unless asked (api/base.py, since September 2025). */
export const PAGE_SIZE = 100;

/**
 * The path of a project's client keys. Without its trailing slash Sentry answers 404
 * (src/sentry/api/endpoints/catchall.py).
 */
export function keysPath({ organization, project }: ProjectRef): string {
	return `/api/0/projects/${pathSegment('Organization', organization)}/${pathSegment('Project', project)}/keys/`;
}

/** The call that makes a key. */
export function createKeyCall(project: ProjectRef, body: object): ApiCall {
	return {
		method: 'POST',
		path: keysPath(project),
		body,
		bucket: 'create key',
		success: { status: 201, shape: 'object' },
		subject: { action: 'create the client key', scopes: WRITE_SCOPES, ...namesOf(project) },
	};
}

/** The call that reads one key by its ID. */
export function getKeyCall(project: ProjectRef, keyId: string): ApiCall {
	return {
		method: 'GET',
		path: `${keysPath(project)}${pathSegment('Client Key', keyId)}/`,
		bucket: 'get key',
		success: { status: 200, shape: 'object' },
		subject: { action: 'return the client key', scopes: READ_SCOPES, ...namesOf(project), keyId },
	};
}

/** The call that reads one page of a project's keys, newest first. */
export function listKeysCall(project: ProjectRef, query: Record<string, string> = {}): ApiCall {
	return {
		method: 'GET',
		path: keysPath(project),
		query: { per_page: String(PAGE_SIZE), ...query },
		bucket: 'list keys',
		success: { status: 200, shape: 'list' },
		subject: { action: 'list the client keys', scopes: READ_SCOPES, ...namesOf(project) },
	};
}

function namesOf({ organization, project }: ProjectRef): ProjectRef {
	return { organization, project };
}

/** A key by its ID; undefined if it does not exist. */
export async function findKey(
	sentry: SentryClient,
	project: ProjectRef,
	keyId: string,
): Promise<Answer<ClientKey> | undefined> {
	return await sentry
		.request<ClientKey>(getKeyCall(project, keyId))
		.catch((reason: unknown) =>
			reason instanceof SentryError && reason.details.code === 'not_found'
				? undefined
				: Promise.reject(reason as Error),
		);
}
