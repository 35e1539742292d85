import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

import { runBare } from '../bare.cts';
import type { BareSend } from '../bare.cts';
import type { BenchItem, CaseName } from '../cases.cts';

const CREDENTIAL = 'sentryClientKeysApi';

/**
 * The least that a node can do: the requests of a case through n8n's own HTTP helper, either from a pool,
 * or one after the other and through the older helper, as n8n's Sentry.io node sends its own. The names are
 * taken from the items, or, as every other node has to, from a parameter that is an expression.
 */
export class Bare implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Bare',
		name: 'bare',
		group: ['transform'],
		version: 1,
		description: 'Sends requests and does nothing else',
		defaults: { name: 'Bare' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: CREDENTIAL, required: true }],
		properties: [
			{ displayName: 'Case', name: 'case', type: 'string', default: '' },
			{ displayName: 'In Flight', name: 'inFlight', type: 'number', default: 1 },
			{ displayName: 'Is Loop', name: 'isLoop', type: 'boolean', default: false },
			{ displayName: 'Is Reader', name: 'isReader', type: 'boolean', default: false },
			{ displayName: 'Name', name: 'name', type: 'string', default: '' },
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const isReader = this.getNodeParameter('isReader', 0) as boolean;
		const items = this.getInputData().map(({ json }, index) => {
			const item = json as unknown as BenchItem;
			return isReader ? { ...item, name: this.getNodeParameter('name', index) as string } : item;
		});
		const { authToken, baseUrl } = await this.getCredentials<Record<string, string>>(CREDENTIAL);
		const isLoop = this.getNodeParameter('isLoop', 0) as boolean;

		const sendByHelper: BareSend = async ({ method, path, body }) => {
			const response = (await this.helpers.httpRequestWithAuthentication.call(this, CREDENTIAL, {
				method,
				url: `${baseUrl}${path}`,
				...(body && { body }),
				json: true,
				returnFullResponse: true,
			})) as { body: unknown; headers: IDataObject };
			return { body: response.body, link: response.headers.link as string };
		};
		const sendByOldHelper: BareSend = async ({ method, path, body }) => {
			const response = (await this.helpers.request({
				method,
				uri: `${baseUrl}${path}`,
				headers: { Authorization: `Bearer ${authToken}` },
				...(body && { body }),
				json: true,
				resolveWithFullResponse: true,
			})) as { body: unknown; headers: IDataObject };
			return { body: response.body, link: response.headers.link as string };
		};

		const rows = await runBare(
			this.getNodeParameter('case', 0) as CaseName,
			items,
			isLoop ? 1 : (this.getNodeParameter('inFlight', 0) as number),
			isLoop ? sendByOldHelper : sendByHelper,
		);
		return [rows.map((row, item) => ({ json: row as IDataObject, pairedItem: { item } }))];
	}
}
