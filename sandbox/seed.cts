import type { OrganizationRecord, ProjectRecord, TokenRecord } from './types.cts';

const acme: OrganizationRecord = {
	id: 4504765715316736,
	slug: 'acme',
	name: 'Acme',
	teams: [
		{ id: 4506123456700001, slug: 'apps', name: 'Apps' },
		{ id: 4506123456700002, slug: 'services', name: 'Services' },
	],
};
const globex: OrganizationRecord = {
	id: 4504765715316737,
	slug: 'globex',
	name: 'Globex',
	teams: [{ id: 4506123456700003, slug: 'everybody', name: 'Everybody' }],
};

/** Enough projects that two pages of the pickers and a whole organization can be tried. */
const ACME_SERVICES = 27;

/** The organizations everybody finds in the sandbox. */
export function seedOrganizations(): OrganizationRecord[] {
	return [{ ...acme }, { ...globex }];
}

/**
 * Their projects: 30 in acme, and two in globex, of which `shop` was once called `old-shop`.
 *
 * @param browserSdkVersion what their new keys get
 */
export function seedProjects(
	[first, second]: OrganizationRecord[],
	browserSdkVersion: string,
): ProjectRecord[] {
	type Seed = [OrganizationRecord | undefined, string, string | null, string, string[]];
	const names: Seed[] = [
		[first, 'Web App', 'javascript-react', 'apps', []],
		[first, 'Mobile App', 'react-native', 'apps', []],
		[first, 'Backend', 'node', 'services', []],
		...Array.from(
			{ length: ACME_SERVICES },
			(_, n): Seed => [
				first,
				`Service ${String(n + 1).padStart(2, '0')}`,
				'python',
				'services',
				[],
			],
		),
		[second, 'API', 'go', 'everybody', []],
		[second, 'Shop', 'php', 'everybody', ['old-shop']],
	];
	return names.flatMap(([organization, name, platform, team, oldSlugs], n) =>
		organization === undefined
			? []
			: [
					{
						id: 4505281256090153 + n,
						slug: name.toLowerCase().replaceAll(' ', '-'),
						oldSlugs,
						name,
						platform,
						organization,
						teams: [team],
						browserSdkVersion,
					},
				],
	);
}

/**
 * A token for every case the API tells apart. They are made of repeated letters, so that nobody takes
 * one for a real token.
 */
export const SEED_TOKENS = [
	token('admin', 'user', [
		'org:read',
		'project:admin',
		'project:read',
		'project:write',
		'team:read',
	]),
	{
		...token('oneTeam', 'user', ['org:read', 'project:read', 'project:write', 'team:read']),
		teams: ['apps'],
	},
	token('write', 'user', ['org:read', 'project:read', 'project:write']),
	token('projectOnly', 'user', ['project:read', 'project:write']),
	token('readOnly', 'user', ['org:read', 'project:read']),
	{
		...token('memberRole', 'user', ['org:read', 'project:read', 'project:write']),
		hasObjectAccess: false,
	},
	token('integration', 'integration', [
		'org:read',
		'project:admin',
		'project:read',
		'project:write',
	]),
	token('integrationProjectOnly', 'integration', ['project:read', 'project:write']),
	token('organization', 'organization', ['org:ci']),
	{ ...token('expired', 'oauth', ['project:write']), expired: true },
	{
		...token('otherOrg', 'user', ['org:read', 'project:admin', 'project:read', 'project:write']),
		organizations: ['globex'],
	},
] as const satisfies TokenRecord[];

export type TokenName = (typeof SEED_TOKENS)[number]['name'];

function token<Name extends string>(
	name: Name,
	kind: TokenRecord['kind'],
	scopes: string[],
): TokenRecord & { name: Name } {
	return {
		name,
		kind,
		scopes,
		token: tokenText(name, kind),
		organizations: kind === 'user' ? ['acme', 'globex'] : ['acme'],
		hasObjectAccess: true,
		expired: false,
	};
}

/** Sentry's forms (src/sentry/types/token.py): a prefix by kind, none for older integrations. */
function tokenText(name: string, kind: TokenRecord['kind']): string {
	const filler = Buffer.from(`sandbox-${name}`).toString('hex').padEnd(64, '0').slice(0, 64);
	switch (kind) {
		case 'user':
			return `sntryu_${filler}`;
		case 'oauth':
			return `sntrya_${filler}`;
		case 'organization': {
			const payload = {
				iat: 0,
				url: 'http://localhost',
				region_url: 'http://localhost',
				org: 'acme',
			};
			return `sntrys_${Buffer.from(JSON.stringify(payload)).toString('base64')}_${filler.slice(0, 43)}`;
		}
		case 'integration':
			return filler;
	}
}
