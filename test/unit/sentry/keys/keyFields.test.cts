import {
	changesOf,
	differenceOf,
	isEmpty,
	settingsOf,
	versionsOf,
} from '../../../../nodes/SentryClientKeys/sentry/keys/keyFields.ts';
import type { KeyFields } from '../../../../nodes/SentryClientKeys/sentry/keys/keyFields.ts';
import { clientKey } from '../../support/clientKey.cts';

const difference = (wanted: KeyFields, key = clientKey()) => differenceOf(key, wanted);

it.each<[string, KeyFields]>([
	['nothing', {}],
	['its name', { name: 'production' }],
	['its status', { isActive: true }],
	['its rate limit, the other way round', { rateLimit: { count: 10, window: 60 } }],
	['its SDK version', { browserSdkVersion: '10.x' }],
	['some of its loader options', { dynamicSdkLoaderOptions: { hasDebug: false } }],
	['itself', settingsOf(clientKey())],
])('a key has %s already', (_, wanted) => {
	const { changes, unknown } = difference(wanted);
	expect(isEmpty(changes)).toBe(true);
	expect(unknown).toEqual([]);
});

it('what differs is found field by field, and nothing else', () => {
	const wanted: KeyFields = {
		name: 'staging',
		isActive: true,
		rateLimit: { count: 10, window: 61 },
		browserSdkVersion: '9.x',
		dynamicSdkLoaderOptions: { hasReplay: true, hasDebug: true },
	};
	expect(difference(wanted)).toEqual({
		changes: {
			name: 'staging',
			rateLimit: { count: 10, window: 61 },
			browserSdkVersion: '9.x',
			dynamicSdkLoaderOptions: { hasDebug: true },
		},
		unknown: [],
	});
});

it('no limit and no limit are the same, a limit and none are not', () => {
	expect(difference({ rateLimit: null }).changes).toEqual({ rateLimit: null });
	const { rateLimit: _, ...older } = clientKey();
	for (const key of [clientKey({ rateLimit: null }), older]) {
		expect(difference({ rateLimit: null }, key).changes).toEqual({});
	}
});

it('what an older server does not have is named and not asked for', () => {
	const wanted = { browserSdkVersion: '9.x', dynamicSdkLoaderOptions: { hasFeedback: true } };
	const { browserSdkVersion: _, ...older } = clientKey();
	expect(difference(wanted, older)).toEqual({
		changes: {},
		unknown: ['browserSdkVersion', 'hasFeedback'],
	});
});

it('an empty version and options that are no switches are no settings', () => {
	const key = clientKey({
		browserSdkVersion: '',
		dynamicSdkLoaderOptions: { hasReplay: true, odd: null as unknown as boolean },
	});
	expect(settingsOf(key)).toStrictEqual({
		isActive: true,
		rateLimit: { count: 10, window: 60 },
		dynamicSdkLoaderOptions: { hasReplay: true },
	});
});

it('fields that change are told by their columns, as they are and as they would be', () => {
	const changes = { name: 'x', rateLimit: null, dynamicSdkLoaderOptions: { hasDebug: true } };
	expect(changesOf(clientKey(), changes)).toEqual({
		name: { from: 'production', to: 'x' },
		rateLimit: { from: { window: 60, count: 10 }, to: null },
		'dynamicSdkLoaderOptions.hasDebug': { from: false, to: true },
	});
	expect(changesOf({}, changes)).toEqual({
		name: { from: null, to: 'x' },
		rateLimit: { from: null, to: null },
		'dynamicSdkLoaderOptions.hasDebug': { from: null, to: true },
	});
	expect(changesOf({}, {})).toEqual({});
});

it.each<[unknown, string[]]>([
	[
		{
			choices: [
				['latest', 'latest'],
				['10.x', '10.x'],
			],
		},
		['latest', '10.x'],
	],
	[{ choices: [['10.x'], '9.x', [8], null] }, ['10.x']],
	[{ choices: 'all' }, []],
	[{}, []],
	[undefined, []],
])('the SDK versions of %j are %j', (browserSdk, versions) => {
	const key = { ...clientKey(), browserSdk } as ReturnType<typeof clientKey>;
	expect(versionsOf(key)).toEqual(versions);
});

it('a key has settings only where the server tells them', () => {
	expect(settingsOf({ id: 'a' })).toStrictEqual({ rateLimit: null, dynamicSdkLoaderOptions: {} });
	expect(differenceOf({ id: 'a' }, { dynamicSdkLoaderOptions: { hasDebug: true } })).toEqual({
		changes: {},
		unknown: ['hasDebug'],
	});
	expect(isEmpty({ isActive: false })).toBe(false);
});

it('limits of one count and another window are not the same', () => {
	const key = clientKey({ rateLimit: { count: 10, window: 60 } });
	expect(difference({ rateLimit: { count: 10, window: 61 } }, key).changes).toHaveProperty(
		'rateLimit',
	);
	expect(difference({ rateLimit: { count: 11, window: 60 } }, key).changes).toHaveProperty(
		'rateLimit',
	);
});
