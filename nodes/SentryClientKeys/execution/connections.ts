import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
} from 'n8n-workflow';

import { credentialTypeOf } from '../parameters/authentication';
import type { Authentication } from '../parameters/authentication';
import { normalizeBaseUrl } from '../sentry/baseUrl';
import { SentryClient } from '../sentry/client';
import { OrganizationsAndProjects } from '../sentry/organizationsAndProjects';
import { tokenKindOf } from '../sentry/tokenKind';
import type { SentryClientOptions } from '../sentry/client';
import { InvalidInputError } from '../sentry/errors';
import { readExtraHeaders } from '../sentry/extraHeaders';
import { isRecord } from '../sentry/json';
import { ServerKeys } from '../sentry/keys/serverKeys';
import { readChoice, refuseExpression } from '../sentry/values';
import { transport } from './transport';

/** One Sentry server, reached with one credential. */
export interface Connection {
	sentry: SentryClient;
	/** What this run knows of the server's organizations and projects, shared by its items. */
	organizationsAndProjects: OrganizationsAndProjects;
	/** What this run knows of the server's keys, shared by its items. */
	keys: ServerKeys;
}

export type ConnectionSettings = Pick<
	SentryClientOptions,
	'clock' | 'isDryRun' | 'maxConcurrentRequests' | 'maxRetries' | 'timeout'
>;

/**
 * The connections of one run: items with the same credential and settings share one, and with it the
 * pace and what was learned; items whose credential holds expressions may each have their own.
 */
export class Connections {
	private readonly open = new Map<string, Connection>();
	private readonly authentication: Authentication;

	constructor(private readonly node: IExecuteFunctions) {
		this.authentication = readAuthentication(node.getNodeParameter('authentication', 0, null));
	}

	/** @throws InvalidInputError if the credential's values can't be used */
	async ofItem(itemIndex: number, settings: ConnectionSettings): Promise<Connection> {
		const type = credentialTypeOf(this.authentication);
		const credentials = await this.node.getCredentials(type, itemIndex);
		const { isDryRun, maxRetries, timeout } = settings;
		// A token of OAuth2 may be renewed at any moment, and is still the same credential.
		const id = JSON.stringify([
			{ ...credentials, oauthTokenData: undefined },
			isDryRun,
			maxRetries,
			timeout,
		]);
		let connection = this.open.get(id);
		if (connection === undefined) {
			connection = connect(this.node, this.authentication, credentials, settings);
			this.open.set(id, connection);
		}
		return connection;
	}
}

/** The connection of a drop-down in the editor. */
export async function connectEditor(
	node: ILoadOptionsFunctions,
	settings: ConnectionSettings,
): Promise<Connection> {
	const authentication = readAuthentication(node.getCurrentNodeParameter('authentication'));
	const credentials = await node.getCredentials(credentialTypeOf(authentication));
	return connect(node, authentication, credentials, settings);
}

/** @throws InvalidInputError if the credential's values can't be used */
function connect(
	node: IExecuteFunctions | ILoadOptionsFunctions,
	authentication: Authentication,
	credentials: ICredentialDataDecryptedObject,
	settings: ConnectionSettings,
): Connection {
	const { token, data } = readers[authentication](credentials);
	const sentry = new SentryClient({
		...settings,
		baseUrl: normalizeBaseUrl(credentials.baseUrl),
		tokenKind: tokenKindOf(token),
		send: transport(node, authentication, data),
		secrets: [token, ...Object.values(readExtraHeaders(data))],
	});
	return {
		sentry,
		organizationsAndProjects: new OrganizationsAndProjects(sentry),
		keys: new ServerKeys(sentry, node.getInstanceId()),
	};
}

interface Readable {
	token: string;
	/** As n8n's HTTP helper takes it. */
	data: ICredentialDataDecryptedObject;
}

const readers: Record<Authentication, (data: ICredentialDataDecryptedObject) => Readable> = {
	authToken(data) {
		const token = readToken(data.authToken);
		return { token, data: { ...data, authToken: token } };
	},
	oAuth2(data) {
		const { access_token: token } = isRecord(data.oauthTokenData) ? data.oauthTokenData : {};
		if (typeof token !== 'string' || token === '') {
			throw new InvalidInputError(
				'Credential',
				'is not connected to Sentry yet',
				'Open the credential and connect the account.',
			);
		}
		return { token, data };
	},
};

function readAuthentication(value: unknown): Authentication {
	return readChoice(value, ['authToken', 'oAuth2'], 'Authentication') ?? 'authToken';
}

/** @throws InvalidInputError if there is none, or it could not be sent as a header */
export function readToken(value: unknown): string {
	refuseExpression(value, 'Auth Token');
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
