import fc from 'fast-check';

import { SentryClient } from '../../nodes/SentryClientKeys/sentry/client.ts';
import { SentryError } from '../../nodes/SentryClientKeys/sentry/errors.ts';
import { KeyMaker } from '../../nodes/SentryClientKeys/sentry/keys/keyMaker.ts';
import type { ItemMemory } from '../../nodes/SentryClientKeys/sentry/keys/keyMaker.ts';
import { ServerKeys } from '../../nodes/SentryClientKeys/sentry/keys/serverKeys.ts';
import type { Attempt, ClientKey, HttpRequest } from '../../nodes/SentryClientKeys/sentry/types.ts';
import { FakeSentry, FAULT_NAMES } from '../unit/support/fakeSentry.cts';
import type { Deed, Fault, ServerSettings } from '../unit/support/fakeSentry.cts';
import { itemMemory } from '../unit/support/keyMaker.cts';
import { VirtualClock } from '../unit/support/virtualTime.cts';

export const PROJECT = { organization: 'acme', project: 'web-app', projectId: '1' };

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** More than anything of one run can take. */
const MOST_REQUESTS = 400;

/** One run of the node, and what happens to its requests. */
export interface RunPlan<Wish> {
	/** Runs of one execution have one identity, whichever worker they are on. */
	execution: number;
	/** Each worker has a memory of its own, kept from one run of the execution to the next. */
	worker: number;
	/** After the first run of the stage, in milliseconds. */
	startsAfter: number;
	/** What happens to each request, one after the other. */
	faults: Array<Fault | undefined>;
	/** The request with which it stops for ever. */
	crashesAt: number | undefined;
	maxRetries: number;
	wish: Wish;
}

/** What happens at one time: runs, or something that somebody else does. */
export type Stage<Wish> = { pause: number } & (
	| { runs: Array<RunPlan<Wish>> }
	| { somebody: Somebody }
);

export type Somebody = 'renamesKey' | 'switchesOff' | 'switchesOn' | 'setsOptions' | 'setsLimit';

/** How a run ended: its results, one for each item, or the failures; neither if it crashed. */
export interface Ended<Wish, Result> {
	plan: RunPlan<Wish>;
	stage: number;
	hasCrashed: boolean;
	results: Result[];
	failures: SentryError[];
	/** The IDs of the keys that its requests made, late ones too, but for those it took out again. */
	made: Set<string>;
	/** The IDs of the keys that were returned before it began. */
	known: ReadonlySet<string>;
}

const fault = fc.oneof(
	{ weight: 4, arbitrary: fc.constant(undefined) },
	{ weight: 1, arbitrary: fc.constantFrom(...FAULT_NAMES) },
);

function runPlan<Wish>(wish: fc.Arbitrary<Wish>): fc.Arbitrary<RunPlan<Wish>> {
	return fc.record({
		execution: fc.nat(1),
		worker: fc.nat(1),
		startsAfter: fc.oneof(fc.constant(0), fc.nat(200), fc.nat(5000)),
		faults: fc.array(fault, { maxLength: 14 }),
		crashesAt: fc.oneof(
			{ weight: 4, arbitrary: fc.constant(undefined) },
			{ weight: 1, arbitrary: fc.nat(10) },
		),
		maxRetries: fc.nat(3),
		wish,
	});
}

/** Up to three runs at once, up to four times, with minutes or days between. */
export function stages<Wish>(
	wish: fc.Arbitrary<Wish>,
	somebody: Somebody[],
): fc.Arbitrary<Array<Stage<Wish>>> {
	const pause = fc.oneof(
		{ weight: 4, arbitrary: fc.constant(1000) },
		{ weight: 2, arbitrary: fc.constant(10 * MINUTE_MS) },
		{ weight: 1, arbitrary: fc.constant(3 * DAY_MS) },
	);
	const runs = fc.record({
		pause,
		runs: fc.uniqueArray(runPlan(wish), { minLength: 1, maxLength: 3, selector: placeOf }),
	});
	const stage: fc.Arbitrary<Stage<Wish>> =
		somebody.length === 0
			? runs
			: fc.oneof(
					{ weight: 3, arbitrary: runs },
					{
						weight: 1,
						arbitrary: fc.record({ pause, somebody: fc.constantFrom(...somebody) }),
					},
				);
	return fc.array(stage, { minLength: 1, maxLength: 4 });
}

/** Where a run has its memory. */
export const placeOf = ({ execution, worker }: { execution: number; worker: number }) =>
	`${execution}/${worker}`;

export const isLong = ({ pause }: { pause: number }) => pause > DAY_MS;

/** A deed, and whether its key had been returned when the request was sent: it may be carried out late. */
export interface WatchedDeed extends Deed {
	wasHandedOut: boolean;
	/** Whether it had been returned before the run began. */
	wasKnown: boolean;
}

/** A server, everybody who works with it, and what they must never do. */
export class World<Wish, Result extends { key: ClientKey }> {
	readonly clock = new VirtualClock(1_700_000_000_000);
	readonly server: FakeSentry;
	readonly ended: Array<Ended<Wish, Result>> = [];
	/** What was done that must not be. */
	readonly violations: string[] = [];
	/** The keys that a run returned. */
	readonly handedOut = new Set<string>();
	/** The runs that took an old key out of service. */
	readonly retirers = new Set<Ended<Wish, Result>>();
	private readonly memories = new Map<string, Map<number, ItemMemory>>();

	/**
	 * @param work one run of the node
	 * @param watch looks at each change of a key, and complains of what is wrong with it
	 */
	constructor(
		readonly settings: ServerSettings,
		private readonly work: (
			makers: (item: number) => KeyMaker,
			wish: Wish,
		) => Promise<Array<PromiseSettledResult<Result>>>,
		private readonly watch: (
			deed: WatchedDeed,
			run: Ended<Wish, Result>,
			complain: (about: string) => void,
		) => void,
	) {
		this.server = new FakeSentry(this.clock, settings);
	}

	/** @param change what somebody else does */
	async play(
		schedule: Array<Stage<Wish>>,
		change: (somebody: Somebody) => void = () => undefined,
	): Promise<void> {
		for (const [index, stage] of schedule.entries()) {
			await this.clock.run(this.clock.sleep(stage.pause));
			if ('somebody' in stage) {
				// What is still under way would be carried out after it, which nobody can help.
				await this.calmDown();
				change(stage.somebody);
			} else {
				await this.clock.run(
					Promise.all(stage.runs.map(async (plan) => await this.run(plan, index))),
				);
			}
		}
		await this.calmDown();
	}

	/** Everything that is under way is carried out. */
	async calmDown(): Promise<void> {
		this.server.carryOut();
		await this.clock.run(this.clock.sleep(MINUTE_MS));
	}

	/** One run, which ends unless it crashes. */
	async run(plan: RunPlan<Wish>, stage: number): Promise<Ended<Wish, Result>> {
		const ended: Ended<Wish, Result> = {
			plan,
			stage,
			hasCrashed: false,
			results: [],
			failures: [],
			made: new Set(),
			known: new Set(),
		};
		this.ended.push(ended);
		await this.clock.sleep(plan.startsAfter);
		ended.known = new Set(this.handedOut);
		let crash = () => {};
		const crashed = new Promise<undefined>((resolve) => {
			crash = () => {
				resolve(undefined);
			};
		});
		const client = this.client(ended, crash);
		const server = new ServerKeys(client, 'the instance');
		const makers = (item: number) =>
			new KeyMaker(
				client,
				server,
				{
					executionId: String(plan.execution),
					nodeId: 'node',
					runIndex: 0,
					itemIndex: item,
				},
				this.memoryOf(plan, item),
			);
		const outcomes = await Promise.race([crashed, this.work(makers, plan.wish)]);
		ended.hasCrashed = outcomes === undefined;
		if (ended.hasCrashed) this.memories.delete(placeOf(plan));
		for (const outcome of outcomes ?? []) {
			if (outcome.status === 'fulfilled') {
				ended.results.push(outcome.value);
				this.handedOut.add(outcome.value.key.id);
			} else if (outcome.reason instanceof SentryError) {
				ended.failures.push(outcome.reason);
			} else throw outcome.reason;
		}
		return ended;
	}

	private client(ended: Ended<Wish, Result>, crash: () => void): SentryClient {
		const { faults, crashesAt, maxRetries } = ended.plan;
		let sent = 0;
		const send = async (request: HttpRequest): Promise<Attempt> => {
			const number = sent++;
			if (sent > MOST_REQUESTS) throw new Error('A run does not end');
			const isOf = (ids: Iterable<string>) =>
				[...ids].some((id) => request.url.endsWith(`/${id}/`));
			const [wasHandedOut, wasKnown] = [isOf(this.handedOut), isOf(ended.known)];
			const attempt = await this.server.handle(
				request,
				this.possible(request, faults[number]),
				(deed) => {
					if (deed.before === undefined && deed.after !== undefined) ended.made.add(deed.after.id);
					this.watch({ ...deed, wasHandedOut, wasKnown }, ended, (about) => {
						this.violations.push(`${about}: ${JSON.stringify(deed)}`);
					});
					// Should another request of the same ID bring it back, then that one has made it.
					if (deed.before !== undefined && deed.after === undefined)
						ended.made.delete(deed.before.id);
				},
			);
			if (number !== crashesAt) return attempt;
			crash();
			return await new Promise(() => {});
		};
		return new SentryClient({
			baseUrl: 'https://sentry.example',
			tokenKind: 'other',
			send,
			clock: this.clock,
			maxRetries,
			maxConcurrentRequests: 20,
			timeout: 30_000,
		});
	}

	/**
	 * Leaves out what nobody can see through: two keys of one request without IDs, a list that hides keys,
	 * and a refusal without a reason, which makes a server look as if it did not take IDs.
	 */
	private possible(
		{ method, body = '' }: HttpRequest,
		planned: Fault | undefined,
	): Fault | undefined {
		const isHonoured = this.settings.publicIds === 'honoured';
		if (planned === 'sentTwice' && method === 'POST' && !(isHonoured && body.includes('"public"')))
			return undefined;
		if (planned === 'badRequest' && method === 'POST' && isHonoured) return 'forbidden';
		if (planned === 'list200' && method === 'GET') return 'webPage';
		return planned;
	}

	private memoryOf(plan: RunPlan<Wish>, item: number): ItemMemory {
		const place = placeOf(plan);
		const ofWorker = this.memories.get(place) ?? new Map<number, ItemMemory>();
		this.memories.set(place, ofWorker);
		const memory = ofWorker.get(item) ?? itemMemory();
		ofWorker.set(item, memory);
		return memory;
	}
}

/** What a run told a reader, in its results and its messages. */
export function toldBy({ results, failures }: Ended<unknown, object>): string {
	return (
		JSON.stringify(results) +
		failures
			.map(({ message, remedy, details }) => message + remedy + JSON.stringify(details))
			.join()
	);
}

/** Whether a run says that there may be a key that it can't name. */
export function isUnsure({ failures }: Ended<unknown, object>): boolean {
	return failures.some(({ details: { code, candidates } }) => {
		return code === 'outcome_unknown' || candidates !== undefined;
	});
}
