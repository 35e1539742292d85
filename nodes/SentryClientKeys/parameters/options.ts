import type { INodeProperties } from 'n8n-workflow';

/** What the number options default to and may be; n8n checks ranges in the editor only. */
export const OPTION_RANGES = {
	maxConcurrentRequests: { label: 'Max Concurrent Requests', default: 20, min: 1, max: 100 },
	maxRetries: { label: 'Max Retries', default: 5, min: 0, max: 20 },
	timeout: { label: 'Timeout', default: 30_000, min: 1, max: 3_600_000 },
	// As far back as Sentry keeps figures by day (SENTRY_TSDB_ROLLUPS in conf/server.py).
	usageDays: { label: 'Usage Days', default: 30, min: 1, max: 90 },
} as const;

/** The options that are on or off. */
export const SWITCH_LABELS = {
	dryRun: 'Dry Run',
	includeUsage: 'Include Usage',
	neverError: 'Never Error',
	redactSecrets: 'Redact Secrets',
	safeRetry: 'Safe Retry',
} as const;

/** What operations that return keys take. */
export const OPTIONS_OF_RETURNED_KEYS = ['dsnAddress', 'redactSecrets'] as const;

/** The options of which each operation says whether it takes them; the others are for every operation. */
const OPERATION_OPTIONS = [
	...OPTIONS_OF_RETURNED_KEYS,
	'dryRun',
	'idempotencyKey',
	'ifNotFound',
	'includeUsage',
	'safeRetry',
	'usageDays',
] as const;

export type OperationOption = (typeof OPERATION_OPTIONS)[number];

export function isOperationOption(name: string): name is OperationOption {
	return (OPERATION_OPTIONS as readonly string[]).includes(name);
}

/** In the order of their names, as n8n wants it. */
export const optionEntries: INodeProperties[] = [
	{
		// Shown with every format: n8n drops an option that is hidden, and would then run for real.
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: true,
		description:
			"Whether to read and check everything and write nothing: each row says in 'outcome' and 'changes' what would be done. Whether the token may write is not tried.",
	},
	{
		displayName: 'DSN Address',
		name: 'dsnAddress',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://relay.example.com',
		description:
			"The address that DSNs are to name in place of Sentry's own: scheme, host, port and path of a Relay, or of a self-hosted Sentry as apps reach it",
		displayOptions: { show: { '/resultFormat': ['dsn', 'structuredTable'] } },
	},
	{
		displayName: 'Idempotency Key',
		name: 'idempotencyKey',
		type: 'string',
		default: '',
		placeholder: 'e.g. {{ $json.delivery }}',
		description:
			'Text that stands for one intended key, such as a delivery ID: running the same job again finds its key instead of making a second one. Use one value per intended key, and a new value after a key was deleted, because the same value gives the same DSN.',
	},
	{
		displayName: 'If Not Found',
		name: 'ifNotFound',
		type: 'options',
		default: 'error',
		description: 'What to do when the project has no such client key',
		options: [
			{ name: 'Ignore', value: 'ignore', description: 'Return deleted: false with a hint' },
			{ name: 'Stop with a Message', value: 'error', description: 'Say that it does not exist' },
		],
	},
	{
		displayName: 'Include Usage',
		name: 'includeUsage',
		type: 'boolean',
		default: true,
		description:
			"Whether to add a column 'usage' with the errors that each key accepted, filtered and dropped lately; Sentry does not count transactions, replays and logs here. Takes one request per key, of a part of Sentry's API that may change without notice.",
	},
	{
		...numberOption('maxConcurrentRequests'),
		description:
			"How many requests may be under way at the same time, 1 to 100. The node stays below Sentry's own limits whatever this says. Read once, from the first item.",
	},
	{
		...numberOption('maxRetries'),
		description:
			'How often a request is repeated when Sentry is busy (429) or does not answer, 0 to 20',
	},
	{
		displayName: 'Never Error',
		name: 'neverError',
		type: 'boolean',
		default: false,
		description:
			"Whether to return Sentry's refusals as body and status instead of stopping or taking the error path. A request without a response still counts as an error.",
		displayOptions: { show: { '/resultFormat': ['rawResponse'] } },
	},
	{
		displayName: 'Redact Secrets',
		name: 'redactSecrets',
		type: 'boolean',
		default: true,
		description:
			"Whether to put null in place of the key's secret and of the DSN that holds it. When an AI agent uses the node as a tool, they are redacted unless this is switched off.",
		displayOptions: { show: { '/resultFormat': ['rawResponse', 'structuredTable'] } },
	},
	{
		displayName: 'Safe Retry',
		name: 'safeRetry',
		type: 'boolean',
		default: true,
		description:
			"Whether to choose the key's public ID, so that a key whose response was lost is found again instead of made twice. Switched off, only the documented fields are sent, and a lost response is reported.",
	},
	{
		...numberOption('timeout'),
		description: 'How long to wait for the response to one request, in milliseconds',
	},
	{
		...numberOption('usageDays'),
		description: "How many days back 'Include Usage' counts, 1 to 90",
	},
];

function numberOption(name: keyof typeof OPTION_RANGES): INodeProperties {
	const { label, default: fallback, min, max } = OPTION_RANGES[name];
	return {
		displayName: label,
		name,
		type: 'number',
		default: fallback,
		typeOptions: { minValue: min, maxValue: max, numberPrecision: 0 },
	};
}
