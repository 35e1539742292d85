import type { BenchItem, CaseName } from './cases.cts';

/** One request of the API, and nothing around it. */
export interface BareRequest {
	method: 'GET' | 'POST' | 'PUT';
	/** With the query. */
	path: string;
	body?: object;
}

/** Sends a request; rejects unless it succeeds. */
export type BareSend = (
	request: BareRequest,
) => Promise<{ body: unknown; link: string | undefined }>;

/** What becomes of an item: Sentry's response, or why there is none. */
type Row = object;

interface Key {
	name: string;
}

/**
 * Does the work of a case as simply as it can be done: a pool that sends what the API asks for, at most so
 * many at a time, without retries, without pacing, without looking whether anything was done twice.
 */
export async function runBare(
	name: CaseName,
	items: readonly BenchItem[],
	inFlight: number,
	send: BareSend,
): Promise<Row[]> {
	const rows = items.map((item): Row => item);
	let next = 0;
	const each = async (chosen: number[], work: (item: BenchItem) => Promise<unknown>) => {
		const worker = async () => {
			while (next < chosen.length) {
				const index = chosen[next++] ?? 0;
				rows[index] = await work(items[index] as BenchItem).then(
					(body) => body as Row,
					(reason: unknown) => ({ error: reason instanceof Error ? reason.message : reason }),
				);
			}
		};
		await Promise.all(Array.from({ length: inFlight }, worker));
		return rows;
	};
	const all = [...items.keys()];
	const create = async ({ project, name }: BenchItem) =>
		(await send({ method: 'POST', path: keysOf(project), body: { name } })).body;
	const update = async ({ project, id }: BenchItem, body: object) =>
		(await send({ method: 'PUT', path: `${keysOf(project)}${id}/`, body })).body;

	switch (name) {
		case 'create':
			return await each(all, create);
		case 'upsertNew':
		case 'upsertSame': {
			const known = new Set((await list(send, keysOf(items[0]?.project))).map((key) => key.name));
			return await each(
				all.filter((index) => !known.has(items[index]?.name ?? '')),
				create,
			);
		}
		case 'getMany':
			return await list(send, keysOf(items[0]?.project));
		case 'organization':
			return await list(send, ORGANIZATION_KEYS);
		case 'update':
			return await each(all, async (item) => await update(item, { name: item.name }));
		case 'rotate':
			return await each(all, async (item) => {
				const old = await send({ method: 'GET', path: `${keysOf(item.project)}${item.id}/` });
				const made = await create({ ...item, name: (old.body as Key).name });
				await update(item, { isActive: false });
				return made;
			});
	}
}

/** The list of all keys of the organization that the token can read. */
export const ORGANIZATION_KEYS = '/api/0/organizations/acme/project-keys/?project=-1';

/** The cursor of a list's beginning. */
export const FIRST_PAGE = '0:0:0';

/** The path of a project's keys. */
export function keysOf(project = ''): string {
	return `/api/0/projects/acme/${project}/keys/`;
}

async function list(send: BareSend, path: string): Promise<Key[]> {
	const keys: Key[] = [];
	const query = `${path}${path.includes('?') ? '&' : '?'}per_page=100`;
	for (let cursor: string | undefined = FIRST_PAGE; cursor !== undefined; ) {
		const { body, link } = await send({ method: 'GET', path: `${query}&cursor=${cursor}` });
		keys.push(...(body as Key[]));
		cursor = /rel="next"; results="true"; cursor="([^"]*)"/.exec(link ?? '')?.[1];
	}
	return keys;
}
