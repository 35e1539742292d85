import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
} from 'n8n-workflow';

import { normalizeBaseUrl } from '../sentry/baseUrl';
import { SentryClient, tokenKindOf } from '../sentry/client';
import { InvalidInputError } from '../sentry/errors';
import { PublicIdSupport } from '../sentry/publicIdSupport';
import type { Clock } from '../sentry/types';
import { transport } from './transport';

export const CREDENTIAL_TYPE = 'sentryClientKeysApi';

/** One Sentry server, reached with one token. */
export interface Connection {
	sentry: SentryClient;
	/** What this run has learned of the server, shared by its items. */
	publicIds: PublicIdSupport;
	/** Keys the derivation of public IDs; never sent anywhere. */
	secret: string;
}

export interface ConnectionSettings {
	clock: Clock;
	maxRetries: number;
	/** Milliseconds per request. */
	timeout: number;
}

/**
 * The connections of one run: items with the same credential and settings share one, and with it the
 * pace and what was learned; items whose credential holds expressions may each have their own.
 */
export class Connections {
	private readonly open = new Map<string, Connection>();

	constructor(private readonly node: IExecuteFunctions) {}

	/** @throws InvalidInputError if the credential's values can't be used */
	async ofItem(itemIndex: number, settings: ConnectionSettings): Promise<Connection> {
		const credentials = await this.node.getCredentials(CREDENTIAL_TYPE, itemIndex);
		const id = JSON.stringify([credentials, settings.maxRetries, settings.timeout]);
		let connection = this.open.get(id);
		if (connection === undefined) {
			connection = connect(this.node, credentials, settings);
			this.open.set(id, connection);
		}
		return connection;
	}
}

/** @throws InvalidInputError if the credential's values can't be used */
export function connect(
	node: IExecuteFunctions | ILoadOptionsFunctions,
	credentials: ICredentialDataDecryptedObject,
	settings: ConnectionSettings,
): Connection {
	const token = readToken(credentials.authToken);
	return {
		sentry: new SentryClient({
			...settings,
			baseUrl: normalizeBaseUrl(credentials.baseUrl),
			tokenKind: tokenKindOf(token),
			send: transport(node, CREDENTIAL_TYPE, { ...credentials, authToken: token }),
		}),
		publicIds: new PublicIdSupport(),
		secret: token,
	};
}

/** @throws InvalidInputError if there is none, or it could not be sent as a header */
export function readToken(value: unknown): string {
	const token = typeof value === 'string' ? value.trim() : '';
	if (token === '') {
		throw new InvalidInputError(
			'Auth Token',
			'is empty',
			'Enter a Sentry token in the credential.',
		);
	}
	if (!/^[\x21-\x7e]+$/.test(token)) {
		throw new InvalidInputError(
			'Auth Token',
			'holds a space or another character that no token has',
			'Copy the token from Sentry again and enter it in the credential.',
		);
	}
	return token;
}
