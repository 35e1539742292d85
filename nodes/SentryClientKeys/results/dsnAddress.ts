import type { ClientKey } from '../sentry/types';

/**
 * A copy of a key whose DSNs name another address: scheme, host, port and path of the first one given,
 * such as a Relay's. Addresses of other hosts (the loader script's, on sentry.io) stay.
 *
 * @param address as `normalizeBaseUrl` returns it
 */
export function withDsnAddress(
	key: Partial<ClientKey>,
	address: string | undefined,
): Partial<ClientKey> {
	const { dsn } = key;
	const own = typeof dsn?.public === 'string' && URL.canParse(dsn.public) ? dsn.public : undefined;
	if (address === undefined || dsn === undefined || own === undefined) return key;
	const before = new URL(own);
	const { protocol, host, pathname } = new URL(address);
	const prefix = before.pathname.replace(/\/[^/]*$/, '');
	const moved = Object.entries(dsn).map(([name, text]) => {
		if (typeof text !== 'string' || !URL.canParse(text)) return [name, text];
		const url = new URL(text);
		if (url.host !== before.host || !url.pathname.startsWith(`${prefix}/`)) return [name, text];
		const user = [url.username, url.password].filter((part) => part !== '').join(':');
		const path = pathname.replace(/\/$/, '') + url.pathname.slice(prefix.length);
		return [name, `${protocol}//${user === '' ? '' : `${user}@`}${host}${path}${url.search}`];
	});
	return { ...key, dsn: Object.fromEntries(moved) as Record<string, string> };
}
