import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { startSandbox } from '../sandbox/index.cts';
import { Editor } from './editor.cts';
import { examples, otherCredentials, sentryCredential, withCredentials } from './examples.cts';
import type { Example } from './examples.cts';
import { N8nInstance } from './n8nInstance.cts';
import { REPOSITORY } from './package.cts';

const IMAGES = join(REPOSITORY, 'docs', 'images');
const NODE = 'Sentry Client Keys';

/** Redraws `docs/images/` in a real editor: the README's picture, and the canvas of every example. */
async function main(): Promise<void> {
	const sandbox = await startSandbox();
	const n8n = await N8nInstance.create();
	try {
		const credentials = [sentryCredential(sandbox.tokens.write, sandbox.url), ...otherCredentials];
		const workflows = examples().map((example) => withCredentials(example, credentials));
		await n8n.importCredentials(credentials);
		await n8n.importWorkflows(workflows.map(asDrawn));
		const editor = await Editor.open(await n8n.start());
		await mkdir(join(IMAGES, 'examples'), { recursive: true });
		for (const { id, nodes } of workflows) {
			await editor.drawCanvas(id, nodes.length, join(IMAGES, 'examples', `${id}.png`));
		}
		await drawPanel(editor, 'create-client-key');
		await editor.close();
	} finally {
		await n8n.remove();
		await sandbox.close();
	}
}

/** The panel's picture shows what fits into it: the DSN alone. */
function asDrawn(example: Example): Example {
	const nodes = example.nodes.map((node) =>
		node.name === NODE
			? { ...node, parameters: { ...node.parameters, resultFormat: 'dsn' } }
			: node,
	);
	return { ...example, nodes };
}

/** The README's picture: the node's panel after a run, in both of n8n's themes. */
async function drawPanel(editor: Editor, workflowId: string): Promise<void> {
	await editor.openNode(workflowId, NODE);
	await editor.executeStep();
	await editor.page.mouse.move(0, 0);
	for (const [colorScheme, suffix] of [
		['light', ''],
		['dark', '-dark'],
	] as const) {
		await editor.page.emulateMedia({ colorScheme });
		await editor.page.waitForTimeout(SETTLE_MS);
		const path = join(IMAGES, `${workflowId}${suffix}.png`);
		await editor.page.getByTestId('ndv').screenshot({ path });
	}
}

/** Until pop-ups and animations are over, in milliseconds. */
const SETTLE_MS = 6_000;

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
