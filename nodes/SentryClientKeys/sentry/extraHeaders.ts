import { InvalidInputError } from './errors';
import { isBlank, refuseExpression } from './values';

/** How many pairs of name and value a credential has room for. */
export const HEADER_PAIRS = [1, 2] as const;

/** Headers that the connection, n8n or the node sets. */
const RESERVED = new Set([
	'accept',
	'accept-encoding',
	'authorization',
	'connection',
	'content-length',
	'content-type',
	'expect',
	'host',
	'keep-alive',
	'proxy-authorization',
	'proxy-connection',
	'te',
	'trailer',
	'transfer-encoding',
	'upgrade',
	'user-agent',
]);

/**
 * The extra request headers of a credential, for a Sentry that stands behind an access proxy. An empty
 * pair is none. No message quotes a value: it may be a secret.
 *
 * @throws InvalidInputError if a pair is half filled in, or could not be sent
 */
export function readExtraHeaders(credential: Record<string, unknown>): Record<string, string> {
	const headers: Record<string, string> = {};
	for (const number of HEADER_PAIRS) {
		const [nameLabel, valueLabel] = [`Header Name ${number}`, `Header Value ${number}`];
		const given = credential[`headerName${number}`];
		const value = credential[`headerValue${number}`];
		if (isBlank(given) && isBlank(value)) continue;
		refuseExpression(given, nameLabel);
		refuseExpression(value, valueLabel);
		if (isBlank(given)) throw missing(nameLabel, valueLabel);
		if (isBlank(value)) throw missing(valueLabel, nameLabel);
		const name = typeof given === 'string' ? given.trim() : '';
		if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
			throw new InvalidInputError(nameLabel, 'is not the name of a header', REMEDY);
		}
		if (RESERVED.has(name.toLowerCase())) {
			throw new InvalidInputError(
				nameLabel,
				`can't be ${name}, which the connection or this node sets`,
				REMEDY,
			);
		}
		if (Object.keys(headers).some((other) => other.toLowerCase() === name.toLowerCase())) {
			throw new InvalidInputError(nameLabel, `is ${name} once more`, REMEDY);
		}
		if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]+$/.test(value.trim())) {
			throw new InvalidInputError(
				valueLabel,
				'holds a line break or another character that no header can have',
				REMEDY,
			);
		}
		headers[name] = value.trim();
	}
	return headers;
}

function missing(label: string, other: string): InvalidInputError {
	return new InvalidInputError(label, `is empty, but '${other}' is not`, REMEDY);
}

const REMEDY =
	"In the credential, enter name and value of the header that the proxy in front of Sentry wants, such as 'CF-Access-Client-Id', or leave both empty.";
