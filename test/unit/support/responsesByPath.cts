import type { Attempt } from '../../../nodes/SentryClientKeys/sentry/types.ts';
import { jsonResponse, scriptedClient } from './scriptedSend.cts';

/** One page of a list; without `next` it is the last one. */
export const page = (entries: object[], next?: string) =>
	jsonResponse(200, entries, {
		link: `<https://x/?&cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", <https://x/?&cursor=${next ?? 'end'}>; rel="next"; results="${next !== undefined}"; cursor="${next ?? 'end'}"`,
	});

/** A client that is answered by path, and by cursor where one was sent. */
export const responsesByPath = (responses: Record<string, Attempt>) =>
	scriptedClient(({ url, query }) => {
		const { pathname } = new URL(url);
		const key = query.cursor === undefined ? pathname : `${pathname} ${query.cursor}`;
		const attempt = responses[key];
		if (attempt === undefined) throw new Error(`Nobody expected ${key}`);
		return attempt;
	});
