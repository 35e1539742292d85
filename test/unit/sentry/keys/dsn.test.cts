import { keyIdOfDsn } from '../../../../nodes/SentryClientKeys/sentry/keys/dsn.ts';

const ID = '0123456789abcdef0123456789abcdef';

it.each([
	`https://${ID}@o1.ingest.us.sentry.io/4505281256090153`,
	`https://${ID}@o1.ingest.de.sentry.io/42`,
	`https://${ID}@sentry.io/42/`,
	`http://${ID}@sentry.example.com:9000/42`,
	`https://${ID}:fedcba9876543210@sentry.io/42`,
	`https://${ID}@relay.example.com/ingest/42`,
	`  https://${ID}@o1.ingest.sentry.io/42\n`,
])('the key of %s is found', (dsn) => {
	expect(keyIdOfDsn(dsn)).toBe(ID);
});

it.each([
	'',
	ID,
	'https://o1.ingest.us.sentry.io/42',
	`https://${ID}@o1.ingest.us.sentry.io/`,
	`https://${ID}@sentry.io/settings/acme`,
	`ftp://${ID}@sentry.io/42`,
	'https://',
])('%p is no DSN', (text) => {
	expect(keyIdOfDsn(text)).toBeUndefined();
});
