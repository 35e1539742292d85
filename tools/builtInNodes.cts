import { NodeConnectionTypes } from 'n8n-workflow';
import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

/**
 * The few nodes of n8n-nodes-base that the example workflows start with, as far as the examples use
 * them: that package is 180 MB, too much for a demo. The end-to-end tests run the real ones.
 */
export const builtInNodes: Record<string, INodeType> = {
	'n8n-nodes-base.manualTrigger': passThrough('Manual Trigger', []),
	'n8n-nodes-base.stickyNote': passThrough('Sticky Note', []),
	'n8n-nodes-base.noOp': passThrough('No Operation', [NodeConnectionTypes.Main]),
	'n8n-nodes-base.set': {
		...passThrough('Edit Fields (Set)', [NodeConnectionTypes.Main]),
		async execute(this: IExecuteFunctions) {
			const items = this.getInputData().map((_, itemIndex) => ({
				json: Object.fromEntries(
					assignmentsOf(this, itemIndex).map(({ name, value }) => [name, value]),
				),
				pairedItem: { item: itemIndex },
			}));
			return await Promise.resolve([items]);
		},
	},
};

interface Assignment {
	name: string;
	value: string;
}

function assignmentsOf(node: IExecuteFunctions, itemIndex: number): Assignment[] {
	return node.getNodeParameter('assignments.assignments', itemIndex, []) as Assignment[];
}

function passThrough(
	displayName: string,
	inputs: Array<typeof NodeConnectionTypes.Main>,
): INodeType {
	return {
		description: {
			displayName,
			name: displayName,
			description: displayName,
			group: ['transform'],
			version: [1, 3, 3.4],
			defaults: { name: displayName },
			inputs,
			outputs: [NodeConnectionTypes.Main],
			properties: [
				{ displayName: 'Fields', name: 'assignments', type: 'assignmentCollection', default: {} },
			],
		},
		async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			return await Promise.resolve([this.getInputData()]);
		},
	};
}
