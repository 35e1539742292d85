import { ICredentialsHelper, UnexpectedError } from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	ICredentials,
	ICredentialsExpressionResolveValues,
	ICredentialType,
	IExecuteData,
	IHttpRequestOptions,
	INodeCredentialsDetails,
	INodeProperties,
	IWorkflowExecuteAdditionalData,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import { SentryClientKeysApi } from '../credentials/SentryClientKeysApi.credentials';
import { SentryClientKeysOAuth2Api } from '../credentials/SentryClientKeysOAuth2Api.credentials';

/** A credential as a user has saved it; its values may be expressions. */
export type StoredCredential = ICredentialDataDecryptedObject;

const types: Record<string, ICredentialType> = {
	sentryClientKeysApi: new SentryClientKeysApi(),
	sentryClientKeysOAuth2Api: new SentryClientKeysOAuth2Api(),
};

/**
 * n8n's credentials without its database: values come from memory, and are resolved and put on requests
 * the way n8n's own helper does it.
 */
export class CredentialsHelper extends ICredentialsHelper {
	constructor(private readonly stored: Record<string, StoredCredential>) {
		super();
	}

	override getParentTypes(type: string): string[] {
		return types[type]?.extends ?? [];
	}

	override isCredentialUsableByNode(): boolean {
		return true;
	}

	override async authenticate(
		credentials: ICredentialDataDecryptedObject,
		type: string,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = types[type] ?? {};
		return typeof authenticate === 'function' ? await authenticate(credentials, request) : request;
	}

	override async preAuthentication(): Promise<undefined> {
		return await Promise.resolve(undefined);
	}

	override async runPreAuthentication(): Promise<undefined> {
		return await Promise.resolve(undefined);
	}

	override async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		details: INodeCredentialsDetails,
		_type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		_raw?: boolean,
		item?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const stored = this.stored[details.id ?? ''];
		if (stored === undefined) throw new UnexpectedError(`No credential ${details.id ?? ''}`);
		if (item === undefined) return await Promise.resolve({ ...stored });
		return item.workflow.expression.getParameterValue(
			{ ...stored } as Parameters<Workflow['expression']['getParameterValue']>[0],
			item.runExecutionData,
			item.runIndex,
			item.itemIndex,
			item.node.name,
			item.connectionInputData,
			mode,
			{},
			executeData,
		) as ICredentialDataDecryptedObject;
	}

	override getCredentials(): Promise<ICredentials> {
		return Promise.reject(new UnexpectedError('The engine stores no credentials'));
	}

	override updateCredentials(): Promise<void> {
		return Promise.reject(new UnexpectedError('The engine stores no credentials'));
	}

	/** n8n stores a renewed token; here it lasts as long as the engine. */
	override async updateCredentialsOauthTokenData(
		details: INodeCredentialsDetails,
		_type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		this.stored[details.id ?? ''] = { ...data };
		return await Promise.resolve();
	}

	override getCredentialsProperties(type: string): INodeProperties[] {
		return types[type]?.properties ?? [];
	}
}
