/** A cap on the events a key accepts: `count` events in `window` seconds. */
export interface RateLimit {
	count: number;
	window: number;
}

/**
 * A client key as Sentry answers it (src/sentry/api/serializers/models/project_key.py).
 * Only the fields this package reads are typed as required; older self-hosted servers lack others.
 */
export interface ClientKey {
	/** 32 lower-case hex digits; the same value as `public`. */
	id: string;
	name?: string;
	label?: string;
	public?: string | null;
	secret?: string | null;
	projectId?: number;
	/** What GlitchTip calls it. */
	projectID?: number;
	isActive?: boolean;
	rateLimit?: RateLimit | null;
	dsn?: Record<string, string>;
	browserSdkVersion?: string;
	browserSdk?: { choices: Array<[string, string]> };
	/** ISO 8601, UTC. */
	dateCreated?: string | null;
	dynamicSdkLoaderOptions?: Record<string, boolean>;
	useCase?: string;
}

export type Method = 'DELETE' | 'GET' | 'POST' | 'PUT';

/** One HTTP request, complete: what the transport sends and nothing else. */
export interface HttpRequest {
	method: Method;
	url: string;
	query: Record<string, string>;
	/** Serialized JSON; absent for no body. */
	body?: string;
	/** Milliseconds until the request is given up. */
	timeout: number;
}

/** What came back, unparsed: Sentry sends JSON under `text/html` when it answers 429. */
export interface HttpResponse {
	status: number;
	/** Names in lower case. */
	headers: Record<string, string | undefined>;
	text: string;
}

/** Why no response came, in words that hold no secret. */
export interface NoResponse {
	/** Node's or axios' code, such as `ECONNREFUSED`; empty where there is none. */
	code: string;
	reason: string;
}

/** How one try ended. */
export type Attempt = { response: HttpResponse } | { noResponse: NoResponse };

/** Sends one request. Resolves for every outcome; rejects only when the execution was cancelled. */
export type Send = (request: HttpRequest) => Promise<Attempt>;

/** Time as the modules of this folder see it; tests bring their own. */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
	/** Resolves after so many milliseconds; rejects as soon as the execution is cancelled. */
	sleep(milliseconds: number): Promise<void>;
	/** A number from 0 up to, not including, 1. */
	random(): number;
}

/** What a call was about, for its messages. */
export interface Subject {
	/** Completes "Sentry did not …": "create the client key", "list the projects". */
	action: string;
	/** The token scopes that allow it, in words: "project:write or project:admin". */
	scopes: string;
	organization?: string;
	project?: string;
	keyId?: string;
	team?: string;
}
