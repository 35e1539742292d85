import { findKey } from '../endpoints';
import type { ProjectRef } from '../endpoints';
import type { SentryClient } from '../client';
import { InvalidInputError } from '../errors';
import type { ClientKey } from '../types';
import { differs, parseDsn, projectIdOf } from './parseDsn';
import type { DsnParts } from './parseDsn';

/** The key that an item is about. */
export interface KeyChoice {
	keyId: string;
	/** The DSN by which it was chosen, if its project or organization is still to be compared. */
	dsn?: DsnParts;
}

const LABEL = 'Client Key';

/**
 * Compares a DSN with the project that was chosen, as far as that takes no request: by ID.
 *
 * @throws InvalidInputError if they name different projects or organizations
 */
export function compareByIds(
	dsn: DsnParts,
	{ organization, project }: ProjectRef,
	label: string,
): void {
	if (differs(dsn.organizationId, idOf(organization))) refuseOther('organization', label);
	if (differs(dsn.projectId, idOf(project))) refuseOther('project', label);
}

/**
 * Compares the DSN by which a key was chosen with the key that the project has.
 *
 * @throws InvalidInputError if they name different projects or organizations
 */
export function compareWithKey(key: ClientKey, dsn: DsnParts | undefined): void {
	if (dsn === undefined) return;
	const own = typeof key.dsn?.public === 'string' ? parseDsn(key.dsn.public, LABEL) : undefined;
	if (differs(dsn.organizationId, own?.organizationId)) refuseOther('organization');
	if (differs(dsn.projectId, projectIdOf(key))) refuseOther('project');
}

/**
 * The same before a key is changed that was not read: it is, where there is a DSN to compare. A key
 * that is not there is left to what comes next.
 *
 * @throws SentryError
 */
export async function compareBeforeWriting(
	sentry: SentryClient,
	project: ProjectRef,
	{ keyId, dsn }: KeyChoice,
): Promise<void> {
	const key = dsn === undefined ? undefined : await findKey(sentry, project, keyId);
	if (key !== undefined) compareWithKey(key.body, dsn);
}

function idOf(idOrSlug: string): string | undefined {
	return /^\d+$/.test(idOrSlug) ? idOrSlug : undefined;
}

/** @throws InvalidInputError */
export function refuseOther(what: 'organization' | 'project', label = LABEL): never {
	throw new InvalidInputError(
		label,
		`is the DSN of another ${what} than the one that was chosen`,
		`Check which ${what} is meant. Choose the one that the DSN names, or another key.`,
	);
}
