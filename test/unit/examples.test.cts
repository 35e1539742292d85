import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { INode, INodeProperties } from 'n8n-workflow';

import { findOperation } from '../../nodes/SentryClientKeys/operations/index.ts';
import { properties } from '../../nodes/SentryClientKeys/properties.ts';
import { examples } from '../../tools/examples.cts';
import { REPOSITORY } from '../../tools/package.cts';

const OUR_NODE = 'n8n-nodes-sentry-client-keys.sentryClientKeys';
const OUR_TOOL = `${OUR_NODE}Tool`;
const NOTE = 'n8n-nodes-base.stickyNote';
const MCP_TRIGGER = '@n8n/n8n-nodes-langchain.mcpTrigger';

/** What else examples are made of; the end-to-end tests run them, so that a misspelt one fails there. */
const OTHER_NODES = [
	MCP_TRIGGER,
	...[
		'convertToFile',
		'filter',
		'httpRequest',
		'manualTrigger',
		'merge',
		'respondToWebhook',
		'scheduleTrigger',
		'set',
		'slack',
		'stickyNote',
		'wait',
		'webhook',
	].map((name) => `n8n-nodes-base.${name}`),
];
/** What n8n adds to a node that is used as a tool. */
const OF_TOOLS = ['descriptionType', 'toolDescription'];

/** How large n8n draws nodes: their box, and below it their name, which may be wider. */
const BOX = 96;
const WIDE_BOX = 224;
const HANDLE = 32;
const NAME = { width: 200, height: 56 };
const GRID = 16;

interface Area {
	name: string;
	left: number;
	top: number;
	right: number;
	bottom: number;
}

const shown = readFileSync(join(REPOSITORY, 'docs/examples.md'), 'utf8');

describe.each(examples().map((example) => [example.id, example] as const))('%s', (id, example) => {
	const { name, nodes, connections } = example;
	const ours = nodes.filter(({ type }) => type === OUR_NODE || type === OUR_TOOL);

	it('holds nothing that belongs to an instance or an account', () => {
		expect(Object.keys(example).sort()).toEqual(['connections', 'id', 'name', 'nodes', 'settings']);
		for (const node of nodes) expect(node).not.toHaveProperty('credentials');
		expect(JSON.stringify(example)).not.toMatch(
			/sntr(y|ys|yu|ya)_|xox[a-z]-|gh[a-z]_|github_pat_|[0-9a-f]{32}|hooks\.slack\.com/,
		);
	});

	it('is made of nodes that there are, each with an ID and a name of its own', () => {
		for (const { type } of nodes) expect([OUR_NODE, OUR_TOOL, ...OTHER_NODES]).toContain(type);
		expect(new Set(nodes.map((node) => node.id)).size).toBe(nodes.length);
		expect(new Set(nodes.map((node) => node.name)).size).toBe(nodes.length);
		expect(ours.length).toBeGreaterThan(0);
	});

	it('leads from its trigger to every other node', () => {
		const links = Object.entries(connections).flatMap(([from, byType]) =>
			Object.values(byType)
				.flat(2)
				.map((to) => [from, to?.node]),
		);
		const linked = links.flat();
		expect(nodes.map((node) => node.name)).toEqual(expect.arrayContaining(linked));
		for (const node of nodes) {
			if (node.type !== NOTE) expect(linked).toContain(node.name);
		}
	});

	it('has one note: its name, what it does and what to change in which node', () => {
		const notes = nodes.filter(({ type }) => type === NOTE);
		expect(notes).toHaveLength(1);
		const content = notes[0]?.parameters.content as string;
		const [heading, about, change] = content.split(/\n+/);
		expect(heading).toBe(`## ${name}`);
		expect(about).toMatch(/^[A-Z].*\.$/);
		expect(change).toBe('**What to change**');
		const named = [...content.matchAll(/\*\*(.+?)\*\*/g)].map(([, bold = '']) => bold).slice(1);
		expect(named.length).toBeGreaterThan(0);
		const known = [...nodes.map((node) => node.name), ...properties.map((p) => p.displayName)];
		expect(known).toEqual(expect.arrayContaining(named));
	});

	it('lies on the canvas so that nothing covers anything else', () => {
		const areas = nodes.map((node) => areaOf(node, outputsOf(node)));
		const offGrid = nodes.filter(({ position }) => position.some((pixel) => pixel % GRID !== 0));
		expect(offGrid).toEqual([]);
		const overlaps = areas.flatMap((a, index) =>
			areas
				.slice(index + 1)
				.filter((b) => areOverlapping(a, b))
				.map((b) => `${a.name} / ${b.name}`),
		);
		expect(overlaps).toEqual([]);
	});

	it('uses the operations and the parameters that our node has', () => {
		for (const { type, parameters } of ours) {
			const { resource, operation } = parameters;
			expect(findOperation(resource as string, operation as string)).toBeDefined();
			const unknown = unknownIn(parameters, properties, parameters);
			expect(unknown).toEqual(type === OUR_TOOL ? OF_TOOLS : []);
		}
	});

	it('is shown in docs/examples.md, by a small picture', () => {
		const [, section = ''] = shown.split(`\n## ${name}\n`);
		expect(section).toContain(`](../examples/${id}.json)`);
		const picture = `images/examples/${id}.png`;
		expect(section.split('\n## ')[0]).toContain(`](${picture})`);
		expect(statSync(join(REPOSITORY, 'docs', picture)).size).toBeLessThanOrEqual(60_000);
	});
});

it('docs/examples.md shows no others', () => {
	expect(shown.match(/^## /gm)).toHaveLength(examples().length);
});

/** Outputs that n8n draws at the right of a node; our node has two, and one for errors where it has one. */
function outputsOf({ type, onError }: INode): number {
	if (type !== OUR_NODE) return 1;
	return onError === 'continueErrorOutput' ? 3 : 2;
}

/** The room that a node takes, in n8n's pixels. */
function areaOf({ name, type, position, parameters }: INode, outputs: number): Area {
	const [x, y] = position;
	if (type === NOTE) {
		const { width, height } = parameters;
		return { name, left: x, top: y, right: x + Number(width), bottom: y + Number(height) };
	}
	const width = type === MCP_TRIGGER ? WIDE_BOX : BOX;
	const inputs = type === 'n8n-nodes-base.merge' ? Number(parameters.numberInputs) : 1;
	const height = Math.max(BOX, (Math.max(outputs, inputs) + 1) * HANDLE);
	const overhang = Math.max(0, (NAME.width - width) / 2);
	return {
		name,
		left: x - overhang,
		top: y,
		right: x + width + overhang,
		bottom: y + height + NAME.height,
	};
}

function areOverlapping(a: Area, b: Area): boolean {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** The names of parameters that none of these properties has, inside collections too. */
function unknownIn(values: object, known: INodeProperties[], all: INode['parameters']): string[] {
	return Object.entries(values).flatMap(([name, value]: [string, unknown]) => {
		const property = known.find((one) => one.name === name && isFor(one, all));
		if (property === undefined) return [name];
		if (property.type !== 'collection' && property.type !== 'fixedCollection') return [];
		return unknownIn(value as object, property.options as INodeProperties[], all);
	});
}

/** Whether the panel shows a parameter for the chosen resource and operation. */
function isFor({ displayOptions }: INodeProperties, { resource, operation }: INode['parameters']) {
	const { show = {} } = displayOptions ?? {};
	const allows = (name: string, value: unknown) => show[name]?.includes(value as string) ?? true;
	return allows('resource', resource) && allows('operation', operation);
}
