import { SentryClient } from '../../../nodes/SentryClientKeys/sentry/client.ts';
import type {
	Attempt,
	ClientKey,
	HttpRequest,
} from '../../../nodes/SentryClientKeys/sentry/types.ts';
import type { VirtualClock } from './virtualTime.cts';

const PUBLIC_ID = /^[a-f0-9]{32}$/;
const LATENCY_MS = 20;
const SLOW_MS = 2000;

const json = (status: number, body: unknown): Attempt => ({
	answer: { status, headers: {}, text: JSON.stringify(body) },
});
const text = (status: number, body: string): Attempt => ({
	answer: { status, headers: {}, text: body },
});
const RESET: Attempt = { noAnswer: { code: 'ECONNRESET', reason: 'socket hang up' } };
const INTERNAL_ERROR = json(500, { detail: 'Internal Error', errorId: null });

/**
 * What may happen to a request: whether it is carried out ('later': right after the next look-up), and
 * the answer that takes its place.
 */
const FAULTS = {
	lostAnswer: { commits: 'now', answer: RESET },
	error500AfterCommit: { commits: 'now', answer: INTERNAL_ERROR },
	truncated201: { commits: 'now', answer: text(201, '{"id": "0123') },
	timeoutBeforeCommit: {
		commits: 'later',
		answer: { noAnswer: { code: 'ECONNABORTED', reason: 'timeout of 30000ms exceeded' } },
	},
	/** Carried out when the test says so. */
	timeoutForLong: {
		commits: 'onDemand',
		answer: { noAnswer: { code: 'ECONNABORTED', reason: 'timeout of 30000ms exceeded' } },
	},
	firewallPage: { commits: 'never', answer: text(400, '<html><title>Blocked</title></html>') },
	firewallPageAfterCommit: {
		commits: 'now',
		answer: text(400, '<html><title>Blocked</title></html>'),
	},
	reset: { commits: 'never', answer: RESET },
	error500page: { commits: 'never', answer: text(500, '<h1>Server Error (500)</h1>') },
	error503: {
		commits: 'never',
		answer: json(503, { error: 'apigateway', detail: 'Downstream service unavailable' }),
	},
	busy429: { commits: 'never', answer: json(429, { detail: 'Limit is 40 requests in 1 seconds' }) },
	webPage: { commits: 'never', answer: text(200, '<!DOCTYPE html><title>Log in</title>') },
	list200: { commits: 'never', answer: json(200, []) },
	forbidden: {
		commits: 'never',
		answer: json(403, { detail: 'You do not have permission to perform this action.' }),
	},
	slow: { commits: 'now', answer: undefined },
} satisfies Record<
	string,
	{ commits: 'later' | 'never' | 'now' | 'onDemand'; answer: Attempt | undefined }
>;

export type Fault = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as Fault[];

export interface ServerSettings {
	/** What the server does with a client-chosen `public`; 'checked' ones are ignored all the same. */
	publicIds: 'checked' | 'honoured' | 'ignored' | 'refused';
	/** By how much its clock is ahead of the client's, in milliseconds. */
	ahead?: number;
}

/** One project's client keys in memory, and the trouble that a test asks for. */
export class FakeSentry {
	readonly keys: ClientKey[] = [];
	readonly requests: Array<{ method: string; url: string; body: Record<string, unknown> }> = [];
	private readonly faults: Array<{ method: string; fault: Fault }> = [];
	private readonly delayed: Array<() => void> = [];
	private readonly held: Array<() => void> = [];

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

	readonly send = async ({ method, url, body = '{}' }: HttpRequest): Promise<Attempt> => {
		const fields = JSON.parse(body) as Record<string, unknown>;
		this.requests.push({ method, url, body: fields });
		const at = this.faults.findIndex((planned) => planned.method === method);
		const planned = at < 0 ? undefined : this.faults.splice(at, 1)[0];
		const fault = planned === undefined ? undefined : FAULTS[planned.fault];
		await this.clock.sleep(planned?.fault === 'slow' ? SLOW_MS : LATENCY_MS);
		const perform = () => (method === 'POST' ? this.create(fields) : this.read(url));
		const isNow = fault === undefined || fault.commits === 'now';
		const regular = isNow ? perform() : undefined;
		if (method === 'GET') this.delayed.splice(0).forEach((commit) => commit());
		if (fault?.commits === 'later') this.delayed.push(perform);
		if (fault?.commits === 'onDemand') this.held.push(perform);
		const attempt = fault?.answer ?? regular ?? RESET;
		await this.clock.sleep(LATENCY_MS);
		return this.dated(attempt);
	};

	/** Carries out what was held back. */
	carryOut(): void {
		this.held.splice(0).forEach((commit) => commit());
	}

	/** A key that somebody else made. */
	addKey(name: string, createdAt = this.now()): ClientKey {
		return this.insert(name, undefined, createdAt);
	}

	private now(): number {
		return this.clock.now() + (this.settings.ahead ?? 0);
	}

	/** Sentry names every wrong field in one answer. */
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
		// The database's unique constraint is no answer that was thought of.
		if (this.keys.some(({ id }) => id === chosen)) return INTERNAL_ERROR;
		return json(201, this.insert(typeof name === 'string' ? name : 'Liked Pegasus', chosen));
	}

	private insert(name: string, chosen: string | undefined, createdAt = this.now()): ClientKey {
		const id = chosen ?? (this.keys.length + 1).toString(16).padStart(32, 'f');
		const dateCreated = new Date(createdAt).toISOString();
		const key = { id, public: id, name, label: name, rateLimit: null, dateCreated };
		this.keys.unshift(key);
		return key;
	}

	private read(url: string): Attempt {
		const [, id] = /\/keys\/(?:([^/]+)\/)?$/.exec(url) ?? [];
		if (id === undefined) return json(200, this.keys);
		const key = this.keys.find((one) => one.id === id);
		return key === undefined
			? json(404, { detail: 'The requested resource does not exist' })
			: json(200, key);
	}

	private dated(attempt: Attempt): Attempt {
		if (!('answer' in attempt)) return attempt;
		const date = new Date(this.now()).toUTCString();
		return { answer: { ...attempt.answer, headers: { ...attempt.answer.headers, date } } };
	}
}

function isTooLong(name: unknown): boolean {
	return typeof name === 'string' && name.length > 64;
}

function isPublicId(value: unknown): value is string {
	return typeof value === 'string' && PUBLIC_ID.test(value);
}
