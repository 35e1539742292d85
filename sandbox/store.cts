import { randomBytes } from 'node:crypto';

import { seedOrganizations, seedProjects } from './seed.cts';
import { LOADER_OPTIONS, OUTCOMES } from './types.cts';
import type {
	EventRecord,
	KeyFields,
	KeyRecord,
	OrganizationRecord,
	Outcome,
	ProjectRecord,
} from './types.cts';

const ADJECTIVES = ['Liked', 'Brave', 'Quick', 'Calm', 'Bright', 'Proud'];
const ANIMALS = ['Pegasus', 'Otter', 'Falcon', 'Lynx', 'Heron', 'Badger'];

/** Everything the stand-in knows; gone when it stops. */
export class Store {
	organizations: OrganizationRecord[] = [];
	projects: ProjectRecord[] = [];
	events: EventRecord[] = [];
	private keys: KeyRecord[] = [];
	private rows = 0;

	/** @param browserSdkVersion what new keys get */
	constructor(private readonly browserSdkVersion: string) {
		this.reset();
	}

	/** Back to the seed, each project with the key that Sentry makes with it. */
	reset(): void {
		this.clear();
		this.organizations = seedOrganizations();
		this.projects = seedProjects(this.organizations, this.browserSdkVersion);
		for (const project of this.projects) this.addKey(project, { label: 'Default' });
	}

	/** Nothing at all. */
	clear(): void {
		this.organizations = [];
		this.projects = [];
		this.keys = [];
		this.events = [];
		this.rows = 0;
	}

	/** More projects, for lists of more than one page; in no team unless `fields` say otherwise. */
	addProjects(
		organization: OrganizationRecord,
		count: number,
		fields: Partial<ProjectRecord> = {},
	): void {
		const last = Math.max(0, ...this.projects.map(({ id }) => id));
		for (let n = 1; n <= count; n++) {
			const project: ProjectRecord = {
				id: last + n,
				slug: `extra-${n}`,
				oldSlugs: [],
				name: `Extra ${n}`,
				platform: null,
				organization,
				teams: [],
				browserSdkVersion: this.browserSdkVersion,
				...fields,
			};
			this.projects.push(project);
			this.addKey(project, { label: 'Default' });
		}
	}

	/**
	 * More keys, called `key 1` and so on, the last of them the newest.
	 *
	 * @param fields what else they have, for all of them or by their place, which starts at 0
	 * @throws Error if a public ID is taken
	 */
	addKeys(project: ProjectRecord, count: number, fields: KeyFields = {}): KeyRecord[] {
		return Array.from({ length: count }, (_, index) => {
			const own = typeof fields === 'function' ? fields(index) : fields;
			const key = this.addKey(project, { label: `key ${index + 1}`, ...own });
			if (key === undefined) throw new Error(`There is a key ${own.public} already`);
			return key;
		});
	}

	/**
	 * Lets events have come in through a key.
	 *
	 * @throws Error if there is no such key
	 */
	addUsage(publicKey: string, counts: Partial<Record<Outcome, number>>, daysAgo = 0): void {
		const key = this.key(publicKey);
		if (key === undefined) throw new Error(`There is no key ${publicKey}`);
		const at = Math.floor(Date.now() / 1000) - Math.round(daysAgo * 86_400);
		for (const outcome of OUTCOMES) {
			for (let n = 0; n < (counts[outcome] ?? 0); n++) key.usage.push({ outcome, at });
		}
	}

	/** A decimal segment is an ID, any other a slug (db/models/fields/slug.py). */
	organization(idOrSlug: string): OrganizationRecord | undefined {
		return this.organizations.find(({ id, slug }) =>
			isId(idOrSlug) ? String(id) === idOrSlug : slug === idOrSlug,
		);
	}

	project(organization: OrganizationRecord, idOrSlug: string): ProjectRecord | undefined {
		return this.projects.find(
			(project) =>
				project.organization === organization &&
				(isId(idOrSlug) ? String(project.id) === idOrSlug : project.slug === idOrSlug),
		);
	}

	/** The project that once had this slug. */
	renamedProject(organization: OrganizationRecord, slug: string): ProjectRecord | undefined {
		return this.projects.find(
			(project) => project.organization === organization && project.oldSlugs.includes(slug),
		);
	}

	/** All keys, newest first, as Sentry lists them. */
	allKeys(): KeyRecord[] {
		return [...this.keys].reverse();
	}

	keysOf(project: ProjectRecord): KeyRecord[] {
		return this.allKeys().filter(({ projectId }) => projectId === project.id);
	}

	key(publicKey: string): KeyRecord | undefined {
		return this.keys.find((key) => key.public === publicKey);
	}

	/** @returns undefined if the public key is taken: Sentry's database refuses it */
	addKey(project: ProjectRecord, fields: Partial<KeyRecord>): KeyRecord | undefined {
		const publicKey = fields.public ?? randomBytes(16).toString('hex');
		if (this.key(publicKey) !== undefined) return undefined;
		const key: KeyRecord = {
			row: ++this.rows,
			secret: randomBytes(16).toString('hex'),
			projectId: project.id,
			isActive: true,
			rateLimitCount: null,
			rateLimitWindow: null,
			browserSdkVersion: project.browserSdkVersion,
			loaderOptions: newLoaderOptions(),
			dateCreated: new Date(),
			usage: [],
			...fields,
			public: publicKey,
			label: fields.label || inventName(this.rows),
		};
		this.keys.push(key);
		return key;
	}

	/** Gives a key the settings of a new one. */
	resetSettings(project: ProjectRecord, key: KeyRecord): void {
		key.rateLimitCount = null;
		key.rateLimitWindow = null;
		key.browserSdkVersion = project.browserSdkVersion;
		key.loaderOptions = newLoaderOptions();
	}

	deleteKey(key: KeyRecord): void {
		this.keys = this.keys.filter((other) => other !== key);
	}
}

/** As projects since option epoch 10 have them. */
function newLoaderOptions(): KeyRecord['loaderOptions'] {
	return {
		...Object.fromEntries(LOADER_OPTIONS.map((option) => [option, false])),
		hasReplay: true,
		hasPerformance: true,
	} as KeyRecord['loaderOptions'];
}

function isId(segment: string): boolean {
	return /^\d+$/.test(segment);
}

/** Two words in title case, like Sentry's. */
function inventName(row: number): string {
	const adjective = ADJECTIVES[row % ADJECTIVES.length] ?? '';
	const animal = ANIMALS[Math.floor(row / ADJECTIVES.length) % ANIMALS.length] ?? '';
	return `${adjective} ${animal}`;
}
