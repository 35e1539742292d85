import { withCopied } from '../../../../nodes/SentryClientKeys/sentry/keys/copyFields.ts';
import type { KeyChoice } from '../../../../nodes/SentryClientKeys/sentry/keys/keyChoice.ts';
import type { KeyFields } from '../../../../nodes/SentryClientKeys/sentry/keys/keyFields.ts';
import { parseDsn } from '../../../../nodes/SentryClientKeys/sentry/keys/parseDsn.ts';
import { ServerKeys } from '../../../../nodes/SentryClientKeys/sentry/keys/serverKeys.ts';
import type { ClientKey } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { clientKey } from '../../support/clientKey.cts';
import { jsonResponse, scriptedClient } from '../../support/scriptedSend.cts';

const SOURCE = clientKey({ browserSdkVersion: '9.x' });
const PROJECT = { organization: 'acme', project: 'web-app' };

/** Copies from a key as the server has it. */
async function copy(fields: KeyFields, from?: KeyChoice, source: ClientKey = SOURCE) {
	const { client, clock, sent } = scriptedClient(({ url }) =>
		url.includes('/keys/')
			? jsonResponse(200, source)
			: jsonResponse(200, { id: String(source.projectId), slug: 'other-app' }),
	);
	const server = new ServerKeys(client, 'secret');
	const copied = await clock.run(withCopied(client, server, PROJECT, fields, from));
	return { copied, sent: sent() };
}

it('nothing is read where nothing is to be copied', async () => {
	const { copied, sent } = await copy({ isActive: false });
	expect(copied).toEqual({ isActive: false });
	expect(sent).toEqual([]);
});

it('limit, SDK version and loader options are copied, and nothing else', async () => {
	const { copied, sent } = await copy({}, { keyId: SOURCE.id });
	expect(copied).toEqual({
		rateLimit: { window: 60, count: 10 },
		browserSdkVersion: '9.x',
		dynamicSdkLoaderOptions: { hasReplay: true, hasPerformance: true, hasDebug: false },
	});
	expect(sent).toEqual([`GET /api/0/projects/acme/web-app/keys/${SOURCE.id}/`]);
});

it('that the other key has no limit is copied, too', async () => {
	const { copied } = await copy({}, { keyId: SOURCE.id }, { id: SOURCE.id, name: 'plain' });
	expect(copied).toEqual({ rateLimit: null, dynamicSdkLoaderOptions: {} });
});

it('fields of the item come before those of the other key, option by option', async () => {
	const fields = {
		rateLimit: { count: 1, window: 3600 },
		browserSdkVersion: '8.x',
		dynamicSdkLoaderOptions: { hasDebug: true },
	};
	const { copied } = await copy(fields, { keyId: SOURCE.id });
	expect(copied).toEqual({
		...fields,
		dynamicSdkLoaderOptions: { hasReplay: true, hasPerformance: true, hasDebug: true },
	});
});

it('a DSN may be one of another project', async () => {
	const dsn = parseDsn(String(SOURCE.dsn?.public), 'Copy From');
	const { sent } = await copy({}, { keyId: SOURCE.id, ...(dsn && { dsn }) });
	expect(sent.at(-1)).toBe(`GET /api/0/projects/1/${SOURCE.projectId}/keys/${SOURCE.id}/`);
});
