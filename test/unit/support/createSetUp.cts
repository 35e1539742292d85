import type { SentryError } from '../../../nodes/SentryClientKeys/sentry/errors.ts';
import { createOnce } from '../../../nodes/SentryClientKeys/sentry/keys/createOnce.ts';
import type { UnsettledTry } from '../../../nodes/SentryClientKeys/sentry/keys/createOnce.ts';
import { itemIds } from '../../../nodes/SentryClientKeys/sentry/keys/publicId.ts';
import type { IdChoice } from '../../../nodes/SentryClientKeys/sentry/keys/publicId.ts';
import { PublicIdSupport } from '../../../nodes/SentryClientKeys/sentry/keys/publicIdSupport.ts';
import { FakeSentry } from './fakeSentry.cts';
import type { ServerSettings } from './fakeSentry.cts';
import { VirtualClock } from './virtualTime.cts';

export const ID_A = 'a'.repeat(32);
export const ID_B = 'b'.repeat(32);
export const HOUR_MS = 3_600_000;

interface Creation {
	body?: Record<string, unknown>;
	/** The first ID of the chain; the next ones end in 1, 2, … */
	publicId?: string | undefined;
	ids?: IdChoice;
	unsettled?: UnsettledTry;
}

/** A server, and a create on it in virtual time. */
export function setUp(settings: ServerSettings = { publicIds: 'honoured' }, maxRetries = 2) {
	const clock = new VirtualClock(1_700_000_000_000);
	const server = new FakeSentry(clock, settings);
	const client = server.client(maxRetries);
	const support = new PublicIdSupport();
	const create = async (changes: Creation = {}) => {
		const { body, publicId, ids, ...rest } = {
			body: { name: 'wanted' },
			publicId: ID_A,
			...changes,
		};
		const chain = (step: number) => (step === 0 ? ID_A : step.toString(16).padStart(32, 'a'));
		const ofItem =
			publicId === undefined
				? undefined
				: itemIds((step) => (step === 0 ? publicId : chain(step)), body);
		const key = { organization: 'acme', project: 'web-app', body, ids: ids ?? ofItem, ...rest };
		return await createOnce(client, key, support);
	};
	return {
		clock,
		server,
		client,
		support,
		create,
		/** Lets the run learn how the server takes public IDs, by a create of its own. */
		learn: async () => {
			await clock.run(create({ publicId: ID_B, body: { name: 'earlier' } }));
			server.keys.length = 0;
			server.requests.length = 0;
		},
	};
}

export const failureOf = async (work: Promise<unknown>): Promise<SentryError> =>
	await work.then(
		() => Promise.reject(new Error('It did not fail')),
		(reason: unknown) => reason as SentryError,
	);
