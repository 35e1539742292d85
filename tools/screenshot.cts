import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { startSandbox } from '../sandbox/index.cts';
import { Editor } from './editor.cts';
import { N8nInstance } from './n8nInstance.cts';
import { REPOSITORY } from './package.cts';

const EXAMPLE = 'create-client-key';
const NODE = 'Sentry Client Keys';

/** Redraws the README's picture: the example's node in a real editor, after a run. */
async function main(): Promise<void> {
	const sandbox = await startSandbox();
	const n8n = await N8nInstance.create();
	try {
		await n8n.importCredentials([
			{
				id: 'sentryClientKeys',
				name: 'Sentry Client Keys account',
				type: 'sentryClientKeysApi',
				data: { authToken: sandbox.tokens.write, baseUrl: sandbox.url },
			},
		]);
		const example = JSON.parse(
			readFileSync(join(REPOSITORY, 'examples', `${EXAMPLE}.json`), 'utf8'),
		) as { name: string; nodes: Array<{ name: string; parameters: object }> };
		for (const { name, parameters } of example.nodes) {
			if (name === NODE) Object.assign(parameters, { resultFormat: 'dsn' });
		}
		await n8n.importWorkflows([{ ...example, id: EXAMPLE }]);
		const editor = await Editor.open(await n8n.start());
		await editor.openNode(EXAMPLE, NODE);
		await editor.executeStep();
		await editor.page.mouse.move(0, 0);
		await editor.page.waitForTimeout(SETTLE_MS);
		await editor.page
			.getByTestId('ndv')
			.screenshot({ path: join(REPOSITORY, 'docs', 'images', `${EXAMPLE}.png`) });
		await editor.close();
	} finally {
		await n8n.remove();
		await sandbox.close();
	}
}

/** Until pop-ups and animations are over, in milliseconds. */
const SETTLE_MS = 6_000;

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
