import type { ProjectRef } from '../endpoints';
import { isNotFound, SentryError } from '../errors';
import { handleOf } from '../lookUp';
import { quote } from '../paths';
import { differs } from './parseDsn';
import { refuseOther } from './keyChoice';
import type { KeyChoice } from './keyChoice';
import type { ServerKeys } from './serverKeys';

/** A key that was chosen by its DSN alone. */
export interface DsnChoice extends Required<KeyChoice> {
	/** The organization that the panel names beside it, or that the DSN's page names. */
	organization?: string;
}

/** A chosen key: in a project that the panel names, or wherever its DSN says. */
export type KeyTarget = (KeyChoice & ProjectRef) | DsnChoice;

/** Where a chosen key is. */
export interface LocatedKey extends ProjectRef {
	choice: KeyChoice;
	/** The columns that name organization and project, where the panel did not. */
	columns: { organization?: string; project?: string };
}

/**
 * Finds the project of a chosen key. A DSN holds the project's number, and on sentry.io the
 * organization's; where it does not, the project is looked for in all that the token sees.
 *
 * @throws SentryError `not_found`; `invalid_input` if the DSN is one of another organization than the
 * panel's
 */
export async function locateKey(server: ServerKeys, target: KeyTarget): Promise<LocatedKey> {
	const { keyId, dsn } = target;
	if ('project' in target) {
		const { organization, project } = target;
		return { organization, project, choice: { keyId, ...(dsn && { dsn }) }, columns: {} };
	}
	const { projectId = '', organizationId } = target.dsn;
	const organization = target.organization ?? organizationId;
	const named =
		organization === undefined
			? await server.projectOfNumber(projectId)
			: { organization, project: projectId };
	const found =
		named &&
		(await server.project(named).catch((reason: unknown) => {
			if (isNotFound(reason)) return undefined;
			throw reason;
		}));
	if (named === undefined || found === undefined) throw notFound(projectId, organization);
	if (differs(organizationId, found.organization?.id)) refuseOther('organization', 'DSN');
	const columns = {
		organization: found.organization?.slug ?? named.organization,
		project: found.slug === undefined ? named.project : handleOf({ ...found, slug: found.slug }),
	};
	// A project's number stays the same when it is renamed, so it is what is sent where the server takes it.
	return { ...named, choice: { keyId, dsn: target.dsn }, columns };
}

function notFound(projectId: string, organization: string | undefined): SentryError {
	const where =
		organization === undefined
			? 'in the organizations that the token sees'
			: `in the organization ${quote(organization)}, as far as the token sees`;
	return new SentryError(
		`No project ${projectId} ${where}`,
		`${projectId} is the project's number in the DSN. Check that the DSN belongs to the Sentry of this credential, that the token may read that project, and, if the DSN's host does not name the organization, choose it under 'Organization'.`,
		{ code: 'not_found', projectId, ...(organization !== undefined && { organization }) },
	);
}
