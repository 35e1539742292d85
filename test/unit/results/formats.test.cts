import type { RawResponse } from '../../../nodes/SentryClientKeys/results/types.ts';
import { resultFormats } from '../../../nodes/SentryClientKeys/results/index.ts';
import type { ResultFormatName } from '../../../nodes/SentryClientKeys/results/index.ts';
import type { ClientKey } from '../../../nodes/SentryClientKeys/sentry/types.ts';
import { clientKey, SECRET } from '../support/clientKey.cts';

const COLUMNS =
	'id name label public secret projectId isActive rateLimit dsn browserSdkVersion browserSdk dateCreated dynamicSdkLoaderOptions useCase';

const rowsOf = (
	format: ResultFormatName,
	keys: ClientKey[],
	{ redactSecrets = false, responses }: { redactSecrets?: boolean; responses?: RawResponse[] } = {},
) =>
	resultFormats[format](
		{
			results: keys.map((key) => ({ key })),
			responses: responses ?? keys.map((body) => ({ body, status: 201 })),
		},
		{ redactSecrets, dsnAddress: undefined },
	);

describe('the structured table', () => {
	it.each<[string, ClientKey]>([
		['a whole key', clientKey()],
		['a key with more fields', Object.assign(clientKey(), { newField: 1 })],
		['an old server’s key', { id: 'a'.repeat(32) }],
	])('has the same 14 columns in the same order for %s', (_, key) => {
		const rows = rowsOf('structuredTable', [key]);
		expect(rows.map((row) => Object.keys(row).join(' '))).toEqual([COLUMNS]);
	});

	it('holds what Sentry sent, and null where it sent nothing', () => {
		const key = clientKey({ rateLimit: null, isActive: false });
		expect(rowsOf('structuredTable', [key])).toEqual([{ ...key, useCase: null }]);
	});

	it('is null in every column that an old server does not know', () => {
		const [row] = rowsOf('structuredTable', [{ id: 'x' }]);
		expect(row).toHaveProperty('id', 'x');
		expect(Object.values(row ?? {}).filter((value) => value === null)).toHaveLength(13);
	});

	it('has one row per key, in order', () => {
		const keys = ['1', '2', '3'].map((id) => clientKey({ id }));
		expect(rowsOf('structuredTable', keys).map(({ id }) => id)).toEqual(['1', '2', '3']);
		expect(rowsOf('structuredTable', [])).toEqual([]);
	});

	it('without secrets keeps everything else, the public DSN too', () => {
		const key = clientKey();
		const [row] = rowsOf('structuredTable', [key], { redactSecrets: true });
		expect(row).toEqual({
			...key,
			secret: null,
			dsn: { ...key.dsn, secret: null },
			useCase: null,
		});
	});
});

describe('the raw response', () => {
	it('is the body and the status of each request, and nothing else', () => {
		const key = clientKey();
		expect(rowsOf('rawResponse', [key])).toEqual([{ body: key, status: 201 }]);
	});

	it.each([
		['a refusal', { detail: 'You do not have permission to perform this action.' }, 403],
		['text that is no JSON', 'Bad gateway', 502],
		['nothing', undefined, 204],
	])('may be %s', (_, body, status) => {
		const rows = rowsOf('rawResponse', [], {
			responses: [{ body, status }],
			redactSecrets: true,
		});
		expect(rows).toEqual([{ body: body ?? null, status }]);
	});

	it('without secrets shows a list of keys without each one’s', () => {
		const keys = [clientKey({ id: '1' }), clientKey({ id: '2' })];
		const rows = rowsOf('rawResponse', [], {
			responses: [{ body: keys, status: 200 }],
			redactSecrets: true,
		});
		expect(rows).toEqual([
			{
				body: keys.map((key) => ({ ...key, secret: null, dsn: { ...key.dsn, secret: null } })),
				status: 200,
			},
		]);
	});
});

describe.each(['structuredTable', 'rawResponse'] as const)('secrets in %s', (format) => {
	it('are there unless they are to be left out', () => {
		expect(JSON.stringify(rowsOf(format, [clientKey()]))).toContain(SECRET);
		const redacted = rowsOf(format, [clientKey()], { redactSecrets: true });
		expect(JSON.stringify(redacted)).not.toContain(SECRET);
	});

	it('stay in the key itself, which others still need', () => {
		const key = clientKey();
		rowsOf(format, [key], { redactSecrets: true });
		expect(key).toEqual(clientKey());
	});
});

it('a raw response without a secret gets no field for one', () => {
	const key = { id: 'x', dsn: { public: 'https://x@y/1' } };
	expect(rowsOf('rawResponse', [key], { redactSecrets: true })).toEqual([
		{ body: key, status: 201 },
	]);
});

describe('the DSN format', () => {
	it('is what goes into an app, with no secret anywhere', () => {
		const rows = rowsOf('dsn', [clientKey()]);
		expect(rows).toEqual([
			{
				dsn: `https://${'a'.repeat(32)}@o1.ingest.us.sentry.io/4505281256090153`,
				id: 'a'.repeat(32),
				name: 'production',
				projectId: 4505281256090153,
				isActive: true,
			},
		]);
		expect(Object.keys(rows[0] ?? {})).toEqual(['dsn', 'id', 'name', 'projectId', 'isActive']);
		expect(JSON.stringify(rows)).not.toContain(SECRET);
	});

	it('is null where Sentry sent nothing', () => {
		expect(rowsOf('dsn', [{ id: 'x' }])).toEqual([
			{ id: 'x', name: null, projectId: null, isActive: null, dsn: null },
		]);
	});

	it('of an inactive key says so', () => {
		expect(rowsOf('dsn', [clientKey({ isActive: false })])).toMatchObject([{ isActive: false }]);
	});
});

describe.each(['structuredTable', 'dsn'] as const)('in %s', (format) => {
	it("an operation's own columns follow Sentry's", () => {
		const results = [{ key: clientKey(), columns: { outcome: 'created' } }];
		const [row] = resultFormats[format](
			{ results, responses: [] },
			{ redactSecrets: true, dsnAddress: undefined },
		);
		expect(Object.keys(row ?? {}).at(-1)).toBe('outcome');
		expect(row?.outcome).toBe('created');
	});

	it('a result that is no key stays as it is', () => {
		const results = [{ row: { deleted: true } }];
		expect(
			resultFormats[format](
				{ results, responses: [] },
				{ redactSecrets: true, dsnAddress: undefined },
			),
		).toEqual([{ deleted: true }]);
	});
});

it('a response without a body is raw with null', () => {
	const rows = rowsOf('rawResponse', [], { responses: [{ status: 204, body: undefined }] });
	expect(rows).toEqual([{ body: null, status: 204 }]);
});

it.each<[string, Partial<ClientKey>, number | null]>([
	['its own field', { projectId: 7 }, 7],
	['the field that GlitchTip calls projectID', { projectID: 8 }, 8],
	['the DSN', { dsn: { public: 'https://0123@sentry.example/9' } }, 9],
	['nothing', {}, null],
])('the project of a key is told by %s', (_, fields, expected) => {
	const key = { id: 'x', ...fields };
	for (const format of ['structuredTable', 'dsn'] as const) {
		expect(rowsOf(format, [key])).toMatchObject([{ projectId: expected }]);
	}
});
