/** How this server differs from today's sentry.io. */
export interface Dialect {
	/** What becomes of a `public` that the client chose; default `honoured`. */
	publicKeys: 'honoured' | 'ignored' | 'refused';
	/** The plan has rate limits for keys; default true. */
	rateLimitFeature: boolean;
	/** A PUT without the SDK version sets it back to the project's; default false. */
	resetsSdkVersion: boolean;
	/** A PUT sets everything back that it leaves out; default false. No Sentry is known to, but a proxy may. */
	resetsSettings: boolean;
	/** The list of an organization's keys exists, as since December 2025; default true. */
	organizationKeysEndpoint: boolean;
	/** A key's figures exist; default true. They are private, so they may go. */
	keyStatsEndpoint: boolean;
	/** The SDK versions on offer, newest first; new keys get the first. Default: those of new projects. */
	sdkChoices: string[];
}

/** A server's ways, those of today's sentry.io where nothing else was chosen. */
export function dialectOf(options: Partial<Dialect>): Dialect {
	return {
		publicKeys: options.publicKeys ?? 'honoured',
		rateLimitFeature: options.rateLimitFeature ?? true,
		resetsSdkVersion: options.resetsSdkVersion ?? false,
		resetsSettings: options.resetsSettings ?? false,
		organizationKeysEndpoint: options.organizationKeysEndpoint ?? true,
		keyStatsEndpoint: options.keyStatsEndpoint ?? true,
		sdkChoices: options.sdkChoices ?? ['10.x', '9.x', '8.x', '7.x'],
	};
}
