import { locateKey } from '../../../../nodes/SentryClientKeys/sentry/keys/locateKey.ts';
import type { DsnChoice } from '../../../../nodes/SentryClientKeys/sentry/keys/locateKey.ts';
import { parseDsn } from '../../../../nodes/SentryClientKeys/sentry/keys/parseDsn.ts';
import { ServerKeys } from '../../../../nodes/SentryClientKeys/sentry/keys/serverKeys.ts';
import { failureOf } from '../../support/createSetUp.cts';
import { jsonResponse, scriptedClient } from '../../support/scriptedSend.cts';

const ID = 'a'.repeat(32);
const MISSING = jsonResponse(404, { detail: 'The requested resource does not exist' });
const acme = { id: '1', slug: 'acme', name: 'Acme' };
const webApp = { id: '42', slug: 'web-app', name: 'Web App', organization: acme };

/** A DSN as sentry.io (with the organization's number) or a server of one's own has it. */
const chosen = (host: string): DsnChoice => {
	const dsn = parseDsn(`https://${ID}@${host}/42`, 'DSN');
	if (dsn === undefined) throw new Error('No DSN');
	return { keyId: ID, dsn };
};

/** Looks on a server that has these responses by path. */
async function locate(target: Parameters<typeof locateKey>[1], responses: Record<string, unknown>) {
	const { client, clock, sent } = scriptedClient(
		({ url }) => {
			const path = new URL(url).pathname.replace('/api/0', '');
			return path in responses ? jsonResponse(200, responses[path]) : MISSING;
		},
		{ maxRetries: 0 },
	);
	const located = await clock.run(
		locateKey(new ServerKeys(client, 'secret'), target).catch((reason: unknown) => ({ reason })),
	);
	return { located, sent: sent() };
}

it('a key of a project that was chosen is there, without a look', async () => {
	const target = { organization: 'acme', project: 'web-app', keyId: ID };
	const { located, sent } = await locate(target, {});
	expect(located).toEqual({
		organization: 'acme',
		project: 'web-app',
		choice: { keyId: ID },
		columns: {},
	});
	expect(sent).toEqual([]);
});

it('the DSN of a key stays with it, to be compared', async () => {
	const { keyId, dsn } = chosen('sentry.example');
	const target = { organization: 'acme', project: 'web-app', keyId, dsn };
	expect((await locate(target, {})).located).toMatchObject({ choice: { keyId, dsn } });
});

it.each<[string, DsnChoice, Record<string, unknown>, object]>([
	[
		'a DSN of sentry.io names the organization',
		chosen('o1.ingest.us.sentry.io'),
		{ '/projects/1/42/': webApp },
		{ organization: '1', project: '42' },
	],
	[
		'another DSN is one of the organization that the panel names',
		{ ...chosen('sentry.example'), organization: 'acme' },
		{ '/projects/acme/42/': webApp },
		{ organization: 'acme', project: '42' },
	],
	[
		'or of whichever has the project',
		chosen('sentry.example'),
		{ '/projects/': [webApp], '/projects/acme/web-app/': webApp },
		{ organization: 'acme', project: 'web-app' },
	],
])('%s', async (_, target, responses, names) => {
	const { located } = await locate(target, responses);
	expect(located).toEqual({
		...names,
		choice: { keyId: ID, dsn: target.dsn },
		columns: { organization: 'acme', project: 'web-app' },
	});
});

it('the columns hold what was asked for where the server does not tell the slugs', async () => {
	const { located } = await locate(chosen('o1.ingest.us.sentry.io'), {
		'/projects/1/42/': { id: '42' },
	});
	expect(located).toMatchObject({ columns: { organization: '1', project: '42' } });
});

it.each<[string, DsnChoice, string, RegExp]>([
	[
		'in any organization',
		chosen('sentry.example'),
		'No project 42 in the organizations that the token sees',
		/choose it under 'Organization'/,
	],
	[
		'in the one that was chosen',
		{ ...chosen('sentry.example'), organization: 'acme' },
		'No project 42 in the organization "acme", as far as the token sees',
		/Check that the DSN belongs to the Sentry of this credential/,
	],
])('a project that is not %s is told', async (_, target, message, remedy) => {
	const { located } = await locate(target, {});
	const failure = await failureOf(Promise.reject((located as { reason: Error }).reason));
	expect(failure.message).toBe(message);
	expect(failure.remedy).toMatch(remedy);
	expect(failure.details).toEqual({
		code: 'not_found',
		projectId: '42',
		...(target.organization !== undefined && { organization: target.organization }),
	});
});

it('a DSN of another organization than the chosen one is refused', async () => {
	const target = { ...chosen('o2.ingest.us.sentry.io'), organization: 'acme' };
	const { located } = await locate(target, { '/projects/acme/42/': webApp });
	expect(located).toMatchObject({
		reason: {
			message: "'DSN' is the DSN of another organization than the one that was chosen",
			details: { code: 'invalid_input' },
		},
	});
});

it('a server that fails is no missing project', async () => {
	const { client, clock } = scriptedClient(() => jsonResponse(503, {}), { maxRetries: 0 });
	const target = { ...chosen('sentry.example'), organization: 'acme' };
	await expect(
		clock.run(locateKey(new ServerKeys(client, 'secret'), target)),
	).rejects.toMatchObject({ details: { code: 'sentry_unavailable' } });
});
