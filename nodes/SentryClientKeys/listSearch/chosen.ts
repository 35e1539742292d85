import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { ItemParameters } from '../parameters/ItemParameters';
import type { ProjectRef } from '../sentry/endpoints';
import { SentryError } from '../sentry/errors';
import { isRecord } from '../sentry/json';
import { isBlank } from '../sentry/values';

/**
 * The organization that is chosen above a drop-down.
 *
 * @throws SentryError if there is none yet, or none that can be listed
 */
export function chosenOrganization(node: ILoadOptionsFunctions): string {
	requireChoice(node, 'organization', 'Choose an organization first');
	return ItemParameters.ofEditor(node).organization;
}

/**
 * The project that is chosen above a drop-down, with its organization.
 *
 * @throws SentryError if there is none yet, or none that can be listed
 */
export function chosenProject(node: ILoadOptionsFunctions): ProjectRef {
	const organization = chosenOrganization(node);
	requireChoice(node, 'project', 'Choose a project first');
	return { organization, project: ItemParameters.ofEditor(node).project };
}

function requireChoice(node: ILoadOptionsFunctions, name: string, message: string): void {
	const chosen: unknown = node.getCurrentNodeParameter(name);
	if (!isBlank(isRecord(chosen) ? chosen.value : chosen)) return;
	throw new SentryError(message, 'This list shows what belongs to it.', { code: 'invalid_input' });
}
