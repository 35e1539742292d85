import type { Dialect } from '../dialect.cts';
import type { KeyRecord, OrganizationRecord, ProjectRecord, TeamRecord } from '../types.cts';

/**
 * A key as the API answers it, fields in Sentry's order (api/serializers/models/project_key.py). The
 * DSNs lead back to this stand-in, so an SDK can send to them.
 *
 * @param endpoint the stand-in's own address
 */
export function serializeKey(
	key: KeyRecord,
	endpoint: string,
	{ sdkChoices, newKeyFields }: Dialect,
): object {
	const { public: K, secret: S, projectId: P } = key;
	const E = endpoint;
	const [scheme = '', host = ''] = endpoint.split('://');
	return {
		id: K,
		name: key.label,
		label: key.label,
		public: K,
		secret: S,
		projectId: P,
		isActive: key.isActive,
		rateLimit:
			key.rateLimitWindow && key.rateLimitCount
				? { window: key.rateLimitWindow, count: key.rateLimitCount }
				: null,
		dsn: {
			secret: `${scheme}://${K}:${S}@${host}/${P}`,
			public: `${scheme}://${K}@${host}/${P}`,
			csp: `${E}/api/${P}/csp-report/?sentry_key=${K}`,
			security: `${E}/api/${P}/security/?sentry_key=${K}`,
			minidump: `${E}/api/${P}/minidump/?sentry_key=${K}`,
			nel: `${E}/api/${P}/nel/?sentry_key=${K}`,
			unreal: `${E}/api/${P}/unreal/${K}/`,
			crons: `${E}/api/${P}/cron/___MONITOR_SLUG___/${K}/`,
			cdn: `${E}/js-sdk-loader/${K}.min.js`,
			...(newKeyFields && {
				playstation: `${E}/api/${P}/playstation/?sentry_key=${K}`,
				integration: `${E}/api/${P}/integration/`,
				otlp_traces: `${E}/api/${P}/integration/otlp/v1/traces`,
				otlp_logs: `${E}/api/${P}/integration/otlp/v1/logs`,
			}),
		},
		browserSdkVersion: key.browserSdkVersion,
		browserSdk: { choices: sdkChoices.map((version) => [version, version]) },
		dateCreated: key.dateCreated.toISOString().replace(/(\.\d{3})Z$/, '$1000Z'),
		dynamicSdkLoaderOptions: newKeyFields
			? key.loaderOptions
			: withoutNewOptions(key.loaderOptions),
	};
}

function withoutNewOptions({
	hasReplay,
	hasPerformance,
	hasDebug,
}: KeyRecord['loaderOptions']): object {
	return { hasReplay, hasPerformance, hasDebug };
}

export function serializeOrganization({ id, slug, name }: OrganizationRecord): object {
	return {
		id: String(id),
		slug,
		name,
		dateCreated: '2023-04-05T06:07:08Z',
		status: { id: 'active', name: 'active' },
	};
}

/** The first of its teams, and all of them, as lists of an organization's projects have them. */
function teamsOf({ organization, teams }: ProjectRecord): object {
	const all = organization.teams
		.filter(({ slug }) => teams.includes(slug))
		.map(({ id, slug, name }) => ({ id: String(id), slug, name }));
	return { ...(all[0] !== undefined && { team: all[0] }), teams: all };
}

export function serializeTeam({ id, slug, name }: TeamRecord): object {
	return { id: String(id), slug, name, isMember: true, hasAccess: true };
}

/** @param isMember whether the token's user is in one of its teams */
export function serializeProject(project: ProjectRecord, nested: boolean, isMember = true): object {
	const { id, slug, name, platform, organization } = project;
	return {
		id: String(id),
		slug,
		name,
		platform,
		status: 'active',
		isMember,
		hasAccess: true,
		dateCreated: '2024-05-06T07:08:09Z',
		...(nested ? { organization: serializeOrganization(organization) } : teamsOf(project)),
	};
}
