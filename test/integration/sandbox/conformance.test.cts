import type { DialectName, Sandbox } from '../../../sandbox/index.cts';
import { startSandbox } from '../../../sandbox/index.cts';
import { recordedCases, recreateWorld, replay } from './recordings.cts';
import type { RecordedCase } from './recordings.cts';

/** What the stand-in answers otherwise than the recorded server, with the reason. */
const ON_PURPOSE: Partial<Record<DialectName, Record<string, string>>> = {
	'sentry-24.5': {
		'get: many second page':
			'The place in a cursor is the stand-in’s own: clients take it as it comes.',
		'get: project dots': 'The client of this test resolves them before it sends.',
		'get: stats': 'The recorded server had no event store, the stand-in has figures.',
		'get: stats since': 'The same.',
		'get: regions': 'Nothing about keys needs it.',
		'get: organization': 'The recorded server broke off.',
		'get: health': 'It is not part of the API.',
	},
	glitchtip: { 'get: health': 'It is not part of the API.' },
};

const RECORDINGS: Array<[DialectName, string]> = [
	['sentry-24.5', 'sentry-24.5'],
	['glitchtip', 'glitchtip-2025-12'],
];

describe.each(RECORDINGS)('%s', (dialect, file) => {
	let server: Sandbox;

	beforeAll(async () => {
		server = await startSandbox({ dialect });
	});
	beforeEach(() => recreateWorld(server, dialect));
	afterEach(() => server.reset());
	afterAll(async () => await server.close());

	const reasons = ON_PURPOSE[dialect] ?? {};
	const cases = recordedCases(file);
	const isOnPurpose = ({ name }: RecordedCase) => name in reasons;

	it.each(cases.filter((one) => !isOnPurpose(one)).map((one) => [one.name, one] as const))(
		'answers as recorded: %s',
		async (_, recorded) => {
			const response = await replay(server, dialect, recorded);
			expect(comparable(response)).toEqual(comparable(recorded));
		},
	);

	it.each(cases.filter(isOnPurpose).map((one) => [one.name, one] as const))(
		'still differs on purpose: %s',
		async (_, recorded) => {
			const response = await replay(server, dialect, recorded);
			expect(comparable(response)).not.toEqual(comparable(recorded));
		},
	);
});

/** A response without what is anybody's choice: invented names, places of pages, a parser's own words. */
function comparable({
	status,
	headers,
	body,
	stored,
	then,
}: Pick<RecordedCase, 'status' | 'headers' | 'body' | 'stored' | 'then'>): unknown {
	const text = JSON.stringify({ status, headers, body, stored, then })
		.replace(/"(name|label)":"[A-Z][a-z]+ [A-Z][a-z]+"/g, '"$1":"<invented>"')
		.replace(/cursor=[^>&;"\\]+/g, 'cursor=<place>')
		.replace(/cursor=\\"[^"]+\\"/g, 'cursor=<place>')
		.replace(/JSON parse error - (?:[^"\\]|\\.)+/g, 'JSON parse error');
	return JSON.parse(text) as unknown;
}
