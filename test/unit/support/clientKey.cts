import type { ClientKey } from '../../../nodes/SentryClientKeys/sentry/types.ts';

export const SECRET = '5c1e7f0d9a3b4e628d47c0b1a2938475';

/** A key with everything that an up-to-date Sentry answers to a token. */
export function clientKey(changes: Partial<ClientKey> = {}): ClientKey {
	const id = 'a'.repeat(32);
	const host = 'o1.ingest.us.sentry.io';
	return {
		id,
		name: 'production',
		label: 'production',
		public: id,
		secret: SECRET,
		projectId: 4505281256090153,
		isActive: true,
		rateLimit: { window: 60, count: 10 },
		dsn: {
			secret: `https://${id}:${SECRET}@${host}/4505281256090153`,
			public: `https://${id}@${host}/4505281256090153`,
			csp: `https://${host}/api/4505281256090153/csp-report/?sentry_key=${id}`,
		},
		browserSdkVersion: '10.x',
		browserSdk: { choices: [['10.x', '10.x']] },
		dateCreated: '2023-06-21T19:50:26.036254Z',
		dynamicSdkLoaderOptions: { hasReplay: true, hasPerformance: true, hasDebug: false },
		...changes,
	};
}
