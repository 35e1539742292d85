import { parseDsn } from '../../../../nodes/SentryClientKeys/sentry/keys/dsn.ts';

const ID = '0123456789abcdef0123456789abcdef';

const OTHER = 'f'.repeat(32);
const read = (text: string) => parseDsn(text, 'DSN');

it.each([
	[`https://${ID}@o1.ingest.us.sentry.io/4505281256090153`, '1', '4505281256090153'],
	[`https://${ID}@o1.ingest.de.sentry.io/42`, '1', '42'],
	[`https://${ID}@sentry.io/42/`, undefined, '42'],
	[`http://${ID}@sentry.example.com:9000/42`, undefined, '42'],
	[`https://${ID}:fedcba9876543210@sentry.io/42`, undefined, '42'],
	[`https://${ID}@relay.example.com/ingest/42?a=b#c`, undefined, '42'],
	[`  https://${ID}@o1.ingest.sentry.io/42\n`, '1', '42'],
	[`"https://${ID}@o1.ingest.sentry.io/42"`, '1', '42'],
	[`SENTRY_DSN='https://${ID}@o1.ingest.sentry.io/42'`, '1', '42'],
	[`export SENTRY_DSN=https://${ID}@o1.ingest.sentry.io/42`, '1', '42'],
	[`  dsn: https://${ID}@o1.ingest.sentry.io/42 # the app's`, '1', '42'],
	[`Sentry.init({ dsn: "https://${ID}@o1.ingest.sentry.io/42", debug: true });`, '1', '42'],
	[`https://o1.ingest.sentry.io/api/42/security/?sentry_key=${ID}`, '1', '42'],
	[`https://browser.sentry-cdn.com/10/bundle.js https://${ID}@o1.ingest.io/42.`, '1', '42'],
	[`https://${ID}@sentry.io/42\nhttps://${ID}@sentry.io/42`, undefined, '42'],
])('the key of %s is found', (text, organizationId, projectId) => {
	expect(read(text)).toEqual({
		publicKey: ID,
		...(organizationId !== undefined && { organizationId }),
		projectId,
		isPage: false,
	});
});

it.each([
	[`https://js.sentry-cdn.com/${ID}.min.js`, false],
	[`<script src="https://sentry.example.com/js-sdk-loader/${ID}.min.js"></script>`, false],
	[`https://acme.sentry.io/settings/projects/web-app/keys/${ID}/`, true],
])('%s names a key and no project', (text, isPage) => {
	expect(read(text)).toEqual({ publicKey: ID, isPage });
});

it.each([
	`https://${ID}@sentry.io/42 https://${OTHER}@sentry.io/42`,
	`https://${ID}@sentry.io/42 https://${ID}@sentry.io/43`,
])('%s are two', (text) => {
	expect(() => read(text)).toThrow("'DSN' holds two different DSNs");
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
	expect(read(text)).toBeUndefined();
});
