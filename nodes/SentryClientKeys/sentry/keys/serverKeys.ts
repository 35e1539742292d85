import { DELETE_SCOPES, readProject, tokenScopes } from '../endpoints';
import type { ProjectDetails, ProjectRef } from '../endpoints';
import type { SentryClient } from '../client';
import { Once } from '../concurrency';
import { projectOfNumber } from '../lookUp';
import { ProjectKeys } from './projectKeys';
import { PublicIdSupport } from './publicIdSupport';

/** What one run knows of a server's keys, shared by its items. */
export class ServerKeys {
	readonly publicIds = new PublicIdSupport();
	private readonly found = new Once<ProjectDetails>();
	private readonly numbers = new Once<ProjectRef | undefined>();
	private readonly scopes = new Once<string[] | undefined>();
	private readonly projects = new Map<string, ProjectKeys>();

	/** @param secret keys the derivation of public IDs: the same on every worker, for every credential */
	constructor(
		private readonly sentry: SentryClient,
		readonly secret: string,
	) {}

	/** A project, asked for once per spelling: two spellings of one project are two requests. */
	async project(project: ProjectRef): Promise<ProjectDetails> {
		const spelling = JSON.stringify([project.organization, project.project]);
		return await this.found.of(spelling, async () => await readProject(this.sentry, project));
	}

	/** Where a project of a number is that nothing else is known of. */
	async projectOfNumber(number: string): Promise<ProjectRef | undefined> {
		return await this.numbers.of(number, async () => await projectOfNumber(this.sentry, number));
	}

	/** Whether the token may delete keys; undefined where the server does not tell. */
	async mayDelete(): Promise<boolean | undefined> {
		const scopes = await this.scopes.of('', async () => await tokenScopes(this.sentry));
		return scopes?.includes(DELETE_SCOPES);
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
