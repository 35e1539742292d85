import { DELETE_SCOPES, readProject, tokenScopes } from '../endpoints';
import type { ProjectDetails, ProjectRef } from '../endpoints';
import type { SentryClient } from '../client';
import { projectOfNumber } from '../lookUp';
import { ProjectKeys } from './projectKeys';
import { PublicIdSupport } from './publicIdSupport';

/** What one run knows of a server's keys, shared by its items. */
export class ServerKeys {
	readonly publicIds = new PublicIdSupport();
	private readonly found = new Map<string, Promise<ProjectDetails>>();
	private readonly numbers = new Map<string, Promise<ProjectRef | undefined>>();
	private readonly projects = new Map<string, ProjectKeys>();
	private scopes: Promise<string[] | undefined> | undefined;

	/** @param secret keys the derivation of public IDs: the same on every worker, for every credential */
	constructor(
		private readonly sentry: SentryClient,
		readonly secret: string,
	) {}

	/** A project, asked for once per spelling: two spellings of one project are two requests. */
	async project(project: ProjectRef): Promise<ProjectDetails> {
		const spelling = JSON.stringify([project.organization, project.project]);
		const found = this.found.get(spelling) ?? readProject(this.sentry, project);
		this.found.set(spelling, found);
		return await found;
	}

	/** Where a project of a number is that nothing else is known of. */
	async projectOfNumber(number: string): Promise<ProjectRef | undefined> {
		const found = this.numbers.get(number) ?? projectOfNumber(this.sentry, number);
		this.numbers.set(number, found);
		return await found;
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
