import { InvalidInputError } from '../errors';
import type { ClientKey } from '../types';

/** What an address tells of a client key. */
export interface DsnParts {
	/** The key's ID, unchecked. */
	publicKey: string;
	/** Where the host tells it: `o1.ingest.us.sentry.io`. */
	organizationId?: string;
	/** A loader script's address and a page of Sentry tell none. */
	projectId?: string;
	/** Whether it is a page of Sentry, which names organization and project in its own way. */
	isPage: boolean;
}

const ADDRESS = /https?:\/\/[^\s"'`<>,;()[\]{}|]+/gi;

/** `…/js-sdk-loader/<key>.min.js`, `https://js.sentry-cdn.com/<key>.min.js` */
const LOADER = /\/([\da-f]{32})(?:\.min)?\.js$/i;

/** `…/settings/projects/web-app/keys/<key>/`, also of the API */
const KEY_PAGE = /\/keys\/([\da-f]{32}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(?:\/|$)/i;

/**
 * Finds a DSN, `https://<key>@<host>/<project>`, wherever people paste it: in quotes, as a line of a
 * file (`SENTRY_DSN=…`, `dsn: …`), with a port, a path or a query; old ones hold a secret after the
 * key. Host and path may be anything (a customer's Relay, a self-hosted Sentry on a path). An address
 * with `?sentry_key=`, a loader script's address and the key's settings page name a key as well.
 *
 * @param label the parameter's display name, for the message
 * @returns undefined if there is none in the text
 * @throws InvalidInputError if there are two different ones
 */
export function parseDsn(text: string, label: string): DsnParts | undefined {
	let found: DsnParts | undefined;
	for (const [address] of text.matchAll(ADDRESS)) {
		const parts = partsOf(address);
		if (parts === undefined) continue;
		if (found !== undefined && isOther(found, parts)) {
			// The text is not quoted: an old DSN holds the key's secret.
			throw new InvalidInputError(label, 'holds two different DSNs', 'Enter one of them.');
		}
		found = { ...found, ...parts };
	}
	return found;
}

/** Whether the two name different keys, projects or organizations. */
export function isOther(one: DsnParts, other: DsnParts): boolean {
	return (
		one.publicKey.toLowerCase() !== other.publicKey.toLowerCase() ||
		differs(one.projectId, other.projectId) ||
		differs(one.organizationId, other.organizationId)
	);
}

/** Whether both are known, and not the same. */
export function differs(one: string | undefined, other: string | undefined): boolean {
	return one !== undefined && other !== undefined && one !== other;
}

function partsOf(address: string): DsnParts | undefined {
	const trimmed = address.replace(/[.:]+$/, '');
	if (!URL.canParse(trimmed)) return undefined;
	const { username, hostname, pathname, searchParams } = new URL(trimmed);
	const organizationId = /^o(\d+)\./.exec(hostname)?.[1];
	const ofOrganization = organizationId === undefined ? {} : { organizationId };
	const projectId =
		/\/api\/(\d+)\/[a-z_-]+\/?$/.exec(pathname)?.[1] ?? /\/(\d+)\/?$/.exec(pathname)?.[1];
	const publicKey = username || searchParams.get('sentry_key');
	if (publicKey && projectId !== undefined) {
		return { publicKey, ...ofOrganization, projectId, isPage: false };
	}
	const ofLoader = LOADER.exec(pathname)?.[1];
	if (ofLoader !== undefined) return { publicKey: ofLoader, ...ofOrganization, isPage: false };
	const ofPage = KEY_PAGE.exec(pathname)?.[1];
	return ofPage === undefined ? undefined : { publicKey: ofPage, isPage: true };
}

/** The number of a key's project, which older and other servers tell only in the key's DSN. */
export function projectIdOf({ projectId, projectID, dsn }: Partial<ClientKey>): string | undefined {
	const told = projectId ?? projectID;
	if (told !== undefined) return String(told);
	return typeof dsn?.public === 'string' ? partsOf(dsn.public)?.projectId : undefined;
}
