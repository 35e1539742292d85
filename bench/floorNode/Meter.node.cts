import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

import type { BenchItem } from '../cases.cts';
import { startMeter } from '../meter.cts';
import { startProfile } from '../profile.cts';
import type { Reading } from '../meter.cts';

/** What the second of the two nodes hands over. */
export interface NodeReading extends Reading {
	rows: number;
	failures: number;
	/** What the first failure says. */
	firstFailure?: unknown;
}

let stopMeter: (() => Reading) | undefined;
let stopProfile: (() => void) | undefined;

/**
 * Two of these nodes stand around the nodes that are measured: the first makes the items from the webhook's
 * body, the second tells what happened since. So n8n's webhook and database are not counted.
 */
export class Meter implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Meter',
		name: 'meter',
		group: ['transform'],
		version: 1,
		description: 'Measures the nodes between two of it',
		defaults: { name: 'Meter' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [{ displayName: 'Is First', name: 'isFirst', type: 'boolean', default: false }],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const input = this.getInputData();
		if (this.getNodeParameter('isFirst', 0) === true) {
			const { items } = input[0]?.json.body as { items: BenchItem[] };
			const output = items.map((item) => ({ json: { ...item }, pairedItem: 0 }));
			stopProfile = startProfile(this.getWorkflow().name);
			stopMeter = startMeter();
			return await Promise.resolve([output]);
		}
		const reading = stopMeter?.();
		stopProfile?.();
		const failures = input.filter(({ json }) => json.error !== undefined);
		const json = {
			...reading,
			rows: input.length - failures.length,
			failures: failures.length,
			...(failures[0] !== undefined && { firstFailure: failures[0].json }),
		};
		return [[{ json }]];
	}
}
