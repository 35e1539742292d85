import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import axios from 'axios';
import type { AxiosResponse } from 'axios';

import type { DialectName, Sandbox } from '../../../sandbox/index.cts';

/** One request to a real server, and its answer with the volatile parts named. */
export interface RecordedCase {
	name: string;
	request: {
		method: string;
		path: string;
		/** The name of a token; `full` without one. */
		token?: string;
		body?: string;
		/** Null for none; JSON without one. */
		type?: string | null;
		headers?: Record<string, string>;
	};
	status: number;
	headers: Record<string, string>;
	body: unknown;
	/** What the key was afterwards, where a PUT's response said something else. */
	stored?: unknown;
	/** The responses of the same DELETE, and of a GET, after a DELETE. */
	then?: Array<{ status: number; body: unknown }>;
}

/** The recorded cases of a server. */
export function recordedCases(file: string): RecordedCase[] {
	const text = readFileSync(join(__dirname, '..', '..', 'recordings', `${file}.json`), 'utf8');
	const { cases } = JSON.parse(text) as { cases: RecordedCase[] };
	// Of long bodies only the beginning was kept.
	return cases.filter(({ request }) => !request.body?.endsWith(' characters'));
}

/** The response's headers that say something to a client of the API. */
const HEADERS = ['content-type', 'www-authenticate', 'location', 'link', 'allow'];

/** What keys were changed to before the case, which the recordings do not tell. */
const FIRST: Partial<Record<string, object>> = {
	'update: sdk keeps?': { browserSdkVersion: '5.x' },
	'update: sdk sent back': { browserSdkVersion: '5.x' },
	'update: loader keeps': { dynamicSdkLoaderOptions: { hasReplay: false } },
	...Object.fromEntries(
		['null', 'absent', 'zeros', 'empty', 'count empty text', 'count null alone'].map((what) => [
			`update: limit ${what}`,
			{ rateLimit: { count: 7, window: 60 } },
		]),
	),
};

const KEYS = '/api/0/projects/acme/storefront/keys/';

const EVERY_SCOPE = ['project:read', 'project:write', 'project:admin', 'team:read', 'org:read'];

const SCOPES: Record<string, string[]> = {
	full: EVERY_SCOPE,
	write: ['project:read', 'project:write', 'org:read'],
	read: ['project:read', 'org:read'],
	orgonly: ['org:read'],
	none: ['event:read'],
	member: EVERY_SCOPE,
	outsider: EVERY_SCOPE,
	integration: ['org:read', 'project:admin', 'project:read', 'project:write'],
	integrationWrite: ['project:read', 'project:write'],
	orgToken: ['org:ci'],
	expired: ['org:read', 'project:admin'],
};

/** The projects of the recorded servers, by their numbers. */
const PROJECTS: Record<DialectName, Record<string, number>> = {
	sentry: {},
	'sentry-24.5': {
		storefront: 2,
		mobile: 3,
		'billing-api': 4,
		hidden: 5,
		many: 6,
		'renamed-new': 7,
	},
	glitchtip: { storefront: 1, mobile: 2, 'billing-api': 3, many: 4, hidden: 5 },
};

/** Gives a server the organizations, projects and tokens that were there when it was recorded. */
export function recreateWorld(server: Sandbox, dialect: DialectName): void {
	const isGlitchTip = dialect === 'glitchtip';
	server.clear();
	const core = { id: isGlitchTip ? 1 : 2, slug: 'core', name: 'core' };
	const others = { id: 3, slug: 'others', name: 'others' };
	server.addOrganizations(
		{
			id: isGlitchTip ? 1 : 2,
			slug: 'acme',
			name: isGlitchTip ? 'acme' : 'Acme',
			teams: isGlitchTip ? [core] : [core, others],
		},
		{ id: isGlitchTip ? 2 : 3, slug: 'globex', name: isGlitchTip ? 'globex' : 'Globex', teams: [] },
	);
	for (const [slug, id] of Object.entries(PROJECTS[dialect])) {
		server.addProjects('acme', 1, {
			id,
			slug,
			name: slug === 'renamed-new' ? 'renamed-old' : isGlitchTip ? slug.replace('-', ' ') : slug,
			oldSlugs: slug === 'renamed-new' ? ['renamed-old'] : [],
			teams: slug === 'hidden' ? ['others'] : ['core'],
		});
	}
	server.addKeys('acme', 'many', 136, (n) => ({
		label: `key ${String(n + 1).padStart(3, '0')}`,
		isActive: (n + 1) % 3 !== 0,
		loaderOptions: {
			hasReplay: false,
			hasPerformance: false,
			hasDebug: false,
			hasFeedback: false,
			hasLogsAndMetrics: false,
		},
	}));
	if (isGlitchTip) {
		for (const key of server.keys.ofProject('acme', 'hidden')) key.label = '';
		server.addKeys('acme', 'storefront', 1, {
			label: 'Fabulous Key',
			rateLimitCount: 1000,
			rateLimitWindow: 7200,
		});
	}
	for (const [name, scopes] of Object.entries(SCOPES)) {
		const isIntegration = name.startsWith('integration');
		server.addToken({
			name,
			kind: isIntegration ? 'integration' : name === 'orgToken' ? 'organization' : 'user',
			scopes: isGlitchTip || name === 'full' ? scopes : scopes.filter((one) => one !== 'team:read'),
			token: tokenOf(name),
			organizations: [name === 'outsider' ? 'globex' : 'acme'],
			...(!isIntegration && { teams: ['core'] }),
			hasObjectAccess: name !== 'member',
			expired: name === 'expired',
		});
	}
}

function tokenOf(name: string): string {
	return Buffer.from(`recorded-${name}`).toString('hex').padEnd(64, '0');
}

/** Puts a recorded request to a server, and names the volatile parts of its response. */
export async function replay(
	server: Sandbox,
	dialect: DialectName,
	{ name, request, body: recorded, stored, then }: RecordedCase,
): Promise<Pick<RecordedCase, 'status' | 'headers' | 'body' | 'stored' | 'then'>> {
	const { method, path, token, body, type, headers } = request;
	const elsewhere = server.keys.ofProject('acme', 'billing-api')[0]?.public ?? '';
	const fresh = hex();
	const values: Record<string, string> = {
		fresh,
		fresh2: hex(),
		freshdashed: dashed(hex()),
		FRESH: fresh.toUpperCase(),
		other: dialect === 'glitchtip' ? dashed(elsewhere) : elsewhere,
	};
	const call = async (
		how: string,
		where: string,
		more: object = {},
	): Promise<AxiosResponse<string>> =>
		await axios.request<string>({
			baseURL: server.url,
			method: how,
			url: where,
			headers: { Authorization: `Bearer ${tokenOf('full')}`, 'Content-Type': 'application/json' },
			validateStatus: () => true,
			maxRedirects: 0,
			// Bodies go and come as they are.
			transformRequest: [(data: unknown) => data],
			transformResponse: [(data: unknown) => data],
			...more,
		});
	let made: { id: string; secret?: string } | undefined;
	if (/\{(?:key|KEY|dashless|dashed)\}/.test(path) || /<key>/.test(body ?? '')) {
		const response = await call('POST', KEYS, { data: '{"name":"prepared"}' });
		made = JSON.parse(response.data) as { id: string };
		values.key = made.id;
		const first = FIRST[name];
		if (first !== undefined) {
			await call('PUT', `${KEYS}${made.id}/`, { data: JSON.stringify(first) });
		}
	}
	const digits = (made?.id ?? '').replaceAll('-', '');
	const places: Record<string, string> = {
		...values,
		org: 'acme',
		ORG: 'ACME',
		orgId: dialect === 'glitchtip' ? '1' : '2',
		project: 'storefront',
		PROJECT: 'STOREFRONT',
		projectId: String(PROJECTS[dialect].storefront),
		many: 'many',
		hidden: 'hidden',
		renamedOld: server.keys.ofProject('acme', 'renamed-new').length > 0 ? 'renamed-old' : 'nope',
		KEY: (made?.id ?? '').toUpperCase(),
		dashless: digits,
		dashed: dashed(digits),
	};
	const filled = path.replace(/\{(\w+)\}/g, (_, place: string) => places[place] ?? '');
	const response = await call(method, filled, {
		headers: {
			Accept: 'application/json',
			...(type !== null && body !== undefined && { 'Content-Type': type ?? 'application/json' }),
			...authorizationOf(token ?? 'full'),
			...headers,
		},
		data: body?.replace(/<(\w+)>/g, (all, place: string) => values[place] ?? all),
	});
	const clean = cleaner(server, values, digits);
	const afterwards = async (how: string) => {
		const { status, data } = await call(how, filled);
		return { status, body: clean(parsed(data)) };
	};
	return {
		status: response.status,
		headers: clean(
			Object.fromEntries(
				HEADERS.flatMap((header) => {
					const value = response.headers[header] as string | undefined;
					return value === undefined ? [] : [[header, value]];
				}),
			),
		) as Record<string, string>,
		body: clean(await summary(parsed(response.data), response, call)),
		...(stored !== undefined && { stored: clean(parsed((await call('GET', filled)).data)) }),
		...(then !== undefined && { then: [await afterwards('GET'), await afterwards('DELETE')] }),
	};

	/** Lists by length and first member, big objects by their members, as they were recorded. */
	async function summary(
		value: unknown,
		from: AxiosResponse<string>,
		next: typeof call,
	): Promise<unknown> {
		if (name === 'get: many by link') return await walk(value as unknown[], from, next);
		if (Array.isArray(recorded)) return isRecord(value) ? membersOf(value, recorded) : value;
		if (isRecord(recorded) && 'scopes' in recorded && isRecord(value)) return rootOf(value);
		if (!Array.isArray(value) || !isRecord(recorded)) return value;
		const { first } = recorded;
		return {
			length: value.length,
			...(value.length > 0 && {
				first: isRecord(first) ? only(value[0], first) : (value[0] as unknown),
			}),
		};
	}
}

/** The members of an object, if the recorded one has them all: the stand-in has fewer. */
function membersOf(value: Record<string, unknown>, recorded: unknown[]): unknown {
	const own = Object.keys(value).sort();
	return own.every((member) => recorded.includes(member)) ? recorded : own;
}

function rootOf({ auth, user, ...more }: Record<string, unknown>): object {
	return {
		keys: ['auth', 'user', ...Object.keys(more)].sort(),
		scopes: isRecord(auth) ? auth.scopes : auth,
		user: user === null ? null : typeof user,
	};
}

/** What was recorded of an object: projects and organizations were cut to a few members. */
function only(value: unknown, recorded: Record<string, unknown>): unknown {
	if (!isRecord(value)) return value;
	return Object.fromEntries(
		Object.entries(recorded)
			.filter(([member]) => member in value)
			.map(([member, then]) => [
				member,
				isRecord(then) ? only(value[member], then) : value[member],
			]),
	);
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function walk(
	page: unknown[],
	from: AxiosResponse<string>,
	call: (method: string, url: string) => Promise<AxiosResponse<string>>,
): Promise<object> {
	let total = page.length;
	let pages = 1;
	for (let response = from; pages < 20; pages++) {
		const link = String(response.headers.link);
		const [, url] = /<([^>]*)>; rel="next"; results="true"/.exec(link) ?? [];
		if (url === undefined) break;
		response = await call('GET', url);
		total += (JSON.parse(response.data) as unknown[]).length;
	}
	return { total, pages };
}

function authorizationOf(token: string): Record<string, string> {
	const full = tokenOf('full');
	const special: Record<string, string | undefined> = {
		'-': undefined,
		Token: `Token ${full}`,
		Basic: `Basic ${Buffer.from(`${full}:`).toString('base64')}`,
		Bearer: 'Bearer',
		'two words': 'Bearer a b',
		X: `X-Sentry ${full}`,
		garbage: `Bearer ${'f'.repeat(64)}`,
	};
	const value =
		token in special ? special[token] : `Bearer ${token in SCOPES ? tokenOf(token) : token}`;
	return value === undefined ? {} : { Authorization: value };
}

/** Names what differs each time, as the recordings do. */
function cleaner(
	{ url }: Sandbox,
	values: Record<string, string>,
	digits: string,
): (value: unknown) => unknown {
	return (value) => {
		if (value === undefined) return value;
		const names = new Map(Object.entries(values).map(([name, text]) => [text, `<${name}>`]));
		if (digits !== '') names.set(digits, '<key>');
		let text = JSON.stringify(value)
			.replaceAll(url, '<url>')
			.replaceAll(url.replace('http://', ''), '<host>')
			.replace(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)/g, '<date>');
		for (const [known, name] of names) {
			if (known !== '') text = text.replaceAll(known, name);
		}
		text = text
			.replace(/"errorId":"\w+"/g, '"errorId":"<errorId>"')
			.replace(/"secret":"[0-9a-f]{32}"/g, '"secret":"<secret>"')
			.replace(/:[0-9a-f]{32}@/g, ':<secret>@')
			.replace(/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g, '<public>');
		return JSON.parse(text) as unknown;
	};
}

function parsed(text: string): unknown {
	if (text.startsWith('<!DOCTYPE')) return '<a web page>';
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

function hex(): string {
	return randomBytes(16).toString('hex');
}

function dashed(digits: string): string {
	return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
