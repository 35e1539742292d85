import fc from 'fast-check';

import { rotateKey } from '../../nodes/SentryClientKeys/sentry/keys/rotateKey.ts';
import type { Rotated } from '../../nodes/SentryClientKeys/sentry/keys/rotateKey.ts';
import type { Rotation } from '../../nodes/SentryClientKeys/sentry/keys/successor.ts';
import type { ClientKey } from '../../nodes/SentryClientKeys/sentry/types.ts';
import type { FakeSentry, ServerSettings } from '../unit/support/fakeSentry.cts';
import { simulate } from './simulate.cts';
import { isLong, isUnsure, PROJECT, stages, toldBy, World } from './world.cts';
import type { Ended, Somebody, Stage, WatchedDeed } from './world.cts';

type Wish = Pick<Rotation, 'previousKey' | 'isSafe'>;

const SETTINGS = {
	browserSdkVersion: '9.x',
	dynamicSdkLoaderOptions: { hasReplay: false, hasPerformance: true, hasDebug: true },
	rateLimit: { count: 10, window: 60 },
};

interface Schedule extends Required<ServerSettings> {
	/** Whether the key that is to be replaced works. */
	isOn: boolean;
	stages: Array<Stage<Wish>>;
}

const schedule = (somebody: Somebody[]): fc.Arbitrary<Schedule> =>
	fc.record({
		publicIds: fc.constantFrom('honoured', 'honoured', 'ignored', 'refused', 'checked'),
		dialect: fc.constantFrom('sentry', 'sentry', 'sentry', 'glitchtip'),
		mayDelete: fc.constantFrom(true, true, false),
		ahead: fc.constantFrom(0, -7_200_000, 7_200_000),
		isOn: fc.constant(true),
		stages: stages(
			fc.record({
				previousKey: fc.constantFrom('keep', 'disable', 'delete'),
				isSafe: fc.constant(true),
			}),
			somebody,
		),
	});

const isActive = ({ isActive: active }: ClientKey) => active !== false;

/** Whether a key has all settings that the old one had. */
function hasSettings(key: ClientKey | undefined): boolean {
	const settings = { ...key, ...SETTINGS };
	return key !== undefined && JSON.stringify(settings) === JSON.stringify({ ...settings, ...key });
}

/** A project whose key is to be rotated, and what no run may do to it. */
function setUp({ isOn, stages: planned, ...server }: Schedule) {
	const settings: ServerSettings =
		server.dialect === 'glitchtip' ? { ...server, publicIds: 'ignored' } : server;
	let active = 0;
	const watch = (
		deed: WatchedDeed,
		run: Ended<Wish, Rotated>,
		complain: (about: string) => void,
	) => {
		const { method, fields, before, after } = deed;
		const { previousKey } = run.plan.wish;
		const left = world.server.keys.filter(isActive).length;
		// The new key of an inactive one works for a moment, until it is inactive too.
		const isNew = world.ended.some(({ made }) => made.has(before?.id ?? ''));
		const isOfOff = isNew && method === 'PUT' && fields.isActive === false;
		if (active > 0 && left === 0 && !isOfOff) complain('no key works any more');
		active = left;
		if (method === 'POST') {
			const { name, rateLimit, public: id, ...more } = fields;
			if (Object.keys(more).length > 0) complain('more was asked for than the old key has');
			// What an earlier try of the same execution sent is asked for again, whatever is wished by now.
			const wasSafe = world.ended.some(
				({ plan }) => plan.execution === run.plan.execution && plan.wish.isSafe,
			);
			if (id !== undefined && !wasSafe) complain('an ID was chosen');
			if (rateLimit === undefined || name === undefined) complain('less was asked for');
		}
		if (before === undefined) return;
		if (before.isActive === false && after?.isActive === true) complain('a key was switched on');
		if (before.id === OLD) {
			if (after?.isActive !== true) world.retirers.add(run);
			if (method === 'DELETE' && previousKey !== 'delete') complain('the old key was deleted');
			if (method === 'PUT') {
				const { isActive: on, browserSdkVersion: version, ...more } = fields;
				if (previousKey !== 'disable' || on !== false) complain('the old key was changed');
				if (version !== before.browserSdkVersion || Object.keys(more).length > 0) {
					complain('more of the old key was changed');
				}
			}
			return;
		}
		const isOwn = world.ended.some(
			({ plan, made }) => plan.execution === run.plan.execution && made.has(before.id),
		);
		if (method === 'DELETE' && world.handedOut.has(before.id)) complain('it may be in use');
		if (method === 'DELETE' && !isOwn) complain('it is not its own');
		// A second worker may have returned it while this one was giving it what the old key has.
		const isCompleted = !deed.wasKnown && hasSettings(after);
		if (deed.wasHandedOut && !isCompleted && JSON.stringify(before) !== JSON.stringify(after)) {
			complain('a finished key was overwritten');
		}
	};
	const world: World<Wish, Rotated> = new World<Wish, Rotated>(
		settings,
		async (maker, wish) =>
			await Promise.allSettled([rotateKey(maker(0), { ...PROJECT, ...wish, keyId: OLD_DIGITS })]),
		watch,
	);
	const { server: fake } = world;
	const { id: OLD }: ClientKey = fake.addKey('production', world.clock.now() - 9e8);
	const OLD_DIGITS = OLD.replaceAll('-', '');
	const { isActive: known, dynamicSdkLoaderOptions } = fake.keys[0] ?? {};
	Object.assign(fake.keys[0] ?? {}, {
		rateLimit: SETTINGS.rateLimit,
		...(dynamicSdkLoaderOptions !== undefined && SETTINGS),
		...(known !== undefined && { isActive: isOn }),
	});
	active = fake.keys.filter(isActive).length;
	return {
		world,
		OLD,
		play: async () => {
			await world.play(planned, (somebody) => {
				interfere(fake, OLD, somebody);
				active = fake.keys.filter(isActive).length;
			});
		},
	};
}

/** Somebody changes the newest key, but for the one that is to be replaced. */
function interfere({ keys }: FakeSentry, old: string, somebody: Somebody): void {
	const key = keys.find(({ id }) => id !== old);
	if (key === undefined || key.isActive === undefined) return;
	keys[keys.indexOf(key)] = {
		...key,
		...(somebody === 'renamesKey' && { name: 'renamed' }),
		...(somebody === 'switchesOff' && { isActive: false }),
		...(somebody === 'switchesOn' && { isActive: true }),
		...(somebody === 'setsLimit' && { rateLimit: { count: 99, window: 60 } }),
	};
}

simulate('a rotation', schedule([]), async (drawn) => {
	const { world, OLD, play } = setUp(drawn);
	await play();
	expect(world.violations).toEqual([]);
	expectNamed(world);
	const { server, settings, ended } = world;
	const known = (id: string) => server.keys.find((key) => key.id === id);

	const isTold = settings.publicIds === 'honoured' && ended.every(({ plan }) => plan.wish.isSafe);
	for (const { results } of ended) {
		for (const { key, ignored, isRepeat, wasKept } of results) {
			const now = known(key.id);
			expect(now).toBeDefined();
			// Another execution that does not know the rotation again rotates what the first one left.
			if (settings.dialect === 'glitchtip' || !isTold) continue;
			// Beside an old key that is off, a new one that is on is the end of a rotation, or the middle of one.
			if (!drawn.isOn && isRepeat) continue;
			expect(wasKept && drawn.isOn).toBe(false);
			expect(key.isActive).toBe(drawn.isOn);
			expect(ignored).toEqual([]);
			// Two at the same moment: one made this key and broke off, and another one took the old key away for
			// the sake of an earlier new one. Then nobody can tell what this one was to have.
			const isOrphan = ended.some(
				(run) =>
					run.made.has(key.id) &&
					run.results.length === 0 &&
					[...world.retirers].some((other) => other !== run && other.stage === run.stage),
			);
			if (isRepeat && isOrphan) continue;
			expect(now).toMatchObject({ ...SETTINGS, name: 'production', isActive: drawn.isOn });
		}
	}
	if (!isTold) return;
	// The last of them that succeeded says what became of the old key.
	const last = ended.filter(({ results }) => results.length > 0).at(-1);
	const { previousKey } = last?.plan.wish ?? {};
	if (drawn.isOn && previousKey === 'delete') expect(known(OLD)).toBeUndefined();
	if (drawn.isOn && previousKey === 'disable') expect(known(OLD)?.isActive).not.toBe(true);

	if (isTold && !drawn.stages.some(isLong)) {
		const successors = new Set(ended.flatMap(({ results }) => results.map(({ key }) => key.id)));
		expect([...successors].length).toBeLessThanOrEqual(1);
	}
});

simulate(
	'a rotation, while somebody else changes the new key',
	schedule(['renamesKey', 'switchesOff', 'switchesOn', 'setsLimit']),
	async (drawn) => {
		const { world, play } = setUp(drawn);
		await play();
		expect(world.violations).toEqual([]);
		expectNamed(world);
	},
);

/** Each key that a run made, and that is still there, is named by that run. */
function expectNamed({ ended, server, settings }: World<Wish, Rotated>): void {
	for (const run of ended) {
		if (run.hasCrashed) continue;
		const told = toldBy(run);
		const left = [...run.made].filter((id) => server.keys.some((key) => key.id === id));
		const isBlind = settings.publicIds !== 'honoured' || !run.plan.wish.isSafe;
		if (isBlind && isUnsure(run)) continue;
		for (const id of left) expect(told).toContain(id);
	}
}
