import { WouldWrite } from './errors';
import type { SentryError } from './errors';
import { isRecord, parseJson } from './json';
import { RequestPacer } from './requestPacer';
import { explainResponse, explainNoResponse } from './explanations';
import { retryDelay, wasNeverSent } from './retryPolicy';
import { digitsOf, ServerNames } from './serverNames';
import { Semaphore } from './concurrency';
import type { TokenKind } from './tokenKind';
import type { Attempt, Clock, HttpRequest, HttpResponse, Method, Send, Subject } from './types';

export interface SentryClientOptions {
	/** As `normalizeBaseUrl` returns it. */
	baseUrl: string;
	tokenKind: TokenKind;
	send: Send;
	clock: Clock;
	maxRetries: number;
	/** How many requests may be under way, whatever they are for. */
	maxConcurrentRequests: number;
	/** Milliseconds per request. */
	timeout: number;
	/** Whether nothing is to be written. */
	isDryRun?: boolean;
	/** What no failure may show, whoever answers with it: the token, the values of extra headers. */
	secrets?: readonly string[];
}

/**
 * A `key` is an object that has an ID, `keys` a list of them, an `entity` any other object that has one;
 * `entries` have a slug and a name.
 */
type Shape = 'entity' | 'entries' | 'key' | 'keys' | 'list' | 'nothing' | 'object';

/** One API call, and what counts as its success. */
export interface ApiCall {
	method: Method;
	/** With the leading and the trailing slash; `{organization}` and the like stand for the subject's names. */
	path: string;
	query?: Record<string, string>;
	body?: object;
	/** Calls that share one bucket of Sentry's limiter (there is one per endpoint and method). */
	bucket: string;
	success: { status: number; shape: Shape };
	subject: Subject;
	/** Whether it only finds out how another call is to name things. */
	isLookUp?: boolean;
}

/** A success: the expected status with JSON of the expected shape. */
export interface ApiResponse<Body = unknown> {
	status: number;
	body: Body;
	headers: HttpResponse['headers'];
}

/**
 * Sentry's API as the operations use it: paced, repeated where that is safe, and strict about what a
 * success is. Knows nothing of n8n.
 */
export class SentryClient {
	private readonly pacers = new Map<string, RequestPacer>();
	private readonly semaphore: Semaphore;
	/** How the server wants things to be named. */
	readonly names = new ServerNames();

	constructor(private readonly options: SentryClientOptions) {
		this.semaphore = new Semaphore(options.maxConcurrentRequests);
	}

	get clock(): Clock {
		return this.options.clock;
	}

	get tokenKind(): TokenKind {
		return this.options.tokenKind;
	}

	/** Whether nothing is to be written: the first write ends with `WouldWrite`. */
	get isDryRun(): boolean {
		return this.options.isDryRun === true;
	}

	get maxConcurrentRequests(): number {
		return this.options.maxConcurrentRequests;
	}

	/**
	 * Makes a call, repeating it as `retryPolicy.ts` allows.
	 *
	 * @throws SentryError in every case but the expected response
	 */
	async request<Body>(call: ApiCall): Promise<ApiResponse<Body>> {
		let mayBeDone = false;
		let last: Attempt | undefined;
		for await (const { attempt } of this.tries(() => call, call.method)) {
			const response = this.successOf<Body>(call, attempt) ?? this.goneBy<Body>(attempt, mayBeDone);
			if (response !== undefined) return response;
			mayBeDone ||= call.method === 'DELETE' && !isRateLimited(attempt) && !wasNeverSent(attempt);
			last = attempt;
		}
		throw this.explain(call, last ?? { noResponse: { code: '', reason: 'nothing was sent' } });
	}

	/**
	 * The tries of a call, with the pauses between them; over when there is to be no other one.
	 *
	 * @param next the call to be sent, asked before each try; undefined to send no more
	 * @param method whose rules say what may be repeated
	 */
	async *tries(
		next: () => ApiCall | Promise<ApiCall | undefined>,
		method: Method,
	): AsyncGenerator<{ call: ApiCall; attempt: Attempt }, void, undefined> {
		for (let retries = 0; ; retries++) {
			const call = await next();
			if (call === undefined) return;
			const attempt = await this.attempt(call);
			yield { call, attempt };
			const { maxRetries } = this.options;
			const [now, random] = [this.clock.now(), this.clock.random()];
			const delay = retryDelay(attempt, { method, retries, maxRetries, now, random });
			if (delay === undefined) return;
			await this.clock.sleep(delay);
		}
	}

	/** One try; where the server may only want other names, once more with those. */
	private async attempt(call: ApiCall): Promise<Attempt> {
		const path = await this.names.pathOf(call);
		const attempt = await this.send(call, path);
		const other = await this.names.otherPath(this, call, attempt, path);
		if (other === undefined) return attempt;
		const second = await this.send(call, other.path);
		return other.isGuess && this.successOf(call, second) === undefined ? attempt : second;
	}

	/**
	 * One request, as soon as the rate limit allows. This is the one gate that keeps a dry run from writing.
	 *
	 * @throws WouldWrite
	 */
	private async send(call: ApiCall, path: string): Promise<Attempt> {
		if (this.isDryRun && call.method !== 'GET') {
			throw new WouldWrite(call.method, call.subject.keyId, call.body ?? {});
		}
		const request: HttpRequest = {
			method: call.method,
			url: this.options.baseUrl + path,
			query: call.query ?? {},
			...(call.body !== undefined && { body: JSON.stringify(call.body) }),
			timeout: this.options.timeout,
		};
		return await this.pacer(call.bucket).run(
			async () => await this.semaphore.use(async () => await this.options.send(request)),
		);
	}

	/** The response, if it is the success that the call expects. */
	successOf<Body>(call: ApiCall, attempt: Attempt): ApiResponse<Body> | undefined {
		if (!('response' in attempt)) return undefined;
		const { status, headers, text } = attempt.response;
		if (status !== call.success.status) return undefined;
		const body = parseJson(text);
		if (!hasShape[call.success.shape](body) || isOtherKey(call, body)) return undefined;
		if (/^keys?$/.test(call.success.shape)) this.names.observe(body);
		return { status, headers, body: body as Body };
	}

	/**
	 * If a repeated DELETE finds nothing, the first one succeeded. Only Sentry's own 404 says so; a
	 * proxy's page may stand in front of a key that still exists.
	 */
	private goneBy<Body>(attempt: Attempt, mayBeDone: boolean): ApiResponse<Body> | undefined {
		if (!mayBeDone || !('response' in attempt) || attempt.response.status !== 404) return undefined;
		const { status, headers, text } = attempt.response;
		const body = parseJson(text);
		if (!isRecord(body) || typeof body.detail !== 'string') return undefined;
		return { status, headers, body: body as Body };
	}

	/** A try that was no success, in the user's words. */
	explain(call: ApiCall, attempt: Attempt): SentryError {
		const circumstances = {
			baseUrl: this.options.baseUrl,
			tokenKind: this.options.tokenKind,
			subject: call.subject,
			now: this.clock.now(),
		};
		return 'response' in attempt
			? explainResponse(withoutSecrets(attempt.response, this.options.secrets), circumstances)
			: explainNoResponse(attempt.noResponse, circumstances);
	}

	private pacer(bucket: string): RequestPacer {
		let pacer = this.pacers.get(bucket);
		if (pacer === undefined) {
			pacer = new RequestPacer(this.clock);
			this.pacers.set(bucket, pacer);
		}
		return pacer;
	}
}

/** A response without what some servers and gateways repeat of the request, above all its headers. */
function withoutSecrets(response: HttpResponse, secrets: readonly string[] = []): HttpResponse {
	const text = secrets
		.filter((secret) => secret.length >= SHORTEST_SECRET)
		.reduce((shown, secret) => shown.replaceAll(secret, '…'), response.text);
	return { ...response, text: text.replace(/(Bearer\s+)[\w.~+/=-]+/gi, '$1…') };
}

/** Shorter ones are no secrets, and may stand for something else in a response. */
const SHORTEST_SECRET = 8;

function isRateLimited(attempt: Attempt): boolean {
	return 'response' in attempt && attempt.response.status === 429;
}

const hasShape: Record<Shape, (body: unknown) => boolean> = {
	entries: (body) => Array.isArray(body) && body.every(isEntry),
	entity: hasId,
	key: hasId,
	keys: (body) => Array.isArray(body) && body.every(hasId),
	list: Array.isArray,
	nothing: (body) => body === undefined,
	object: isRecord,
};

/** Whether a key is another one than the call is about, as a cache may answer. */
function isOtherKey({ success, subject: { keyId } }: ApiCall, body: unknown): boolean {
	if (success.shape !== 'key' || keyId === undefined) return false;
	return !isRecord(body) || digitsOf(String(body.id)) !== digitsOf(keyId);
}

/** Not every server's IDs have Sentry's form, but each key and each project has one. */
function hasId(body: unknown): boolean {
	return isRecord(body) && typeof body.id === 'string' && body.id !== '';
}

/** An organization or a project, as lists hold them. */
function isEntry(entry: unknown): boolean {
	return (
		isRecord(entry) &&
		typeof entry.slug === 'string' &&
		typeof entry.name === 'string' &&
		(entry.organization === undefined || isEntry(entry.organization))
	);
}
