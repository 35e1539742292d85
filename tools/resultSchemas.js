/**
 * What each operation's items look like in the structured table, as n8n's editor shows it before the
 * first run (`__schema__/v<node version>/<resource>/<operation>.json` beside the node).
 */

const string = { type: 'string' };
const integer = { type: 'integer' };
const boolean = { type: 'boolean' };
const object = (properties) => ({ type: 'object', properties });
const strings = (...names) => object(Object.fromEntries(names.map((name) => [name, string])));

const clientKey = {
	id: string,
	name: string,
	label: string,
	public: string,
	secret: string,
	projectId: integer,
	isActive: boolean,
	rateLimit: object({ window: integer, count: integer }),
	dsn: strings(
		'secret',
		'public',
		'csp',
		'security',
		'minidump',
		'nel',
		'unreal',
		'crons',
		'cdn',
		'playstation',
		'integration',
		'otlp_traces',
		'otlp_logs',
	),
	browserSdkVersion: string,
	browserSdk: object({
		choices: { type: 'array', items: { type: 'array', items: string } },
	}),
	dateCreated: string,
	dynamicSdkLoaderOptions: object({
		hasReplay: boolean,
		hasPerformance: boolean,
		hasDebug: boolean,
		hasFeedback: boolean,
		hasLogsAndMetrics: boolean,
	}),
	useCase: { type: 'null' },
};

/** By resource and operation. */
module.exports = {
	clientKey: {
		create: object(clientKey),
		delete: object({ deleted: boolean, id: string }),
		get: object(clientKey),
		getAll: object({ ...clientKey, organization: string, project: string }),
		rotate: object({ ...clientKey, previousKeyId: string }),
		update: object(clientKey),
		upsert: object({ ...clientKey, outcome: string }),
	},
	organization: {
		getAll: object({ organization: string, id: string, name: string, dateCreated: string }),
	},
	project: {
		getAll: object({
			organization: string,
			project: string,
			id: string,
			name: string,
			platform: string,
			isMember: boolean,
			hasAccess: boolean,
			dateCreated: string,
		}),
	},
};
