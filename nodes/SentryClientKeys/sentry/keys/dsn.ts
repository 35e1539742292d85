/**
 * The key ID in a DSN: `https://<key>@<host>/<project>`; old ones hold a secret after the key. Host and
 * path may be anything (a customer's Relay, a self-hosted Sentry on a path).
 *
 * @returns undefined if the text is no DSN
 */
export function keyIdOfDsn(text: string): string | undefined {
	const trimmed = text.trim();
	const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
	const isDsn =
		url !== undefined &&
		/^https?:$/.test(url.protocol) &&
		url.username !== '' &&
		/\/\d+\/?$/.test(url.pathname);
	return isDsn ? url.username : undefined;
}
