/**
 * What a row says besides its result, where that is a success with a reservation. The codes are part of
 * the node's output (`warnings`) and stay as they are; what a warning is about follows the text.
 */
export const WARNINGS = {
	changed_meanwhile:
		'The server shows other settings than before, which nobody asked to change here; somebody else may have changed them at the same time',
	dsn_empty:
		"This Sentry does not know its own address, so the DSN is empty. Set 'system.url-prefix' on the server",
	duplicate_left:
		'There is another client key for the same purpose, made by another run or an earlier one, or a request that was not answered may still make it. An app may use it by now; delete it if none does',
	fields_ignored:
		'Sentry did not store every field as asked. It does not know them here, or its version does not',
	idempotency_key_ignored:
		"This Sentry does not let the node choose a key's public ID, so 'Idempotency Key' has no effect: running the same job again makes another key",
	key_inactive: 'The client key is inactive: its DSN refuses events',
	key_not_found: 'There is no such client key, so nothing was deleted',
	list_cut: "'Limit' left some results out",
	name_generated: 'The name was empty, so Sentry invented one',
	name_lookalike: 'Another client key of the project has a name that looks the same',
	name_normalized: 'The name is stored in another form than asked for',
	old_key_kept:
		'The new client key is inactive, as the old one is. It was not proved to work, so the old one was kept',
	projects_left_out: 'The token may not read the client keys of some projects; they are left out',
	rate_limit_ignored:
		"Sentry stored no rate limit, although one was asked for. The organization's plan may not include rate limits for client keys; the key works without one",
	rotated_before:
		'The client key was rotated before, within the last 24 hours or with the old key out of service. The key made then is returned, and no other one was made',
	usage_unavailable: "This Sentry does not tell the usage of its client keys; 'usage' is null",
} as const;

export type WarningCode = keyof typeof WARNINGS;
