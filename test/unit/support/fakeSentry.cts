import { SentryClient } from '../../../nodes/SentryClientKeys/sentry/client.ts';
import type { KeyFields } from '../../../nodes/SentryClientKeys/sentry/keys/keyFields.ts';
import type {
	Attempt,
	ClientKey,
	HttpRequest,
	Method,
	RateLimit,
} from '../../../nodes/SentryClientKeys/sentry/types.ts';
import type { VirtualClock } from './virtualTime.cts';

const PUBLIC_ID = /^[a-f0-9]{32}$/;
const LATENCY_MS = 20;
const SLOW_MS = 2000;
const SOON_MS = 3000;

/** What Sentry gives a new key, whatever else the create asks for. */
const DEFAULTS = {
	isActive: true,
	browserSdkVersion: '10.x',
	dynamicSdkLoaderOptions: { hasReplay: true, hasPerformance: true, hasDebug: false },
};

const json = (status: number, body: unknown): Attempt => ({
	response: { status, headers: {}, text: JSON.stringify(body) },
});
const text = (status: number, body: string): Attempt => ({
	response: { status, headers: {}, text: body },
});
const RESET: Attempt = { noResponse: { code: 'ECONNRESET', reason: 'socket hang up' } };
const TIMEOUT: Attempt = {
	noResponse: { code: 'ECONNABORTED', reason: 'timeout of 30000ms exceeded' },
};
const NOT_FOUND = json(404, { detail: 'The requested resource does not exist' });
const FORBIDDEN = json(403, { detail: 'You do not have permission to perform this action.' });
const INTERNAL_ERROR = json(500, { detail: 'Internal Error', errorId: null });

/**
 * What may happen to a request: whether it is carried out ('later': right after the next look-up, 'soon':
 * after a while), and the response that takes its place.
 */
const FAULTS = {
	lostResponse: { commits: 'now', response: RESET },
	error500AfterCommit: { commits: 'now', response: INTERNAL_ERROR },
	truncated201: { commits: 'now', response: text(201, '{"id": "0123') },
	timeoutBeforeCommit: { commits: 'later', response: TIMEOUT },
	/** Carried out when the test says so. */
	timeoutForLong: { commits: 'onDemand', response: TIMEOUT },
	gateway504: { commits: 'soon', response: text(504, '<h1>504 Gateway Time-out</h1>') },
	error408: { commits: 'never', response: text(408, '') },
	error408AfterCommit: { commits: 'now', response: text(408, '') },
	/** A proxy sends it again, and gives the second response. */
	sentTwice: { commits: 'twice', response: undefined },
	firewallPage: { commits: 'never', response: text(400, '<html><title>Blocked</title></html>') },
	firewallPageAfterCommit: {
		commits: 'now',
		response: text(400, '<html><title>Blocked</title></html>'),
	},
	reset: { commits: 'never', response: RESET },
	error500page: { commits: 'never', response: text(500, '<h1>Server Error (500)</h1>') },
	error503: {
		commits: 'never',
		response: json(503, { error: 'apigateway', detail: 'Downstream service unavailable' }),
	},
	busy429: {
		commits: 'never',
		response: json(429, { detail: 'Limit is 40 requests in 1 seconds' }),
	},
	webPage: { commits: 'never', response: text(200, '<!DOCTYPE html><title>Log in</title>') },
	list200: { commits: 'never', response: json(200, []) },
	loginPage403: { commits: 'never', response: text(403, '<!DOCTYPE html><title>Log in</title>') },
	proxyPage404: { commits: 'never', response: text(404, '<h1>404 page not found</h1>') },
	badRequest: { commits: 'never', response: json(400, { detail: 'Bad request' }) },
	forbidden: { commits: 'never', response: FORBIDDEN },
	slow: { commits: 'now', response: undefined },
	slowResponse: { commits: 'now', response: undefined },
} satisfies Record<
	string,
	{
		commits: 'later' | 'never' | 'now' | 'onDemand' | 'soon' | 'twice';
		response: Attempt | undefined;
	}
>;

export type Fault = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as Fault[];

export interface ServerSettings {
	/** What the server does with a client-chosen `public`; 'checked' ones are ignored all the same. */
	publicIds: 'checked' | 'honoured' | 'ignored' | 'refused';
	/**
	 * 'glitchtip': no status and no settings, IDs with dashes, `public` ignored, a PUT stores nothing
	 * (recordings of GlitchTip).
	 */
	dialect?: 'glitchtip' | 'sentry';
	/** Whether the token may delete keys. */
	mayDelete?: boolean;
	/** By how much its clock is ahead of the client's, in milliseconds. */
	ahead?: number;
}

/** What a request did to a key, told in the moment when it is carried out. */
export interface Deed {
	method: Method;
	fields: Record<string, unknown>;
	/** Undefined if it was made. */
	before?: ClientKey;
	/** Undefined if it was deleted. */
	after?: ClientKey;
}

/** One project's client keys in memory, and the trouble that a test asks for. */
export class FakeSentry {
	readonly keys: ClientKey[] = [];
	readonly requests: Array<{ method: string; url: string; body: Record<string, unknown> }> = [];
	private readonly faults: Array<{ method: string; fault: Fault }> = [];
	private readonly delayed: Array<() => void> = [];
	private readonly held: Array<() => void> = [];
	private inserted = 0;

	constructor(
		private readonly clock: VirtualClock,
		private readonly settings: ServerSettings = { publicIds: 'honoured' },
	) {}

	/** The next requests of a method end so, one after the other. */
	fail(method: string, ...faults: Fault[]): this {
		this.faults.push(...faults.map((fault) => ({ method, fault })));
		return this;
	}

	client(maxRetries = 2): SentryClient {
		return new SentryClient({
			baseUrl: 'https://sentry.example',
			tokenKind: 'other',
			send: this.send,
			clock: this.clock,
			maxRetries,
			maxConcurrentRequests: 20,
			timeout: 30_000,
		});
	}

	/** POSTs that could make a key, POSTs that can't because their name is too long, and keys. */
	get tally(): { keys: number; creates: number; probes: number } {
		const posts = this.requests.filter(({ method }) => method === 'POST');
		const probes = posts.filter(({ body }) => isTooLong(body.name)).length;
		return { keys: this.keys.length, creates: posts.length - probes, probes };
	}

	readonly send = async (request: HttpRequest): Promise<Attempt> => {
		const at = this.faults.findIndex(({ method }) => method === request.method);
		return await this.handle(request, at < 0 ? undefined : this.faults.splice(at, 1)[0]?.fault);
	};

	/** @param onDeed called when the request is carried out and changes something, also if that is late */
	async handle(
		{ method, url, body = '{}' }: HttpRequest,
		faultName?: Fault,
		onDeed: (deed: Deed) => void = () => undefined,
	): Promise<Attempt> {
		const fields = JSON.parse(body) as Record<string, unknown>;
		this.requests.push({ method, url, body: fields });
		const fault = faultName === undefined ? undefined : FAULTS[faultName];
		await this.clock.sleep(faultName === 'slow' ? SLOW_MS : LATENCY_MS);
		const perform = () => {
			const { attempt, deed } = this.carryOutOne(method, url, fields);
			if (deed !== undefined) onDeed({ method, fields, ...deed });
			return attempt;
		};
		const commits = fault?.commits ?? 'now';
		if (commits === 'twice') perform();
		const regular = commits === 'now' || commits === 'twice' ? perform() : undefined;
		if (method === 'GET') this.delayed.splice(0).forEach((commit) => commit());
		if (commits === 'later') this.delayed.push(perform);
		if (commits === 'onDemand') this.held.push(perform);
		if (commits === 'soon') void this.clock.sleep(SOON_MS).then(perform);
		const attempt = fault?.response ?? regular ?? RESET;
		await this.clock.sleep(faultName === 'slowResponse' ? SLOW_MS : LATENCY_MS);
		return this.dated(attempt);
	}

	/** Carries out what was held back. */
	carryOut(): void {
		for (const commit of [...this.delayed.splice(0), ...this.held.splice(0)]) commit();
	}

	/** A key that somebody else made. */
	addKey(name: string, createdAt = this.now()): ClientKey {
		return this.insert({ name }, undefined, createdAt);
	}

	private get isGlitchTip(): boolean {
		return this.settings.dialect === 'glitchtip';
	}

	private carryOutOne(
		method: Method,
		url: string,
		fields: Record<string, unknown>,
	): { attempt: Attempt; deed?: Pick<Deed, 'before' | 'after'> } {
		if (method === 'POST') {
			const known = this.keys.length;
			const attempt = this.create(fields);
			const [after] = this.keys;
			return this.keys.length > known && after !== undefined
				? { attempt, deed: { after } }
				: { attempt };
		}
		const [, id] = /\/keys\/([^/]+)\/$/.exec(url) ?? [];
		if (this.isGlitchTip && id !== undefined && PUBLIC_ID.test(id)) {
			// It has no such route: the web app's page, or a refusal that is a page.
			return {
				attempt: text(method === 'GET' ? 200 : 403, '<!DOCTYPE html><title>GlitchTip</title>'),
			};
		}
		const at = this.keys.findIndex((key) => key.id === id);
		const before = this.keys[at];
		if (method === 'GET') return { attempt: this.read(url, before) };
		if (method === 'DELETE' && this.settings.mayDelete === false) return { attempt: FORBIDDEN };
		if (before === undefined) return { attempt: NOT_FOUND };
		if (method === 'DELETE') {
			this.keys.splice(at, 1);
			return { attempt: { response: { status: 204, headers: {}, text: '' } }, deed: { before } };
		}
		const after = this.isGlitchTip ? before : changed(before, fields);
		this.keys[at] = after;
		return { attempt: json(200, after), deed: { before, after } };
	}

	private now(): number {
		return this.clock.now() + (this.settings.ahead ?? 0);
	}

	/** Sentry names every wrong field in one response. */
	private create({ name, rateLimit, public: publicId }: Record<string, unknown>): Attempt {
		const { publicIds } = this.settings;
		const isPublicWrong =
			publicId !== undefined &&
			(publicIds === 'refused' ||
				(['checked', 'honoured'].includes(publicIds) && !isPublicId(publicId)));
		const complaints = {
			...(isTooLong(name) && { name: ['Ensure this field has no more than 64 characters.'] }),
			...(typeof rateLimit === 'string' && {
				rateLimit: {
					non_field_errors: ['Invalid data. Expected a dictionary, but got str.'],
				},
			}),
			...(isPublicWrong && { public: ['This value does not match the required pattern.'] }),
		};
		if (Object.keys(complaints).length > 0) return json(400, complaints);
		const chosen = publicIds === 'honoured' && isPublicId(publicId) ? publicId : undefined;
		// The database's unique constraint is no response that was thought of.
		if (this.keys.some(({ id }) => id === chosen)) return INTERNAL_ERROR;
		const limit = rateLimit === undefined ? {} : { rateLimit: rateLimit as RateLimit };
		const stored = { name: typeof name === 'string' ? name : 'Liked Pegasus', ...limit };
		return json(201, this.insert(stored, chosen));
	}

	private insert(
		{ name, rateLimit = null }: { name: string; rateLimit?: RateLimit | null },
		chosen: string | undefined,
		createdAt = this.now(),
	): ClientKey {
		this.inserted += 1;
		const digits = chosen ?? this.inserted.toString(16).padStart(32, 'f');
		const id = this.isGlitchTip ? withDashes(digits) : digits;
		const dateCreated = new Date(createdAt).toISOString();
		const settings = this.isGlitchTip ? {} : DEFAULTS;
		const key = { id, public: id, name, label: name, rateLimit, dateCreated, ...settings };
		this.keys.unshift(key);
		return key;
	}

	private read(url: string, key: ClientKey | undefined): Attempt {
		if (url.endsWith('/keys/')) return json(200, this.keys);
		if (url.endsWith('/api/0/')) {
			const scopes = [
				'project:write',
				...(this.settings.mayDelete === false ? [] : ['project:admin']),
			];
			return json(200, { auth: { scopes } });
		}
		return key === undefined ? NOT_FOUND : json(200, key);
	}

	private dated(attempt: Attempt): Attempt {
		if (!('response' in attempt)) return attempt;
		const date = new Date(this.now()).toUTCString();
		return { response: { ...attempt.response, headers: { ...attempt.response.headers, date } } };
	}
}

/** Sentry sets the version back if a PUT leaves it out (project_key_details.py). */
function changed(
	key: ClientKey,
	{ dynamicSdkLoaderOptions: options = {}, ...fields }: KeyFields,
): ClientKey {
	return {
		...key,
		browserSdkVersion: DEFAULTS.browserSdkVersion,
		...fields,
		dynamicSdkLoaderOptions: { ...key.dynamicSdkLoaderOptions, ...options },
	};
}

function withDashes(digits: string): string {
	return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function isTooLong(name: unknown): boolean {
	return typeof name === 'string' && name.length > 64;
}

function isPublicId(value: unknown): value is string {
	return typeof value === 'string' && PUBLIC_ID.test(value);
}
