import type { ApiResponse } from '../responses.cts';
import type { ApiRequest } from '../apiRequest.cts';
import type { Dialect } from '../dialect.cts';
import { strip } from '../pythonText.cts';
import { INTERNAL_ERROR } from './responses.cts';
import { readBody } from './body.cts';
import { listUrl, paginate } from './pagination.cts';
import { HandlerError, limitOnCreate, limitOnUpdate } from './rateLimit.cts';
import { serializeKey } from './serialize.cts';
import type { Store } from '../store.cts';
import { LOADER_OPTIONS } from '../types.cts';
import type { KeyRecord, ProjectRecord } from '../types.cts';
import { createErrors, toBoolean, updateErrors } from './validation.cts';

/** What the client-key endpoints do once a request was let in. */
export class KeyEndpoints {
	constructor(
		private readonly store: Store,
		private readonly dialect: Dialect,
	) {}

	/** One key. */
	get(key: KeyRecord, request: ApiRequest): ApiResponse {
		return this.response(200, key, request);
	}

	/** Deletes for good; nothing guards the last key. */
	delete(key: KeyRecord): ApiResponse {
		this.store.deleteKey(key);
		return { status: 204 };
	}

	/** One page of keys, all of them or those of a status. */
	list(request: ApiRequest, keys: KeyRecord[]): ApiResponse {
		const { status } = request.query;
		const found = status
			? keys.filter(({ isActive }) => status === (isActive ? 'active' : 'inactive'))
			: keys;
		return paginate(
			found,
			request.query,
			listUrl(request),
			(key) => this.serialize(key, request),
			this.dialect.keysPerPage,
		);
	}

	/** What POST does, its mistakes included. */
	create(request: ApiRequest, project: ProjectRecord): ApiResponse {
		const body = readBody(request);
		if ('refusal' in body) return body.refusal;
		const { fields } = body;
		const { publicKeys } = this.dialect;
		const errors = createErrors(fields, this.dialect);
		if (Object.keys(errors).length > 0) return { status: 400, body: errors };
		return this.orInternalError(() => {
			const limit = this.dialect.rateLimitFeature ? limitOnCreate(fields.rateLimit) : NO_LIMIT;
			const key = this.store.addKey(project, {
				label: strip(text(fields.name)),
				rateLimitCount: limit.count,
				rateLimitWindow: limit.window,
				...(publicKeys === 'honoured' &&
					typeof fields.public === 'string' && { public: strip(fields.public) }),
				...(publicKeys === 'honoured' &&
					typeof fields.secret === 'string' && { secret: strip(fields.secret) }),
			});
			return key === undefined ? INTERNAL_ERROR : this.response(201, key, request);
		});
	}

	/** What PUT does, its mistakes included. */
	update(request: ApiRequest, project: ProjectRecord, key: KeyRecord): ApiResponse {
		const body = readBody(request);
		if ('refusal' in body) return body.refusal;
		const { fields } = body;
		const errors = updateErrors(fields, this.dialect.sdkChoices);
		if (Object.keys(errors).length > 0) return { status: 400, body: errors };
		return this.orInternalError(() => {
			refuseScalar(fields.dynamicSdkLoaderOptions);
			const limit = this.dialect.rateLimitFeature ? limitOnUpdate(fields.rateLimit) : undefined;
			if (this.dialect.resetsSettings) this.store.resetSettings(project, key);
			if (limit !== undefined) {
				key.rateLimitCount = limit.count;
				key.rateLimitWindow = limit.window;
			}
			key.label = strip(text(fields.name)) || key.label;
			key.isActive = toBoolean(fields.isActive) ?? key.isActive;
			if (typeof fields.browserSdkVersion === 'string') {
				key.browserSdkVersion = fields.browserSdkVersion;
			} else if (this.dialect.resetsSdkVersion) {
				key.browserSdkVersion = project.browserSdkVersion;
			}
			const options = (fields.dynamicSdkLoaderOptions ?? {}) as Record<string, unknown>;
			for (const option of LOADER_OPTIONS) {
				key.loaderOptions[option] = toBoolean(options[option]) ?? key.loaderOptions[option];
			}
			return this.response(200, key, request);
		});
	}

	private response(status: number, key: KeyRecord, request: ApiRequest): ApiResponse {
		return { status, body: this.serialize(key, request) };
	}

	private serialize(key: KeyRecord, { endpoint }: ApiRequest): object {
		return serializeKey(key, endpoint, this.dialect);
	}

	private orInternalError(handler: () => ApiResponse): ApiResponse {
		try {
			return handler();
		} catch (error) {
			if (error instanceof HandlerError) return INTERNAL_ERROR;
			throw error;
		}
	}
}

const NO_LIMIT = { count: null, window: null };

/**
 * The serializer goes through the options as through any collection.
 *
 * @throws HandlerError if they are none
 */
function refuseScalar(options: unknown): void {
	if (typeof options === 'number' || typeof options === 'boolean') throw new HandlerError();
}

function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
