import { NodeHelpers } from 'n8n-workflow';
import type { INodeProperties } from 'n8n-workflow';

import { operations } from '../../../nodes/SentryClientKeys/operations/index.ts';
import type { Operation } from '../../../nodes/SentryClientKeys/operations/types.ts';
import { properties } from '../../../nodes/SentryClientKeys/properties.ts';
import { OPTION_RANGES } from '../../../nodes/SentryClientKeys/parameters/options.ts';

const named = (name: string, from: INodeProperties[] = properties): INodeProperties => {
	const found = from.find((property) => property.name === name);
	if (found === undefined) throw new Error(`There is no parameter ${name}`);
	return found;
};
const optionsOf = (name: string) => (named(name).options ?? []) as INodeProperties[];

/** The parameters that n8n shows for these values. */
const shownFor = (values: Record<string, boolean | string>) =>
	properties
		.filter((property) =>
			NodeHelpers.displayParameter(
				{
					authentication: 'authToken',
					resource: 'clientKey',
					operation: 'create',
					specifyBody: 'fields',
					returnAll: false,
					scope: 'project',
					identifyBy: 'projectAndKey',
					...values,
				},
				property,
				{ typeVersion: 1 },
				null,
			),
		)
		.map(({ name }) => name);

const IN_PROJECT = 'authentication resource operation organization project';
const ON_KEY = 'authentication resource operation identifyBy organization project clientKey';
const LIST = 'returnAll limit filters';

it.each([
	['clientKey', 'create', `${IN_PROJECT} specifyBody name rateLimit`],
	['clientKey', 'delete', ON_KEY],
	['clientKey', 'get', ON_KEY],
	['clientKey', 'getAll', `authentication resource operation scope organization project ${LIST}`],
	['clientKey', 'rotate', `${ON_KEY} previousKey`],
	['clientKey', 'update', `${ON_KEY} updateFields`],
	['clientKey', 'upsert', `${IN_PROJECT} name ifInactive ifSeveral additionalFields`],
	['organization', 'getAll', `authentication resource operation ${LIST}`],
	['project', 'getAll', `authentication resource operation organization ${LIST}`],
])('the panel of %s, %s shows its parameters in this order', (resource, operation, names) => {
	expect(shownFor({ resource, operation }).join(' ')).toBe(`${names} resultFormat options`);
});

it('a key that is chosen by its DSN needs no project', () => {
	const shown = shownFor({ resource: 'clientKey', operation: 'get', identifyBy: 'dsn' });
	expect(shown.join(' ')).toBe(
		'authentication resource operation identifyBy dsn organization resultFormat options',
	);
});

it('a create by JSON has a body in place of the fields', () => {
	expect(shownFor({ specifyBody: 'json' }).join(' ')).toBe(
		`${IN_PROJECT} specifyBody body resultFormat options`,
	);
});

it('a list of the whole organization has no project', () => {
	const names = shownFor({ operation: 'getAll', scope: 'organization' });
	expect(names.join(' ')).toBe(
		`authentication resource operation scope organization ${LIST} resultFormat options`,
	);
});

it('wherever a project is shown, it is required', () => {
	const projects = properties.filter(({ name }) => name === 'project');
	expect(projects.every(({ required }) => required)).toBe(true);
});

it.each([
	['resource', 'clientKey'],
	['operation', 'create'],
	['scope', 'project'],
	['specifyBody', 'fields'],
	['resultFormat', 'structuredTable'],
])('%s starts as %s, one of its choices', (name, value) => {
	const choices = optionsOf(name) as unknown as Array<{ value: string }>;
	expect(named(name).default).toBe(value);
	expect(choices.map((choice) => choice.value)).toContain(value);
});

it.each(['organization', 'project'])(
	'%s is chosen from a list, by ID or slug, or by address',
	(name) => {
		const { modes = [], required, type } = named(name);
		expect({ type, required }).toEqual({ type: 'resourceLocator', required: true });
		expect(modes.map((mode) => `${mode.name}: ${mode.displayName}`)).toEqual([
			'list: From List',
			'id: By ID',
			'url: By URL',
		]);
	},
);

const byName = Object.values(operations).flatMap((ofResource: Record<string, Operation>) =>
	Object.values(ofResource),
);

it('a dry run is offered wherever there is something to preview', () => {
	const offered = byName.filter(({ options = [] }) => options.includes('dryRun'));
	expect(offered).toEqual(byName.filter((operation) => 'preview' in operation));
	expect(offered.length).toBeGreaterThan(4);
});

it.each([
	['create', 'dryRun dsnAddress idempotencyKey redactSecrets safeRetry'],
	['delete', 'dryRun ifNotFound'],
	['get', 'dsnAddress includeUsage redactSecrets usageDays'],
	['rotate', 'dryRun dsnAddress redactSecrets safeRetry'],
	['update', 'dryRun dsnAddress redactSecrets'],
])('the options of %s are shown', (name, names) => {
	const node = { resource: 'clientKey', operation: name, resultFormat: 'structuredTable' };
	const shown = optionsOf('options').filter((entry) =>
		NodeHelpers.displayParameter({}, entry, { typeVersion: 1 }, null, node),
	);
	const ofAll = ['maxConcurrentRequests', 'maxRetries', 'timeout'];
	expect(shown.map((entry) => entry.name).sort()).toEqual([...names.split(' '), ...ofAll].sort());
});

it('options are listed by the alphabet', () => {
	const names = optionsOf('options').map(({ displayName }) => displayName);
	expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
	expect(names.length).toBeGreaterThan(5);
});

it.each(Object.entries(OPTION_RANGES))(
	'the editor’s %s is that of the check',
	(name, { label, default: fallback, min }) => {
		const option = named(name, optionsOf('options'));
		expect(option.displayName).toBe(label);
		expect(option.default).toBe(fallback);
		expect(option.typeOptions?.minValue).toBe(min);
	},
);

it('the idempotency key tells when to use another one', () => {
	const { description } = named('idempotencyKey', optionsOf('options'));
	expect(description).toMatch(/one value per intended key/i);
	expect(description).toMatch(/new value after a key was deleted/);
	expect(description).toMatch(/same DSN/);
});

it('half a rate limit is not filled up with a number nobody entered', () => {
	const [limit] = optionsOf('rateLimit') as unknown as Array<{ values: INodeProperties[] }>;
	expect(limit?.values.map(({ name, default: fallback }) => [name, fallback])).toEqual([
		['count', ''],
		['window', ''],
	]);
});
