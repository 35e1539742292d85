import type { IDataObject } from 'n8n-workflow';

import { operations } from '../../nodes/SentryClientKeys/operations/index.ts';
import { startSandbox } from '../../sandbox/index.cts';
import type { Sandbox } from '../../sandbox/index.cts';
import resultSchemas from '../../tools/resultSchemas.js';
import { addKeys, locator, result, run } from './support.cts';

interface Schema {
	type?: string;
	properties?: Record<string, Schema>;
	items?: Schema;
}

const schemas: Record<string, Record<string, Schema>> = resultSchemas;

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => await sandbox.close());

/** What each operation needs besides the usual. */
const PARAMETERS: Record<string, IDataObject> = {
	'clientKey.update': { updateFields: { name: 'renamed' } },
	'clientKey.upsert': { name: 'production' },
};

const all = Object.entries(operations).flatMap(([resource, ofResource]) =>
	Object.keys(ofResource).map((operation): [string, string] => [resource, operation]),
);

/** Where a value is not what its schema says: "rateLimit.count". Null may stand for anything. */
function misfits(value: unknown, schema: Schema | undefined, path = 'row'): string[] {
	if (value === null) return [];
	if (schema === undefined) return [path];
	if (Array.isArray(value)) {
		return value.flatMap((entry, n) => misfits(entry, schema.items, `${path}[${n}]`));
	}
	if (typeof value === 'object') {
		return Object.entries(value).flatMap(([name, inner]) =>
			misfits(inner, schema.properties?.[name], `${path}.${name}`),
		);
	}
	const type = typeof value === 'number' ? 'integer' : typeof value;
	return type === schema.type ? [] : [path];
}

it.each(all)('the schema of %s, %s is that of its items', async (resource, operation) => {
	const [keyId] = addKeys(sandbox, 1, { rateLimitCount: 5, rateLimitWindow: 60 });
	const [row = {}] = result(
		await run(
			sandbox,
			{
				resource,
				operation,
				clientKey: locator(keyId),
				...PARAMETERS[`${resource}.${operation}`],
			},
			{ token: sandbox.tokens.admin },
		),
	);
	const schema = schemas[resource]?.[operation];
	expect(Object.keys(schema?.properties ?? {})).toEqual(Object.keys(row));
	expect(misfits(row, schema)).toEqual([]);
});
