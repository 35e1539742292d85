import type { ApiResponse, ApiCall, SentryClient } from './client';
import { Once } from './concurrency';
import { isRecord, parseJson } from './json';
import { isNumber, refusable, slugsOf } from './lookUp';
import type { Names } from './lookUp';
import { pathSegment } from './paths';
import { isSentrys404 } from './errorText';
import type { Attempt } from './types';

const LABELS: Record<string, string> = {
	keyId: 'Client Key',
	organization: 'Organization',
	project: 'Project',
	team: 'Team',
};

/**
 * How one server wants things to be named, learned from its responses.
 *
 * - Keys: Sentry's IDs are 32 hex digits; GlitchTip writes the same digits as a UUID with dashes, and
 *   has no route for them without.
 * - Organizations and projects: servers before 2024 take slugs only, later ones IDs as well; GlitchTip
 *   takes slugs unless it is set up for IDs.
 */
export class ServerNames {
	private hasDashes: boolean | undefined;
	/** Slugs in place of numbers that the server refused; what is not found stays as it is. */
	private readonly respelled = new Once<Names>();
	private readonly looked = new Once<ApiResponse<unknown[]>>();

	/** A call's path, every name as one encoded segment. */
	async pathOf({ path, subject }: ApiCall, hasDashes = this.hasDashes): Promise<string> {
		const names = await (this.respelled.known(spellingOf(subject)) ?? subject);
		const values: Record<string, unknown> = { ...subject, ...names };
		if (subject.keyId !== undefined) values.keyId = written(subject.keyId, hasDashes);
		return path.replace(/\{(\w+)\}/g, (_, name: string) =>
			pathSegment(LABELS[name] ?? name, values[name]),
		);
	}

	/** Whether keys' IDs are UUIDs: then the server makes them itself (GlitchTip). */
	get areIdsUuids(): boolean {
		return this.hasDashes === true;
	}

	/** A key's ID as this server writes it, as far as that is known. */
	keyId(id: string): string {
		return written(id, this.hasDashes);
	}

	/** Learns from a response how the server writes the IDs of keys. */
	observe(body: unknown): void {
		const [first] = Array.isArray(body) ? (body as unknown[]) : [body];
		const id = isRecord(first) ? first.id : undefined;
		if (typeof id === 'string' && /^[\da-f-]{32,36}$/i.test(id)) this.hasDashes = id.includes('-');
	}

	/**
	 * After a response that may only mean that the server wants other names: finds them out.
	 *
	 * @param sent the path that got the response; other calls may have taught better names meanwhile
	 * @returns another path that is worth a try; of a guess only a success counts
	 * @throws SentryError `cancelled`
	 */
	async otherPath(
		client: SentryClient,
		call: ApiCall,
		attempt: Attempt,
		sent: string,
	): Promise<{ path: string; isGuess: boolean } | undefined> {
		if (!('response' in attempt) || call.isLookUp === true) return undefined;
		const { status, text } = attempt.response;
		const body = parseJson(text);
		// Anything else than Sentry's own 404 may hide that a key was made.
		if (call.method === 'POST' && !(status === 404 && isSentrys404(body))) return undefined;
		const isMissing = status === 404;
		const isPage = [200, 403].includes(status) && body === undefined;
		// GlitchTip lists nothing where it knows no such name.
		const isEmpty = Array.isArray(body) && body.length === 0;
		if (!isMissing && !isPage && !isEmpty) return undefined;
		await this.respell(client, call.subject);
		const isOfKey = call.subject.keyId !== undefined && !isEmpty;
		const keys =
			isOfKey && this.hasDashes === undefined
				? await this.learnKeyIds(client, call.subject)
				: undefined;
		// Where no key shows how IDs are written, a page may be what only the other way avoids.
		const isUntold = isOfKey && isPage && this.hasDashes === undefined;
		const path = await this.pathOf(call, isUntold || this.hasDashes);
		// A project without keys does not have this one, so any response to the other way is believed.
		return path === sent ? undefined : { path, isGuess: isUntold && keys?.length !== 0 };
	}

	/** The names in the server's own spelling, numbers it refuses replaced by slugs where they are found. */
	async respell(client: SentryClient, names: Names): Promise<Names> {
		const { organization, project } = names;
		if (!isNumber(organization) && !isNumber(project)) return names;
		return await this.respelled.of(
			spellingOf(names),
			async () => await slugsOf(client, { ...names }),
		);
	}

	/**
	 * Any key of the project shows how its server writes IDs.
	 *
	 * @returns one of its keys, or none; undefined where the list is refused
	 */
	private async learnKeyIds(
		client: SentryClient,
		{ organization, project }: Names,
	): Promise<unknown[] | undefined> {
		if (organization === undefined || project === undefined) return undefined;
		// One look at a project is enough, also where it has no key.
		const look = this.looked.of(
			spellingOf({ organization, project }),
			async () =>
				await client.request<unknown[]>({
					method: 'GET',
					path: '/api/0/projects/{organization}/{project}/keys/',
					query: { per_page: '1' },
					bucket: 'list keys',
					success: { status: 200, shape: 'keys' },
					subject: {
						action: 'list the client keys',
						scopes: 'project:read',
						organization,
						project,
					},
					isLookUp: true,
				}),
		);
		return (await refusable(look))?.body;
	}
}

function spellingOf({ organization, project }: Names): string {
	return JSON.stringify([organization, project]);
}

/** An ID without its dashes, in lower case: what it is, however a server writes it. */
export function digitsOf(id: string): string {
	return id.replaceAll('-', '').toLowerCase();
}

/** An ID with or without dashes; as it is where it is not known how the server writes IDs. */
function written(id: string, hasDashes: boolean | undefined): string {
	if (hasDashes === undefined) return id;
	return hasDashes ? withDashes(digitsOf(id)) : digitsOf(id);
}

function withDashes(digits: string): string {
	return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
