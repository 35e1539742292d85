import type { KeyRecord, OrganizationRecord, ProjectRecord } from '../types.cts';

/** Digits as a UUID, which is how this server writes its keys. */
export function uuidOf(digits: string): string {
	return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** @param endpoint the stand-in's own address */
export function serializeKey(key: KeyRecord, endpoint: string): object {
	const [scheme = '', host = ''] = endpoint.split('://');
	const id = uuidOf(key.public);
	const dsn = `${scheme}://${key.public}@${host}/${key.projectId}`;
	return {
		name: key.label,
		rateLimit:
			key.rateLimitWindow && key.rateLimitCount
				? { window: key.rateLimitWindow, count: key.rateLimitCount }
				: null,
		dateCreated: key.dateCreated.toISOString(),
		id,
		dsn: {
			public: dsn,
			secret: dsn,
			security: `${endpoint}/api/${key.projectId}/security/?glitchtip_key=${key.public}`,
		},
		label: key.label,
		public: id,
		projectID: key.projectId,
	};
}

export function serializeOrganization({ id, slug, name }: OrganizationRecord): object {
	return { name, id: String(id), status: { id: 'active', name: 'active' }, slug };
}

export function serializeProject({ id, slug, name, platform }: ProjectRecord): object {
	return { name, slug, id: String(id), hasAccess: true, isMember: true, platform };
}
