/** The servers that the stand-in can be. */
export const DIALECTS = ['sentry', 'sentry-24.5', 'glitchtip'] as const;

export type DialectName = (typeof DIALECTS)[number];

/** How a server differs from today's sentry.io. */
export interface Dialect {
	/** Whose routes, checks and answers it has. The rest of the fields is about Sentry's. */
	software: 'sentry' | 'glitchtip';
	/** What becomes of a `public` that the client chose. */
	publicKeys: 'honoured' | 'ignored' | 'refused';
	/** The plan has rate limits for keys. */
	rateLimitFeature: boolean;
	/** A PUT without the SDK version sets it back to the project's. */
	resetsSdkVersion: boolean;
	/** A PUT sets everything back that it leaves out. No Sentry is known to, but a proxy may. */
	resetsSettings: boolean;
	/** The list of an organization's keys exists, as since December 2025. */
	organizationKeysEndpoint: boolean;
	/** A key's figures exist. They are private, so they may go. */
	keyStatsEndpoint: boolean;
	/** The SDK versions on offer, newest first; new keys get the first. */
	sdkChoices: string[];
	/** Organizations and projects are found by their numbers too. */
	numericIds: boolean;
	/** A 404 of a project says that it is one, as since October 2025. */
	namesMissingProject: boolean;
	/** A 403 names the scopes that are missing, as since June 2026. */
	scopeChallenge: boolean;
	/** An unknown `useCase` is refused. */
	checksUseCase: boolean;
	/** Keys on a page where the client does not say how many, and how few it may say. */
	keysPerPage: { usual: number; least: number };
	/** What newer releases added to a key: more addresses in its DSN, more loader options. */
	newKeyFields: boolean;
}

const SENTRY: Dialect = {
	software: 'sentry',
	publicKeys: 'honoured',
	rateLimitFeature: true,
	resetsSdkVersion: false,
	resetsSettings: false,
	organizationKeysEndpoint: true,
	keyStatsEndpoint: true,
	sdkChoices: ['10.x', '9.x', '8.x', '7.x'],
	numericIds: true,
	namesMissingProject: true,
	scopeChallenge: true,
	checksUseCase: true,
	keysPerPage: { usual: 10, least: 1 },
	newKeyFields: true,
};

const BY_NAME: Record<DialectName, Dialect> = {
	sentry: SENTRY,
	'sentry-24.5': {
		...SENTRY,
		resetsSdkVersion: true,
		organizationKeysEndpoint: false,
		sdkChoices: ['7.x'],
		numericIds: false,
		namesMissingProject: false,
		scopeChallenge: false,
		checksUseCase: false,
		keysPerPage: { usual: 100, least: 0 },
		newKeyFields: false,
	},
	glitchtip: { ...SENTRY, software: 'glitchtip' },
};

/** A dialect by its name, today's sentry.io without one, and what else was chosen. */
export function dialectOf({
	dialect = 'sentry',
	...chosen
}: Partial<Dialect> & { dialect?: DialectName }): Dialect {
	return { ...BY_NAME[dialect], ...chosen };
}
