import type { Dialect } from '../dialect.cts';

const ROUTES = [
	/^$/,
	/^organizations\/$/,
	/^organizations\/[^/]+\/$/,
	/^organizations\/[^/]+\/(?:projects|teams)\/$/,
	/^projects\/$/,
	/^teams\/[^/]+\/[^/]+\/$/,
	/^teams\/[^/]+\/[^/]+\/projects\/$/,
	/^projects\/[^/]+\/[^/]+\/$/,
	/^projects\/[^/]+\/[^/]+\/keys\/$/,
	/^projects\/[^/]+\/[^/]+\/keys\/[^/]+\/$/,
];
const ORGANIZATION_KEYS = /^organizations\/[^/]+\/project-keys\/$/;
const KEY_STATS = /^projects\/[^/]+\/[^/]+\/keys\/[^/]+\/stats\/$/;

/** Whether a server has a route (api/urls.py). Those it lacks are unknown to everybody, token or not. */
export function hasRoute(
	path: string,
	{ organizationKeysEndpoint, keyStatsEndpoint }: Dialect,
): boolean {
	const route = path.replace(/^\/api\/0\//, '');
	return [
		...ROUTES,
		...(organizationKeysEndpoint ? [ORGANIZATION_KEYS] : []),
		...(keyStatsEndpoint ? [KEY_STATS] : []),
	].some((known) => known.test(route));
}
