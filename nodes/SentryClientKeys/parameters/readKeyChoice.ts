import { InvalidInputError } from '../sentry/errors';
import { isRecord } from '../sentry/json';
import { parseDsn } from '../sentry/keys/parseDsn';
import type { KeyChoice } from '../sentry/keys/keyChoice';
import { checkKeyId } from '../sentry/keys/keyId';
import { refuseExpression } from '../sentry/values';

/**
 * The key that a resource locator chose: its ID, which a DSN holds as well.
 *
 * @param label the parameter's display name
 * @throws InvalidInputError if it is missing, no ID and no DSN
 */
export function readKeyChoice(parameter: unknown, label: string): KeyChoice {
	const { mode, value } = readLocator(parameter);
	return typeof value === 'string' && (mode === 'dsn' || value.includes('://'))
		? readDsn(label, value)
		: { keyId: checkKeyId(label, value) };
}

/** @throws InvalidInputError */
export function readDsn(label: string, value: string): Required<KeyChoice> {
	refuseExpression(value, label);
	const dsn = parseDsn(value, label);
	if (dsn === undefined) {
		// The text is not quoted: an old DSN holds the key's secret.
		throw new InvalidInputError(
			label,
			value.trim() === '' ? 'is empty' : 'is not a DSN',
			'Paste the whole DSN, such as https://0123456789abcdef0123456789abcdef@o1.ingest.us.sentry.io/42. If the value is an expression, check that the input item has the field it refers to.',
		);
	}
	return { keyId: checkKeyId(label, dsn.publicKey), dsn };
}

/** What a resource locator holds; a bare value is an ID. */
export function readLocator(parameter: unknown): { mode: unknown; value: unknown } {
	return isRecord(parameter)
		? { mode: parameter.mode, value: parameter.value }
		: { mode: 'id', value: parameter };
}
