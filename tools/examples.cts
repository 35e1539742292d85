import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { WorkflowImport } from './n8nInstance.cts';
import { REPOSITORY } from './package.cts';

/** The credential that the example workflows name. */
export const EXAMPLE_CREDENTIAL_ID = 'sentryClientKeys';

/** The workflows in `examples/`; each has its file's name for an ID. */
export function exampleWorkflows(): WorkflowImport[] {
	const folder = join(REPOSITORY, 'examples');
	return readdirSync(folder)
		.filter((file) => file.endsWith('.json'))
		.map((file) => ({
			...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Omit<WorkflowImport, 'id'>),
			id: file.replace(/\.json$/, ''),
		})) as WorkflowImport[];
}
