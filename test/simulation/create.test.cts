import fc from 'fast-check';

import type { SentryError } from '../../nodes/SentryClientKeys/sentry/errors.ts';
import { createOnce } from '../../nodes/SentryClientKeys/sentry/keys/createOnce.ts';
import type { UnsettledTry } from '../../nodes/SentryClientKeys/sentry/keys/createOnce.ts';
import { itemIds } from '../../nodes/SentryClientKeys/sentry/keys/publicId.ts';
import { PublicIdSupport } from '../../nodes/SentryClientKeys/sentry/keys/publicIdSupport.ts';
import { FakeSentry, FAULT_NAMES } from '../unit/support/fakeSentry.cts';
import type { Fault, ServerSettings } from '../unit/support/fakeSentry.cts';
import { VirtualClock } from '../unit/support/virtualTime.cts';
import { simulate } from './simulate.cts';

/** What may happen to the requests of one try of an item. */
interface Try {
	posts: Fault[];
	gets: Fault[];
	maxRetries: number;
}

interface Schedule {
	publicIds: ServerSettings['publicIds'];
	/** One after the other, as n8n's Retry On Fail repeats an item. */
	tries: Try[];
	/** Whether a second worker runs the same item at the same time, under the same IDs. */
	isTwice: boolean;
	/** Whether an earlier item of the run has shown what the server does with IDs. */
	isKnown: boolean;
}

const BODY = { name: 'wanted' };
const idOf = (step: number) => step.toString(16).padStart(32, 'a');
/** Nobody can see through a refusal without a reason, nor through two keys of one request without IDs. */
const OPAQUE = new Set<Fault>(['badRequest', 'sentTwice']);
const SEEN_THROUGH = FAULT_NAMES.filter((fault) => !OPAQUE.has(fault));
const faults = (least: number) =>
	fc.array(fc.constantFrom(...SEEN_THROUGH), { minLength: least, maxLength: 4 });

const schedule: fc.Arbitrary<Schedule> = fc.record({
	publicIds: fc.constantFrom('honoured', 'ignored', 'refused', 'checked'),
	tries: fc.array(
		fc.record({ posts: faults(1), gets: faults(0), maxRetries: fc.integer({ min: 0, max: 3 }) }),
		{ minLength: 1, maxLength: 3 },
	),
	isTwice: fc.boolean(),
	isKnown: fc.boolean(),
});

interface Ended {
	ids: string[];
	failures: SentryError[];
}

/** Runs an item as often as n8n would, and tells how it ended. */
async function runItem(
	server: FakeSentry,
	tries: Try[],
	support: () => PublicIdSupport,
): Promise<Ended> {
	const failures: SentryError[] = [];
	let unsettled: UnsettledTry | undefined;
	for (const { posts, gets, maxRetries } of tries) {
		server.fail('POST', ...posts).fail('GET', ...gets);
		const client = server.client(maxRetries);
		let sent: UnsettledTry | undefined;
		const key = {
			organization: 'acme',
			project: 'web-app',
			body: BODY,
			ids: itemIds(idOf, BODY),
			...(unsettled !== undefined && { unsettled }),
			onSend: (request: UnsettledTry) => (sent = request),
		};
		const result = await createOnce(client, key, support()).catch((reason: unknown) => {
			const failure = reason as SentryError;
			failures.push(failure);
			const mayExist = failure.details.candidates ?? failure.details.code === 'outcome_unknown';
			if (mayExist && sent !== undefined) {
				unsettled = { ...sent, firstSentAt: unsettled?.firstSentAt ?? sent.firstSentAt };
			}
			return undefined;
		});
		if (result !== undefined) return { ids: [result.body.id], failures };
	}
	return { ids: [], failures };
}

const isUnknown = ({ details }: SentryError) =>
	details.code === 'outcome_unknown' || details.candidates !== undefined;

simulate(
	'a create makes at most one key, or names an unknown outcome',
	schedule,
	async ({ publicIds, tries: asDrawn, isTwice, isKnown }) => {
		// That a proxy makes two keys of one request, nobody can know where no ID tells them apart; and a
		// refusal without a reason makes a server look as if it did not take IDs.
		const isPossible = (fault: Fault) =>
			(publicIds === 'honoured' || fault !== 'sentTwice') &&
			(isKnown || !isTwice || fault !== 'badRequest');
		const tries = asDrawn.map((one) => ({ ...one, posts: one.posts.filter(isPossible) }));
		const clock = new VirtualClock(1_700_000_000_000);
		const server = new FakeSentry(clock, { publicIds });
		if (isKnown) server.addKey('earlier');
		const known = new PublicIdSupport();
		if (isKnown && publicIds !== 'refused') {
			const got = publicIds === 'honoured' ? idOf(99) : 'f'.repeat(32);
			known.learn({ asked: idOf(99), wanted: idOf(99), got });
		}
		const support = () => (isKnown ? known : new PublicIdSupport());
		const runs = [tries, ...(isTwice ? [tries] : [])];
		const ends = await clock.run(
			Promise.all(runs.map(async (of) => await runItem(server, of, support))),
		);
		server.carryOut();

		const made = server.keys.filter(({ name }) => name === BODY.name).map(({ id }) => id);
		const results = ends.flatMap(({ ids }) => ids);
		const failures = ends.flatMap(({ failures: all }) => all);
		const told = failures.map(({ remedy, details }) => remedy + JSON.stringify(details)).join();
		const named = (id: string) => results.includes(id) || told.includes(id);

		// Two workers on a server that does not honour IDs can't know of each other.
		if (publicIds === 'honoured') {
			expect(made.length).toBeLessThanOrEqual(1);
			for (const id of made) expect(named(id)).toBe(true);
		} else if (!isTwice && made.length > 1) {
			expect(failures.some(isUnknown)).toBe(true);
		}
		if (!failures.some(isUnknown)) for (const id of made) expect(named(id)).toBe(true);
		for (const id of results) expect(made).toContain(id);
	},
);
