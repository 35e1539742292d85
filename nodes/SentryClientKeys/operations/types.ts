import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { ItemParameters } from '../parameters/ItemParameters';
import type { OperationOption } from '../parameters/options';
import type { OperationOutcome } from '../results/types';
import type { SentryClient } from '../sentry/client';
import type { OrganizationsAndProjects } from '../sentry/organizationsAndProjects';
import type { WouldWrite } from '../sentry/errors';
import type { KeyMaker } from '../sentry/keys/keyMaker';
import type { WarningCode } from './warningTexts';

/** What an operation works with for one item. */
export interface ItemContext {
	sentry: SentryClient;
	/** The server's organizations and projects, as this run knows them. */
	organizationsAndProjects: OrganizationsAndProjects;
	/** Makes keys exactly once, also when n8n runs the item again. */
	keys: KeyMaker;
	/**
	 * Says something about the item's success, in its row and in the editor.
	 *
	 * @param about what it is about, such as a key's ID
	 */
	warn: (code: WarningCode, about?: string) => void;
	/** Runs a task after all earlier ones of this run that named the same thing. */
	inTurn: <T>(what: readonly string[], task: () => Promise<T>) => Promise<T>;
}

/** A result that is only certain once all items of the run have done their part. */
export interface UnsettledOutcome {
	/** What was changed so far, should the run stop before. */
	change: string;
	/** @throws SentryError */
	settle: () => Promise<OperationOutcome>;
}

/**
 * One operation: its entry in the editor, its own parameters, and what it does.
 *
 * `prepare` runs for every item before any request is sent, so that a mistake in one item does not
 * leave the work half done.
 */
export interface Operation<Prepared = unknown> {
	/**
	 * What the user chooses for it to work on; `scope`: one project or the whole organization, `none`:
	 * whatever the token can see.
	 */
	target: 'none' | 'organization' | 'scope' | 'project' | 'clientKey';
	option: INodePropertyOptions;
	/** Without `displayOptions` for resource and operation: the registry adds them. */
	parameters: INodeProperties[];
	/** What it takes of the Options that are not for every operation; `dryRun` goes with `preview`. */
	options?: readonly OperationOption[];
	/** @throws InvalidInputError */
	prepare(parameters: ItemParameters): Prepared;
	/**
	 * For operations that write: what to show in a dry run in place of the write that was not sent.
	 *
	 * @throws SentryError
	 */
	preview?(prepared: Prepared, item: ItemContext, stop: WouldWrite): Promise<OperationOutcome>;
	/** @throws SentryError */
	run(prepared: Prepared, item: ItemContext): Promise<OperationOutcome | UnsettledOutcome>;
}

/** Checks that `run` takes what `prepare` returns, then forgets the type between them. */
export function operation<Prepared>(definition: Operation<Prepared>): Operation {
	return definition;
}
