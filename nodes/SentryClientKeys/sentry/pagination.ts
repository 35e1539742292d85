/**
 * The cursor of the next page, or undefined on the last one.
 *
 * Sentry always sends `rel="next"`, also on the last page, and says with `results` whether there is
 * anything on it. Its URL is built from the server's own idea of its address, which may name another
 * host than the one that was called; only the cursor is used (src/sentry/api/base.py,
 * `build_cursor_link`).
 *
 * @param link the `Link` header
 */
export function nextCursor(link: string | undefined): string | undefined {
	for (const part of (link ?? '').split(/,\s*(?=<)/)) {
		const attributes = new Map(
			[...part.matchAll(/;\s*(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
		);
		if (attributes.get('rel') === 'next' && attributes.get('results') === 'true') {
			return attributes.get('cursor');
		}
	}
	return undefined;
}
