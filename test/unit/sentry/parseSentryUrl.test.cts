import { parseSentryAddress } from '../../../nodes/SentryClientKeys/sentry/parseSentryUrl.ts';

describe('an address copied out of Sentry', () => {
	it.each([
		['https://acme.sentry.io/projects/web-app/', 'acme', 'web-app'],
		['https://acme.sentry.io/settings/projects/web-app/keys/', 'acme', 'web-app'],
		['https://acme.sentry.io/insights/projects/web-app/?project=42', 'acme', 'web-app'],
		['https://acme.sentry.io/issues/?project=4505281256090153', 'acme', '4505281256090153'],
		['https://acme.sentry.io/issues/?project=-1', 'acme', undefined],
		['https://acme.sentry.io/', 'acme', undefined],
		['https://sentry.io/organizations/acme/projects/web-app/', 'acme', 'web-app'],
		['https://sentry.io/organizations/acme/issues/?project=42', 'acme', '42'],
		['https://us.sentry.io/organizations/acme/projects/web-app/', 'acme', 'web-app'],
		['https://sentry.io/settings/acme/projects/web-app/keys/', 'acme', 'web-app'],
		['https://sentry.io/api/0/projects/acme/web-app/keys/', 'acme', 'web-app'],
		['https://sentry.io/api/0/organizations/acme/projects/', 'acme', undefined],
		['https://example.com/organizations/acme/projects/web-app/', 'acme', 'web-app'],
		['https://example.com/sentry/organizations/acme/projects/web-app/', 'acme', 'web-app'],
		['https://example.com/settings/acme/projects/web-app/', 'acme', 'web-app'],
		['https://sentry.io/acme/web-app/', 'acme', 'web-app'],
		['https://sentry.io/settings/account/api/auth-tokens/', undefined, undefined],
		['https://sentry.io/', undefined, undefined],
		['  https://acme.sentry.io/projects/web-app/\n', 'acme', 'web-app'],
		['https://ACME.sentry.io/projects/web-app', 'acme', 'web-app'],
		['https://acme.sentry.io/projects/', 'acme', undefined],
		['https://acme.sentry.io/insights/frontend/?project=42&statsPeriod=24h', 'acme', '42'],
		['https://acme.sentry.io/explore/traces/?project=42#results', 'acme', '42'],
		['https://acme.sentry.io/explore/logs/', 'acme', undefined],
		['https://acme.sentry.io/issues/6543210987/?project=42', 'acme', '42'],
		['https://acme.sentry.io/settings/projects/', 'acme', undefined],
		['https://acme.sentry.io/settings/account/api/auth-tokens/', 'acme', undefined],
		['https://acme.sentry.io/api/0/projects/acme/web-app/keys/', 'acme', 'web-app'],
		['https://sentry.io/organizations/acme/insights/projects/web-app/', 'acme', 'web-app'],
		['https://sentry.io/settings/acme/', 'acme', undefined],
		['https://sentry.io/settings/acme/developer-settings/', 'acme', undefined],
		['https://de.sentry.io/api/0/projects/acme/web-app/', 'acme', 'web-app'],
		['https://sentry.io/api/0/organizations/acme/', 'acme', undefined],
		['https://sentry.io/api/0/', undefined, undefined],
		['https://sentry.io/acme/', 'acme', undefined],
		['https://example.com/acme/web-app', 'acme', 'web-app'],
		['https://example.com/organizations/acme/issues/?project=3', 'acme', '3'],
		['https://example.com/sentry/settings/acme/projects/web-app/keys/', 'acme', 'web-app'],
		['https://example.com/sentry/api/0/projects/acme/web-app/keys/', 'acme', 'web-app'],
		['http://10.0.0.1:9000/organizations/acme/projects/web-app/', 'acme', 'web-app'],
		['https://example.com/organizations/gr%C3%B6%C3%9Fe/issues/', 'größe', undefined],
		['https://example.com/organizations/100%/issues/', '100%', undefined],
		['https://example.com/acme/web-app/more/', undefined, undefined],
		['https://example.com/settings/projects/web-app/', undefined, 'web-app'],
		['https://example.com/0/projects/web-app/', undefined, 'web-app'],
		['https://example.com/x/0/projects/web-app/keys/', undefined, 'web-app'],
		['https://example.com/api/1/projects/web-app/keys/', undefined, 'web-app'],
		['https://example.com/api/0/teams/acme/web-app/', undefined, undefined],
		['https://sentry.io.example.com/settings/acme/', 'acme', undefined],
		['https://globex.sentry.io.example.com/settings/acme/', 'acme', undefined],
		['https://a.globex.sentry.io/settings/acme/', 'acme', undefined],
		['https://acme.sentry.io/issues/?project=', 'acme', undefined],
	])('%s', (address, organization, project) => {
		expect(parseSentryAddress(address)).toStrictEqual({
			...(organization === undefined ? {} : { organization }),
			...(project === undefined ? {} : { project }),
		});
	});

	// With the organization in the host name, Sentry's settings pages come without it in the path.
	it.each(['organization', 'members', 'teams', 'developer-settings', 'auth-tokens'])(
		"an organization's own settings page '%s' is not taken for the organization",
		(page) => {
			const address = `https://acme.sentry.io/settings/${page}/`;
			expect(parseSentryAddress(address)).toEqual({ organization: 'acme' });
		},
	);

	it('a page of several projects names none of them', () => {
		const address = 'https://acme.sentry.io/issues/?project=42&project=43';
		expect(parseSentryAddress(address)).toEqual({ organization: 'acme' });
	});

	it.each([
		'acme',
		'',
		'ftp://acme.sentry.io/',
		'web-app/keys',
		'acme.sentry.io/projects/web-app/',
		'//acme.sentry.io/',
		'javascript:alert(1)',
		'https://',
		'httpsx://acme.sentry.io/',
		'xhttps://acme.sentry.io/projects/web-app/',
	])('%p is none', (text) => {
		expect(parseSentryAddress(text)).toBeUndefined();
	});
});
