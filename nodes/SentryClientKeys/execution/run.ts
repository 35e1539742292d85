import type { IExecuteFunctions } from 'n8n-workflow';

import type { ItemContext, Operation, UnsettledOutcome } from '../operations/types';
import type { OperationOutcome, OperationResult, Row } from '../results/types';
import { resultFormats } from '../results';
import type { ResultFormatName } from '../results';
import { WouldWrite } from '../sentry/errors';
import { parseJson } from '../sentry/json';
import { KeyMaker } from '../sentry/keys/keyMaker';
import { KeyedMutex, runInOrder } from '../sentry/concurrency';
import type { Clock, HttpResponse } from '../sentry/types';
import { realClock } from './clock';
import { Connections } from './connections';
import { Memory } from './memory';
import { asSentryError } from './nodeErrors';
import type { Failed } from './nodeErrors';
import { Progress } from './progress';
import { runIdentity } from './runIdentity';
import type { RunIdentity } from './runIdentity';
import { Warnings } from './warnings';

/** Everything about one item that is known before its first request. */
export interface Job {
	prepared: unknown;
	format: ResultFormatName;
	redactSecrets: boolean;
	dsnAddress: string | undefined;
	neverError: boolean;
	isDryRun: boolean;
	maxConcurrentRequests: number;
	maxRetries: number;
	/** Milliseconds per request. */
	timeout: number;
}

/** What an item came to: its rows and what it changed in Sentry, or why it has none. */
export type ItemResult = { rows: Row[]; change?: string | undefined } | Failed;

/** An item whose result is only certain once all have done their part. */
interface Unsettled extends UnsettledOutcome {
	job: Job;
}

/** One run of the node: its items side by side, and what they share. */
export class Run {
	private readonly cancelSignal: AbortSignal | undefined;
	private readonly clock: Clock;
	private readonly connections: Connections;
	private readonly identity: RunIdentity;
	private readonly memory: Memory;
	/** What the items may not do at the same time, whichever credential and settings each has. */
	private readonly mutex = new KeyedMutex();
	private readonly warnings = new Warnings();
	private hasFailed: boolean;

	constructor(
		private readonly node: IExecuteFunctions,
		private readonly operation: Operation,
		private readonly jobs: Array<Job | Failed>,
		private readonly stopAtFailure: boolean,
	) {
		this.cancelSignal = node.getExecutionCancelSignal();
		this.clock = realClock(this.cancelSignal);
		this.connections = new Connections(node);
		this.identity = runIdentity(node);
		const { isRepeatable, runIndex } = this.identity;
		const context = isRepeatable ? node.getContext('node') : undefined;
		this.memory = new Memory(context, runIndex, node.getInstanceId());
		this.hasFailed = jobs.some(hasFailed);
	}

	/** What each item came to; undefined for those that were not begun. */
	async results(): Promise<Array<ItemResult | undefined>> {
		const begun = await this.eachItem(
			'',
			async (index) => await this.begin(index),
			() => !this.isCancelled && !(this.hasFailed && this.stopAtFailure),
		);
		// What was made is settled after a failure as well: left alone, it might be a second key.
		const results = await this.eachItem(
			'checked again: ',
			async (index) => await this.settle(begun[index], index),
			() => true,
		);
		// After a failure n8n may run the items again.
		if (!this.hasFailed) this.memory.forgetRun();
		this.warnings.show(this.node);
		return results;
	}

	/** Does a part of the work for every item, and tells the log of n8n if that takes long. */
	private async eachItem<T>(
		what: string,
		work: (index: number) => Promise<T>,
		goOn: () => boolean,
	): Promise<Array<T | undefined>> {
		const { node, jobs, concurrency } = this;
		const progress = new Progress(jobs.length, this.clock, (text) => {
			const execution = node.getExecutionId() || 'not stored';
			node.logger.info(`${what}${text} (node "${node.getNode().name}", execution ${execution})`);
		});
		return await runInOrder(
			jobs.length,
			concurrency,
			async (index) => {
				const result = await work(index);
				progress.countOne();
				return result;
			},
			goOn,
		);
	}

	/** Read once, from the first item that can run. */
	private get concurrency(): number {
		const job = this.jobs.find((one): one is Job => !hasFailed(one));
		return job?.maxConcurrentRequests ?? 1;
	}

	private get isCancelled(): boolean {
		return this.cancelSignal?.aborted === true;
	}

	private async begin(index: number): Promise<ItemResult | Unsettled | undefined> {
		const job = this.jobs[index];
		if (job === undefined || hasFailed(job)) return job;
		return await this.attempt(job, index, async () => {
			const item = await this.itemContext(job, index);
			const outcome = await this.operation
				.run(job.prepared, item)
				.catch(async (reason: unknown) => await this.preview(job, item, reason));
			return 'settle' in outcome ? { ...outcome, job } : this.finish(job, index, outcome);
		});
	}

	/** What a dry run would have done. */
	private async preview(job: Job, item: ItemContext, reason: unknown): Promise<OperationOutcome> {
		const outcome =
			reason instanceof WouldWrite && this.operation.preview?.(job.prepared, item, reason);
		return outcome ? await outcome : await Promise.reject(reason);
	}

	private async settle(
		result: ItemResult | Unsettled | undefined,
		index: number,
	): Promise<ItemResult | undefined> {
		if (result === undefined || !('settle' in result)) return result;
		const { job, settle, change } = result;
		if (this.isCancelled) return { rows: [], change };
		return await this.attempt(job, index, async () => this.finish(job, index, await settle()));
	}

	private async attempt<T>(
		job: Job,
		index: number,
		work: () => Promise<T>,
	): Promise<T | ItemResult> {
		try {
			return await work();
		} catch (reason) {
			const failure = asSentryError(reason);
			if (job.neverError && failure.refusal !== undefined) {
				return this.finish(job, index, refusalOutcome(failure.refusal));
			}
			this.hasFailed = true;
			return { failure };
		}
	}

	private finish(job: Job, index: number, outcome: OperationOutcome): ItemResult {
		const { results } = outcome;
		// What a dry run found as it should be was not stopped at any write.
		const shown = job.isDryRun ? { ...outcome, results: results.map(unchanged) } : outcome;
		const rows = resultFormats[job.format](shown, job);
		return {
			rows: job.format === 'rawResponse' ? rows : this.warnings.addTo(rows, index),
			change: outcome.change,
		};
	}

	private async itemContext(
		{ isDryRun, maxRetries, timeout }: Job,
		itemIndex: number,
	): Promise<ItemContext> {
		const { sentry, organizationsAndProjects, keys } = await this.connections.ofItem(itemIndex, {
			clock: this.clock,
			maxConcurrentRequests: this.concurrency,
			isDryRun,
			maxRetries,
			timeout,
		});
		return {
			sentry,
			organizationsAndProjects,
			keys: new KeyMaker(
				sentry,
				keys,
				{ ...this.identity, itemIndex },
				this.memory.ofItem(itemIndex),
			),
			warn: (code, about) => {
				this.warnings.add(code, itemIndex, about);
			},
			inTurn: async (what, task) => await this.mutex.use(JSON.stringify(what), task),
		};
	}
}

/** Whether an item has no result, or can't have one. */
export function hasFailed(result: object | undefined): result is Failed {
	return result !== undefined && 'failure' in result;
}

/** A result of a dry run, as unchanged unless it says otherwise. */
function unchanged(result: OperationResult): OperationResult {
	const columns = { outcome: 'unchanged', changes: {} };
	return 'row' in result
		? { row: { ...result.row, outcome: result.row.outcome ?? 'unchanged' } }
		: { ...result, columns: { ...columns, ...result.columns } };
}

function refusalOutcome({ text, status }: HttpResponse): OperationOutcome {
	return { responses: [{ body: parseJson(text) ?? text, status }], results: [] };
}
