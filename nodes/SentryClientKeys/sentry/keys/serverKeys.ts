import { DELETE_SCOPES, projectId, tokenScopes } from '../calls';
import type { ProjectRef } from '../calls';
import type { SentryClient } from '../client';
import { ProjectKeys } from './projectKeys';
import { PublicIdSupport } from './publicIdSupport';

/** What one run knows of a server's keys, shared by its items. */
export class ServerKeys {
	readonly publicIds = new PublicIdSupport();
	private readonly projectIds = new Map<string, Promise<string>>();
	private readonly projects = new Map<string, ProjectKeys>();
	private scopes: Promise<string[] | undefined> | undefined;

	/** @param secret keys the derivation of public IDs: the same on every worker, for every credential */
	constructor(
		private readonly sentry: SentryClient,
		readonly secret: string,
	) {}

	/** Finds a project's ID: two spellings of one project are two requests, the same one only one. */
	async projectIdOf(project: ProjectRef): Promise<string> {
		const spelling = JSON.stringify([project.organization, project.project]);
		const id = this.projectIds.get(spelling) ?? projectId(this.sentry, project);
		this.projectIds.set(spelling, id);
		return await id;
	}

	/** Whether the token may delete keys; undefined where the server does not tell. */
	async mayDelete(): Promise<boolean | undefined> {
		this.scopes ??= tokenScopes(this.sentry);
		return (await this.scopes)?.includes(DELETE_SCOPES);
	}

	/** The list of a project's keys, however the user named the project. */
	keysOf(project: ProjectRef, id: string): ProjectKeys {
		let keys = this.projects.get(id);
		if (keys === undefined) {
			keys = new ProjectKeys(this.sentry, project);
			this.projects.set(id, keys);
		}
		return keys;
	}
}
