/** A client key as the stand-in stores it. */
export interface KeyRecord {
	/** Row number, which orders lists. */
	row: number;
	public: string;
	secret: string;
	label: string;
	projectId: number;
	isActive: boolean;
	rateLimitCount: number | null;
	rateLimitWindow: number | null;
	browserSdkVersion: string;
	loaderOptions: Record<LoaderOption, boolean>;
	dateCreated: Date;
	/** What came in through it; `at` in seconds since the epoch. */
	usage: Array<{ outcome: Outcome; at: number }>;
}

/** What became of an event. */
export const OUTCOMES = ['accepted', 'dropped', 'filtered'] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** What keys are to have: the same for all, or by their place, which starts at 0. */
export type KeyFields = Partial<KeyRecord> | ((index: number) => Partial<KeyRecord>);

export const LOADER_OPTIONS = [
	'hasReplay',
	'hasPerformance',
	'hasDebug',
	'hasFeedback',
	'hasLogsAndMetrics',
] as const;

export type LoaderOption = (typeof LOADER_OPTIONS)[number];

export interface ProjectRecord {
	id: number;
	slug: string;
	/** Slugs it had before; they redirect. */
	oldSlugs: string[];
	name: string;
	platform: string | null;
	organization: OrganizationRecord;
	/** The slugs of its teams. */
	teams: string[];
	browserSdkVersion: string;
}

export interface OrganizationRecord {
	id: number;
	slug: string;
	name: string;
	teams: TeamRecord[];
}

export interface TeamRecord {
	id: number;
	slug: string;
	name: string;
}

/** A token and what its bearer may do. */
export interface TokenRecord {
	name: string;
	token: string;
	kind: 'user' | 'integration' | 'organization' | 'oauth';
	scopes: string[];
	/** Slugs of the organizations it reaches. */
	organizations: string[];
	/** The teams that its user is in; without them, in all. */
	teams?: string[];
	/** False: the scopes suffice, but the user's role does not. */
	hasObjectAccess: boolean;
	expired: boolean;
}

/** One request as the tests inspect it; never holds a token. */
export interface RequestRecord {
	method: string;
	/** With the query. */
	path: string;
	/** The name of the token, or null. */
	token: string | null;
	body: string;
	status: number | null;
	/** Milliseconds since the epoch. */
	startedAt: number;
}

export interface EventRecord {
	eventId: string;
	projectId: number;
	publicKey: string;
	payload: string;
}
