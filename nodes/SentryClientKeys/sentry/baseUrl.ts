import { InvalidInputError } from './errors';
import { refuseExpression } from './values';

const FIELD = 'Sentry URL';

/**
 * The address that API paths are appended to: no trailing slash, no `/api/0`, the path kept (a
 * self-hosted Sentry may live on one behind a rewriting proxy).
 *
 * @throws InvalidInputError if it is not an http or https address
 */
export function normalizeBaseUrl(value: unknown): string {
	const url = readAddress(value, FIELD, REMEDY);
	const path = url.pathname.replace(/\/+$/, '').replace(/\/api(?:\/0)?$/, '');
	return url.origin + path.replace(/\/+$/, '');
}

/**
 * An http or https address without user info.
 *
 * @param label the field's display name, for the message
 * @throws InvalidInputError
 */
export function readAddress(value: unknown, label: string, remedy: string): URL {
	refuseExpression(value, label);
	const text = typeof value === 'string' ? value.trim() : '';
	if (text === '') throw new InvalidInputError(label, 'is empty', remedy);
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
		throw new InvalidInputError(label, 'is not an http or https address', remedy);
	}
	if (url.username !== '' || url.password !== '') {
		throw new InvalidInputError(label, 'holds a user name or password', remedy);
	}
	return url;
}

const REMEDY =
	"In the credential, enter the address that you open Sentry at, such as 'https://sentry.io', 'https://de.sentry.io' or 'https://sentry.example.com'.";
