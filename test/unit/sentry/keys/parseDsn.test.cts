import {
	differs,
	isOther,
	parseDsn,
	projectIdOf,
} from '../../../../nodes/SentryClientKeys/sentry/keys/parseDsn.ts';

const ID = '0123456789abcdef0123456789abcdef';

const OTHER = 'f'.repeat(32);
const read = (text: string) => parseDsn(text, 'DSN');

it.each<[string, string | undefined, string, boolean?]>([
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
	[`https://${ID}@sentry.io/42 https://${ID.toUpperCase()}@o1.ingest.io/42`, '1', '42', true],
	[`HTTPS://${ID}@SENTRY.io/42`, undefined, '42'],
	[`https://${ID}@x.o1.example.com/42`, undefined, '42'],
	[`https://${ID}@o12.example.com/42`, '12', '42'],
	[`https://o1.ingest.sentry.io/api/42/security?sentry_key=${ID}`, '1', '42'],
	[`https://o1.ingest.sentry.io/api/42/csp-report/?sentry_key=${ID}`, '1', '42'],
	[`(https://${ID}@sentry.io/42), see https://example.com`, undefined, '42'],
	[`https://${ID}@sentry.io/42:`, undefined, '42'],
	[`https://${ID}@sentry.io/42..`, undefined, '42'],
])('the key of %s is found', (text, organizationId, projectId, isUpper = false) => {
	expect(read(text)).toStrictEqual({
		publicKey: isUpper ? ID.toUpperCase() : ID,
		...(organizationId !== undefined && { organizationId }),
		projectId,
		isPage: false,
	});
});

it.each([
	[`https://js.sentry-cdn.com/${ID}.min.js`, false],
	[`<script src="https://sentry.example.com/js-sdk-loader/${ID}.min.js"></script>`, false],
	[`https://sentry.example.com/js-sdk-loader/${ID}.js`, false],
	[`https://acme.sentry.io/settings/projects/web-app/keys/${ID}/`, true],
	[`https://acme.sentry.io/settings/projects/web-app/keys/${ID}`, true],
	[`https://sentry.io/api/0/projects/acme/web-app/keys/${ID}/stats/`, true],
])('%s names a key and no project', (text, isPage) => {
	expect(read(text)).toEqual({ publicKey: ID, isPage });
});

it("a loader script's host may tell the organization", () => {
	expect(read(`https://o1.example.com/${ID}.min.js`)).toEqual({
		publicKey: ID,
		organizationId: '1',
		isPage: false,
	});
});

it('a page names a GlitchTip key as well', () => {
	const uuid = '01234567-89ab-cdef-0123-456789abcdef';
	expect(read(`https://example.com/acme/settings/keys/${uuid}`)).toEqual({
		publicKey: uuid,
		isPage: true,
	});
});

it.each([
	`https://${ID}@sentry.io/42 https://${OTHER}@sentry.io/42`,
	`https://${ID}@sentry.io/42 https://${ID}@sentry.io/43`,
	`https://${ID}@o1.ingest.sentry.io/42 https://${ID}@o2.ingest.sentry.io/42`,
])('%s are two', (text) => {
	expect(() => read(text)).toThrow(
		expect.objectContaining({
			message: "'DSN' holds two different DSNs",
			remedy: 'Enter one of them.',
		}) as Error,
	);
});

it.each([
	[{}, false],
	[{ publicKey: OTHER }, true],
	[{ publicKey: ID.toUpperCase() }, false],
	[{ projectId: '43' }, true],
	[{ organizationId: '2' }, true],
	[{ projectId: undefined }, false],
	[{ organizationId: undefined }, false],
])('with %j it is another one: %p', (changes: object, expected) => {
	const one = { publicKey: ID, organizationId: '1', projectId: '42', isPage: false };
	expect(isOther(one, { ...one, ...changes })).toBe(expected);
	expect(isOther({ ...one, ...changes }, one)).toBe(expected);
});

it.each([
	['1', '2', true],
	['1', '1', false],
	[undefined, '1', false],
	['1', undefined, false],
	[undefined, undefined, false],
])('whether %p differs from %p: %p', (one, other, expected) => {
	expect(differs(one, other)).toBe(expected);
});

it.each([
	'',
	ID,
	'https://o1.ingest.us.sentry.io/42',
	`https://${ID}@o1.ingest.us.sentry.io/`,
	`https://${ID}@sentry.io/settings/acme`,
	`ftp://${ID}@sentry.io/42`,
	'https://',
	`https://${ID}@sentry.io/4x2`,
	`https://js.sentry-cdn.com/${ID.slice(1)}.min.js`,
	`https://js.sentry-cdn.com/${ID}.min.js.map`,
	`https://js.sentry-cdn.com/${ID}.max.js`,
	`https://js.sentry-cdn.com/x${ID}.js`,
	`https://acme.sentry.io/settings/projects/web-app/keys/${ID}0/`,
	`https://acme.sentry.io/settings/projects/web-app/turnkeys/${ID}/`,
	'https://o1.ingest.sentry.io/api/42/security/?sentry_key=',
	`https://o1.ingest.sentry.io/api/x/security/?sentry_key=${ID}`,
	`https://o1.ingest.sentry.io/api/42/security/more/?sentry_key=${ID}`,
	'https://[::x]/',
	`http://:9000/${ID}`,
])('%p is no DSN', (text) => {
	expect(read(text)).toBeUndefined();
});

it.each([
	[{ projectId: 42 }, '42'],
	[{ projectId: 42, projectID: 43 }, '42'],
	[{ projectID: 43 }, '43'],
	[{ projectId: 42, dsn: { public: `https://${ID}@sentry.io/44` } }, '42'],
	[{ dsn: { public: `https://${ID}@sentry.io/44` } }, '44'],
	[{ dsn: { public: 'https://sentry.io/' } }, undefined],
	[{ dsn: {} }, undefined],
	[{}, undefined],
])('the key %j belongs to the project %p', (key, projectId) => {
	expect(projectIdOf(key)).toBe(projectId);
});
