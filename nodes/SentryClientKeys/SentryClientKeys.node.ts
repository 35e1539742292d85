import { NodeConnectionTypes } from 'n8n-workflow';
import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

import { testSentryClientKeysApi } from './execution/credentialTest';
import { runItems } from './execution/runItems';
import { searchBrowserSdkVersions } from './listSearch/browserSdkVersions';
import { searchClientKeys } from './listSearch/clientKeys';
import { searchOrganizations } from './listSearch/organizations';
import { searchProjects } from './listSearch/projects';
import { properties } from './properties';

export class SentryClientKeys implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Sentry Client Keys',
		name: 'sentryClientKeys',
		icon: { light: 'file:sentryClientKeys.svg', dark: 'file:sentryClientKeys.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Create, find, change, rotate and delete Sentry client keys (DSNs)',
		defaults: { name: 'Sentry Client Keys' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Result', 'Configuration'],
		credentials: [
			{
				name: 'sentryClientKeysApi',
				required: true,
				testedBy: 'testSentryClientKeysApi',
				// Undefined, for parameters that come without their defaults.
				displayOptions: { show: { authentication: ['authToken', undefined] } },
			},
			{
				name: 'sentryClientKeysOAuth2Api',
				required: true,
				displayOptions: { show: { authentication: ['oAuth2'] } },
			},
		],
		sensitiveOutputFields: ['secret', 'dsn.secret', 'body.secret', 'body.dsn.secret'],
		properties,
	};

	methods = {
		credentialTest: { testSentryClientKeysApi },
		listSearch: {
			searchBrowserSdkVersions,
			searchClientKeys,
			searchOrganizations,
			searchProjects,
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const configuration = this.getInputData().map((item, index) => ({
			...item,
			pairedItem: { item: index },
		}));
		return [await runItems(this), configuration];
	}
}
