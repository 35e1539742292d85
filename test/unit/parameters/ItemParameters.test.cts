import type { IExecuteFunctions } from 'n8n-workflow';

import { ItemParameters } from '../../../nodes/SentryClientKeys/parameters/ItemParameters.ts';
import { inputFailureOf } from '../support/inputFailure.cts';

const parameters = (values: Record<string, unknown>) => new ItemParameters((name) => values[name]);
const locator = (mode: string, value: unknown) => ({ __rl: true, mode, value });

describe('organization and project', () => {
	it.each([
		['from the list', locator('list', 'acme'), 'acme'],
		['by slug', locator('id', ' acme '), 'acme'],
		['by ID', locator('id', '42'), '42'],
		['by the largest ID', locator('id', '9223372036854775807'), '9223372036854775807'],
		['by an ID that an expression made a number', locator('id', 42), '42'],
		['as plain text, as an API client writes it', 'acme', 'acme'],
		['by the address of a page', locator('url', 'https://acme.sentry.io/issues/'), 'acme'],
		['by an API address', locator('url', 'https://sentry.io/api/0/projects/acme/x/'), 'acme'],
	])('an organization may be given %s', (_, organization, expected) => {
		expect(parameters({ organization }).organization).toBe(expected);
	});

	it.each([
		['by slug', locator('id', 'web-app'), 'web-app'],
		['by address', locator('url', 'https://acme.sentry.io/projects/web-app/'), 'web-app'],
		['by the filter of a page', locator('url', 'https://acme.sentry.io/issues/?project=7'), '7'],
	])('a project may be given %s', (_, project, expected) => {
		expect(parameters({ project }).project).toBe(expected);
	});

	it.each([
		['nothing chosen', locator('list', ''), 'is empty'],
		['blanks', locator('id', '   '), 'is empty'],
		['an expression that found nothing', locator('id', undefined), 'has no value'],
		['null', locator('id', null), 'has no value'],
		['no parameter at all', undefined, 'has no value'],
		['an object', locator('id', {}), 'is not text'],
		['the way up', locator('id', '..'), 'is not an ID or slug'],
		['an expression as text', locator('id', '{{ $json.org }}'), 'looks like an expression'],
		['an equals sign', locator('id', '=acme'), 'looks like an expression'],
		['no number', locator('id', NaN), 'is a number that is no ID'],
		['a longer number', locator('id', '9223372036854775808'), 'is a longer number than any ID'],
		['two at once', locator('id', 'acme/web-app'), 'is not an ID or slug'],
		['an address where a slug belongs', locator('id', 'https://acme.sentry.io/'), 'is not an ID'],
		['a slug where an address belongs', locator('url', 'acme'), 'is not the address of'],
		['no address', locator('url', undefined), 'is not the address of'],
		['a page of no organization', locator('url', 'https://sentry.io/'), 'is not the address of'],
		[
			'an address that leads up',
			locator('url', 'https://sentry.io/organizations/%252e%252e/'),
			'is not an ID or slug',
		],
		['an expression in the editor', locator('list', '={{ $json.x }}'), 'is an expression'],
	])('%s is refused, naming the field', (_, organization, complaint) => {
		const failure = inputFailureOf(() => parameters({ organization }).organization);
		expect(failure.message).toContain(`'Organization' ${complaint}`);
		expect(failure.details).toEqual({ code: 'invalid_input', field: 'Organization' });
		expect(failure.remedy).not.toBe('');
	});

	it('a page without a project is no address of a project', () => {
		const project = locator('url', 'https://acme.sentry.io/issues/?project=-1');
		const failure = inputFailureOf(() => parameters({ project }).project);
		expect(failure.message).toBe("'Project' is not the address of a Sentry project");
		expect(failure.remedy).toContain('project=-1');
	});
});

describe('a filter', () => {
	const filter = (filters: unknown, raw: unknown = { query: '={{ $json.q }}' }) =>
		new ItemParameters(
			() => filters,
			() => raw,
		).filter('query', 'Query');

	it('that was left empty is none', () => {
		expect(filter({ query: '' }, { query: '' })).toBeUndefined();
	});

	it.each([
		[undefined, undefined],
		[{}, undefined],
		[{ query: ' web ' }, 'web'],
		[{ query: 42 }, '42'],
	])('of %j is %p', (filters, expected) => {
		expect(filter(filters)).toBe(expected);
	});

	it.each([
		['', 'is empty'],
		[null, 'is empty'],
		[undefined, 'is empty'],
		[{ a: 1 }, 'is not text'],
		[NaN, 'is not text'],
		[['web'], 'is not text'],
	])(
		'whose expression gives %j is refused, because it would let everything through',
		(query, why) => {
			expect(() => filter({ query })).toThrow(`'Filters > Query' ${why}`);
		},
	);
});

describe('the number of results', () => {
	it.each([
		[{ returnAll: 'TRUE', limit: 5 }, undefined],
		[{ returnAll: 1, limit: 5 }, undefined],
		[{ returnAll: 'no', limit: '5' }, 5],
		[{}, 50],
	])('of %j is at most %p', (values, expected) => {
		expect(parameters(values).limit).toBe(expected);
	});

	it('is not guessed from a switch that says neither', () => {
		expect(() => parameters({ returnAll: 'all' }).limit).toThrow(
			"'Return All' is neither true nor false",
		);
	});
});

describe('a drop-down', () => {
	const choice = (previousKey: unknown) =>
		parameters({ previousKey }).choice('previousKey', 'Previous Key', ['keep', 'delete'], 'keep');

	it.each([
		['delete', 'delete'],
		['', 'keep'],
		[undefined, 'keep'],
		[null, 'keep'],
	])('that is %p is read as %p', (value, expected) => {
		expect(choice(value)).toBe(expected);
	});

	it.each(['Delete', 'toString', 1, {}])('cannot be %p', (value) => {
		const failure = inputFailureOf(() => choice(value));
		expect(failure.message).toBe("'Previous Key' is not one of the choices");
		expect(failure.remedy).toBe('Use one of: keep, delete.');
	});
});

describe('a client key', () => {
	const ID = '0123456789abcdef0123456789abcdef';
	const keyId = (clientKey: unknown) =>
		parameters({ organization: 'acme', project: 'web-app', clientKey }).keyTarget.keyId;

	it.each([
		[ID, ID],
		[` ${ID.toUpperCase()}\n`, ID],
		['01234567-89AB-cdef-0123-456789abcdef', ID],
		['0'.repeat(32), '0'.repeat(32)],
	])('may be %p', (value, expected) => {
		expect(keyId(locator('id', value))).toBe(expected);
	});

	it.each([
		['my-app', 'is no key ID: "my-app" looks like a name'],
		['not a key', 'looks like a name'],
		['undefined', 'looks like an expression that found nothing'],
		['[object Object]', 'looks like an expression that found nothing'],
		['{{ $json.id }}', 'looks like an expression that was not worked out'],
		['={{ $json.id }}', 'looks like an expression that was not worked out'],
		['42', 'looks like the ID of a project'],
		[ID.slice(1), 'looks like a part of an ID'],
		[NaN, 'is a number that is no ID'],
	])('cannot be %p: it %s', (value, complaint) => {
		expect(inputFailureOf(() => keyId(locator('id', value))).message).toContain(complaint);
	});
});

describe('a DSN', () => {
	const ID = '0123456789abcdef0123456789abcdef';
	const DSN = `https://${ID}:5ecre7@o1.ingest.us.sentry.io/42`;
	const chosen = (organization: string, project: string) =>
		parameters({ organization, project, clientKey: locator('dsn', DSN) }).keyTarget;

	describe('by itself', () => {
		const target = (dsn: unknown, organization?: unknown) =>
			parameters({ identifyBy: 'dsn', dsn, organization }).keyTarget;

		it('names the key, its project and perhaps its organization', () => {
			const dsn = { publicKey: ID, organizationId: '1', projectId: '42', isPage: false };
			expect(target(DSN)).toEqual({ keyId: ID, dsn });
			expect(target(`SENTRY_DSN="https://${ID}@sentry.example/7"`)).toEqual({
				keyId: ID,
				dsn: { publicKey: ID, projectId: '7', isPage: false },
			});
		});

		it('may stand beside its organization', () => {
			expect(target(DSN, locator('id', 'acme'))).toMatchObject({ organization: 'acme' });
			const { message } = inputFailureOf(() => target(DSN, locator('id', '2')));
			expect(message).toBe("'DSN' is the DSN of another organization than the one that was chosen");
		});

		it('may be the page of the key, which names organization and project', () => {
			const page = `https://acme.sentry.io/settings/projects/web-app/keys/${ID}/`;
			expect(target(page)).toEqual({ keyId: ID, organization: 'acme', project: 'web-app' });
			const { message } = inputFailureOf(() => target(page, locator('id', 'globex')));
			expect(message).toBe("'DSN' is the DSN of another organization than the one that was chosen");
		});

		it.each([
			[`https://js.sentry-cdn.com/${ID}.min.js`, /^'DSN' names a key, but no project$/],
			['', /^'DSN' is empty$/],
			[undefined, /^'DSN' is empty$/],
			['my-app', /^'DSN' is not a DSN$/],
			['={{ $json.dsn }}', /looks like an expression/],
			[`${DSN} https://${ID}@o1.ingest.us.sentry.io/43`, /two different DSNs/],
		])('cannot be %p', (dsn, complaint) => {
			const { message, remedy } = inputFailureOf(() => target(dsn));
			expect(message).toMatch(complaint);
			expect(message + remedy).not.toContain('5ecre7');
		});
	});

	it('as the address of organization and project names both by ID', () => {
		const value = locator('url', DSN);
		const { organization, project } = parameters({ organization: value, project: value });
		expect([organization, project]).toEqual(['1', '42']);
	});

	it.each(['https://K:5ecre7@sentry.io/42', `https://js.sentry-cdn.com/${ID}.min.js`])(
		'that names no organization is no address of one, and is not quoted: %s',
		(value) => {
			const read = () => parameters({ organization: locator('url', value) }).organization;
			const { message, remedy } = inputFailureOf(read);
			expect(message).toBe("'Organization' is not the address of a Sentry organization");
			expect(message + remedy).not.toContain('5ecre7');
		},
	);

	it('is not quoted where an ID belongs', () => {
		const { remedy } = inputFailureOf(() => parameters({ project: locator('id', DSN) }).project);
		expect(remedy).toContain('…@o1.ingest');
		expect(remedy).not.toContain('5ecre7');
	});

	it.each([
		['acme', 'web-app'],
		['1', '42'],
		['acme', '42'],
	])('is taken for %s/%s', (organization, project) => {
		expect(chosen(organization, project).keyId).toBe(ID);
	});

	it.each([
		['2', 'web-app', 'organization'],
		['acme', '43', 'project'],
	])('is refused for %s/%s: another %s', (organization, project, what) => {
		const { message, details } = inputFailureOf(() => chosen(organization, project));
		expect(message).toContain(`is the DSN of another ${what}`);
		expect(details.code).toBe('invalid_input');
	});
});

it('each parameter is asked of n8n once, which works an expression out each time', () => {
	const asked: string[] = [];
	const values: Record<string, unknown> = {
		organization: locator('id', 'acme'),
		project: locator('id', 'web-app'),
	};
	const getNodeParameter = (name: string, _item: number, _otherwise: null, options: object) => {
		if (!('rawExpressions' in options && options.rawExpressions === true)) asked.push(name);
		return values[name];
	};
	const node = { getNodeParameter } as unknown as IExecuteFunctions;
	const item = ItemParameters.ofItem(node, 0);
	expect([item.organization, item.project, item.organization]).toEqual(['acme', 'web-app', 'acme']);
	expect(asked).toEqual(['organization', 'project']);
});
