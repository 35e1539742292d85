import fc from 'fast-check';

import { settleUpsert, upsertKey } from '../../nodes/SentryClientKeys/sentry/keys/upsertKey.ts';
import type { Upserted, WantedKey } from '../../nodes/SentryClientKeys/sentry/keys/upsertKey.ts';
import type { KeyMaker } from '../../nodes/SentryClientKeys/sentry/keys/keyMaker.ts';
import type { Deed, ServerSettings } from '../unit/support/fakeSentry.cts';
import { simulate } from './simulate.cts';
import { isUnsure, PROJECT, stages, toldBy, World } from './world.cts';
import type { Ended, Stage } from './world.cts';

type Wish = Pick<WantedKey, 'fields'>;

interface Schedule extends Required<ServerSettings> {
	/** Keys of the name that somebody made by hand before. */
	before: number;
	stages: Array<Stage<Wish>>;
}

const NAME = 'production';
/** After these a request may be carried out when its run is long over. */
const LATE = new Set(['timeoutBeforeCommit', 'timeoutForLong', 'gateway504']);

const schedule: fc.Arbitrary<Schedule> = fc.record({
	publicIds: fc.constantFrom('honoured', 'honoured', 'ignored', 'refused', 'checked'),
	dialect: fc.constantFrom('sentry', 'sentry', 'sentry', 'glitchtip'),
	mayDelete: fc.constantFrom(true, true, false),
	ahead: fc.constantFrom(0, -7_200_000, 7_200_000),
	before: fc.constantFrom(0, 0, 0, 1),
	stages: stages(
		fc.record({
			fields: fc.constantFrom({}, { rateLimit: { count: 5, window: 60 } }),
		}),
		[],
	),
});

const isLate = ({ plan }: Ended<Wish, Upserted>) =>
	plan.faults.some((fault) => fault !== undefined && LATE.has(fault));

/** Both steps of one item. */
async function upsert(maker: KeyMaker, { fields }: Wish): Promise<Upserted> {
	const wanted: WantedKey = {
		...PROJECT,
		name: NAME,
		fields,
		ifSeveral: 'fail',
		ifInactive: 'keep',
		isSafe: true,
	};
	const first = await upsertKey(maker, wanted);
	return 'created' in first ? await settleUpsert(maker, wanted, first) : first;
}

simulate('Create or Update', schedule, async ({ before: known, stages: planned, ...server }) => {
	const settings: ServerSettings =
		server.dialect === 'glitchtip' ? { ...server, publicIds: 'ignored' } : server;
	/** Another request of the same create may bring a key back that was withdrawn. */
	const withdrawn = new Set<string>();
	const watch = (deed: Deed, run: Ended<Wish, Upserted>, complain: (about: string) => void) => {
		const { method, fields, before } = deed;
		const isOwn = world.ended.some(
			({ plan, made }) =>
				plan.execution === run.plan.execution && before !== undefined && made.has(before.id),
		);
		if (method === 'DELETE') withdrawn.add(before?.id ?? '');
		if (method === 'DELETE' && !isOwn) complain('it is not its own');
		if (method === 'DELETE' && world.handedOut.has(before?.id ?? '')) complain('it may be in use');
		if (method !== 'PUT') return;
		const { browserSdkVersion, rateLimit, ...more } = fields;
		if (Object.keys(more).length > 0) complain('more was changed than was asked for');
		if (rateLimit !== undefined && run.plan.wish.fields.rateLimit === undefined) {
			complain('a limit was set that nobody asked for');
		}
		if (browserSdkVersion !== before?.browserSdkVersion) complain('the version was changed');
	};
	const world: World<Wish, Upserted> = new World<Wish, Upserted>(
		settings,
		async (maker, wish) => await Promise.allSettled([upsert(maker(0), wish)]),
		watch,
	);
	for (let n = 0; n < known; n++) world.server.addKey(NAME, world.clock.now() - 9e8);
	await world.play(planned);
	expect(world.violations).toEqual([]);

	const { ended, server: fake } = world;
	const there = () => fake.keys.filter(({ name }) => name === NAME);
	for (const id of world.handedOut) expect(there().map((key) => key.id)).toContain(id);
	for (const run of ended) {
		if (run.hasCrashed) continue;
		// Nobody can name a key that comes late, where the server chooses its ID.
		if (settings.publicIds !== 'honoured' && (isUnsure(run) || isLate(run))) continue;
		const left = [...run.made].filter((id) => there().some((key) => key.id === id));
		for (const id of left) if (!withdrawn.has(id)) expect(toldBy(run)).toContain(id);
	}

	const isCalm = ended.every((run) => {
		return !run.hasCrashed && run.failures.length === 0 && !isLate(run);
	});
	// A key that could not be withdrawn is named.
	const isAlone = ended.every(({ results }) => results.every(({ left }) => left.length === 0));
	if (isCalm && isAlone) expect(there()).toHaveLength(1);
	if (!isCalm || settings.publicIds !== 'honoured') return;
	// Whoever comes later gets the key that all got before.
	const later = await world.clock.run(
		world.run(
			{
				execution: 9,
				worker: 0,
				startsAfter: 0,
				faults: [],
				crashesAt: undefined,
				maxRetries: 0,
				wish: { fields: {} },
			},
			planned.length,
		),
	);
	const ids = new Set([...ended, later].flatMap(({ results }) => results.map(({ key }) => key.id)));
	expect(ids.size).toBe(1);
});
