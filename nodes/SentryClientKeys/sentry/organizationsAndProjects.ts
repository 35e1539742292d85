import type { SentryClient } from './client';
import { Once } from './concurrency';
import { readProject } from './endpoints';
import type { ProjectRef } from './endpoints';
import { SentryError } from './errors';
import { listAllProjects, readOrganization } from './listOrganizationsAndProjects';
import type { ProjectEntry } from './listOrganizationsAndProjects';
import { handleOf, isNumber, slugsOf } from './lookUp';

/** What one run knows of a server's organizations and projects, asked for once by all its items. */
export class OrganizationsAndProjects {
	private readonly slugs = new Once<string>();
	private readonly projects = new Once<ProjectEntry[]>();

	/** What the server said instead of listing an organization's keys, where it has no such list. */
	withoutKeyList: SentryError | undefined;

	constructor(readonly sentry: SentryClient) {}

	/** The projects of an organization that the token can see. */
	async projectsOf(organization: string): Promise<ProjectEntry[]> {
		return await this.projects.of(
			organization,
			async () => (await listAllProjects(this.sentry, organization)).found,
		);
	}

	/** The slug of an organization that was named by its ID; what was named where nothing tells it. */
	async organizationSlug(organization: string): Promise<string> {
		if (!isNumber(organization)) return organization;
		return await this.slugs.of(organization, async () => {
			const found = await readOrganization(this.sentry, organization).catch(ifRefused);
			if (typeof found?.slug === 'string') return found.slug;
			return (await slugsOf(this.sentry, { organization })).organization ?? organization;
		});
	}

	/** What the projects of an organization are called, by their IDs; empty where the token may not list them. */
	async projectHandles(organization: string): Promise<ReadonlyMap<string, string>> {
		const projects = (await this.projectsOf(organization).catch(ifRefused)) ?? [];
		return new Map(projects.map((project) => [String(project.id), handleOf(project)]));
	}

	/** A project by its slugs, however it was named; what was named where nothing tells them. */
	async slugsOf({ organization, project }: ProjectRef): Promise<ProjectRef> {
		if (!isNumber(project)) {
			return { organization: await this.organizationSlug(organization), project };
		}
		const handle = (await this.projectHandles(organization)).get(project);
		if (handle !== undefined) {
			return { organization: await this.organizationSlug(organization), project: handle };
		}
		const found = await readProject(this.sentry, { organization, project });
		return {
			organization: found.organization?.slug ?? (await this.organizationSlug(organization)),
			project: found.slug === undefined ? project : handleOf({ ...found, slug: found.slug }),
		};
	}
}

/** What is not there, or not for this token, as nothing; everything else goes on. */
function ifRefused(reason: unknown): undefined | Promise<never> {
	return reason instanceof SentryError && [403, 404].includes(reason.details.status ?? 0)
		? undefined
		: Promise.reject(reason);
}
