import {
	compareBeforeWriting,
	compareByIds,
	compareWithKey,
} from '../../../../nodes/SentryClientKeys/sentry/keys/keyChoice.ts';
import { parseDsn } from '../../../../nodes/SentryClientKeys/sentry/keys/parseDsn.ts';
import type { DsnParts } from '../../../../nodes/SentryClientKeys/sentry/keys/parseDsn.ts';
import { clientKey } from '../../support/clientKey.cts';
import { jsonResponse, scriptedClient } from '../../support/scriptedSend.cts';

const ID = 'a'.repeat(32);
const dsnOf = (host: string, project: string): DsnParts => {
	const dsn = parseDsn(`https://${ID}@${host}/${project}`, 'Client Key');
	if (dsn === undefined) throw new Error('No DSN');
	return dsn;
};
const PROJECT = '4505281256090153';
const OTHER_PROJECT = /is the DSN of another project than the one that was chosen/;
const OTHER_ORGANIZATION = /is the DSN of another organization than the one that was chosen/;

describe('a DSN beside a chosen project', () => {
	const dsn = dsnOf('o1.ingest.us.sentry.io', '42');

	it.each([
		['the same IDs', '1', '42'],
		['slugs, which tell nothing', 'acme', 'web-app'],
	])('passes with %s', (_, organization, project) => {
		expect(() => {
			compareByIds(dsn, { organization, project }, 'Key');
		}).not.toThrow();
	});

	it.each([
		['project', '1', '43', OTHER_PROJECT],
		['organization', '2', '42', OTHER_ORGANIZATION],
	])('is refused with another %s', (_, organization, project, message) => {
		expect(() => {
			compareByIds(dsn, { organization, project }, 'Key');
		}).toThrow(message);
	});

	it('names the parameter that holds it', () => {
		expect(() => {
			compareByIds(dsn, { organization: '2', project: '42' }, 'Copy From');
		}).toThrow("'Copy From' is the DSN");
	});
});

describe('a DSN beside the key that the project has', () => {
	it.each([
		['there is none', undefined],
		['it is the same', dsnOf('o1.ingest.us.sentry.io', PROJECT)],
		['it does not name the organization', dsnOf('sentry.example', PROJECT)],
	])('passes where %s', (_, dsn) => {
		expect(() => {
			compareWithKey(clientKey(), dsn);
		}).not.toThrow();
	});

	it('passes where the key has no DSN to compare with', () => {
		const { dsn: _, ...key } = clientKey();
		expect(() => {
			compareWithKey(key, dsnOf('o2.ingest.us.sentry.io', PROJECT));
		}).not.toThrow();
	});

	it.each([
		['project', dsnOf('o1.ingest.us.sentry.io', '42'), OTHER_PROJECT],
		['organization', dsnOf('o2.ingest.us.sentry.io', PROJECT), OTHER_ORGANIZATION],
	])('is refused with another %s', (_, dsn, message) => {
		expect(() => {
			compareWithKey(clientKey(), dsn);
		}).toThrow(message);
	});
});

describe('before a key is changed that was not read', () => {
	const project = { organization: 'acme', project: 'web-app' };
	const before = async (dsn: DsnParts | undefined, response = jsonResponse(200, clientKey())) => {
		const { client, clock, sent } = scriptedClient(() => response, { maxRetries: 0 });
		const choice = { keyId: ID, ...(dsn && { dsn }) };
		await clock.run(compareBeforeWriting(client, project, choice));
		return sent();
	};

	it('it is read if there is a DSN to compare, and only then', async () => {
		expect(await before(undefined)).toEqual([]);
		expect(await before(dsnOf('o1.ingest.us.sentry.io', PROJECT))).toHaveLength(1);
	});

	it('another project is refused', async () => {
		await expect(before(dsnOf('o1.ingest.us.sentry.io', '42'))).rejects.toThrow(OTHER_PROJECT);
	});

	it('a key that is not there is left to what comes next', async () => {
		const missing = jsonResponse(404, { detail: 'The requested resource does not exist' });
		await expect(before(dsnOf('sentry.example', '42'), missing)).resolves.toBeDefined();
	});
});
