import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INode, IWorkflowBase } from 'n8n-workflow';

import type { CredentialImport, WorkflowImport } from './n8nInstance.cts';
import { PACKAGE_NAME, REPOSITORY } from './package.cts';

const FOLDER = join(REPOSITORY, 'examples');
const SENTRY_CREDENTIAL = 'sentryClientKeysApi';
const CONFIGURATION_NODE = 'Configuration';

export interface Example extends WorkflowImport, Pick<IWorkflowBase, 'connections'> {
	nodes: INode[];
}

/** The workflows in `examples/`, each with its file's name for an ID. */
export function examples(): Example[] {
	return readdirSync(FOLDER)
		.filter((file) => file.endsWith('.json'))
		.map((file) => example(file.replace(/\.json$/, '')));
}

/** One of them. */
export function example(id: string): Example {
	const workflow = JSON.parse(readFileSync(join(FOLDER, `${id}.json`), 'utf8')) as Example;
	return { ...workflow, id };
}

/** The example with the credentials chosen, which a user has to do: each node gets that of its type. */
export function withCredentials(workflow: Example, credentials: CredentialImport[]): Example {
	const nodes = workflow.nodes.map((node) => {
		const chosen = credentials.find(({ type }) => type === credentialTypeOf(node));
		if (chosen === undefined) return node;
		const { type, id, name } = chosen;
		return { ...node, credentials: { [type]: { id, name } } };
	});
	return { ...workflow, nodes };
}

/** What a workflow's node Configuration is to hold, by the names of its fields. */
export type Configuration = Record<string, string>;

/** The example with these values in its node Configuration, if it has one. */
export function withConfiguration(workflow: Example, configuration: Configuration): Example {
	const nodes = structuredClone(workflow.nodes);
	const { assignments } = (nodes.find(({ name }) => name === CONFIGURATION_NODE)?.parameters
		.assignments ?? { assignments: [] }) as { assignments: Array<{ name: string; value: string }> };
	for (const field of assignments) {
		field.value = configuration[field.name] ?? field.value;
	}
	return { ...workflow, nodes };
}

/** The credential that our nodes ask for. */
export function sentryCredential(authToken: string, baseUrl: string) {
	return credential(SENTRY_CREDENTIAL, 'Sentry Client Keys account', { authToken, baseUrl });
}

/** The one that acts for a user, who has still to connect it. */
export function oAuth2Credential(
	baseUrl: string,
	application: { clientId: string; clientSecret: string },
) {
	return credential('sentryClientKeysOAuth2Api', 'Sentry Client Keys OAuth2 account', {
		baseUrl,
		...application,
	});
}

/** Those that the other nodes ask for, of nobody's account. */
export const otherCredentials = [
	credential('githubApi', 'GitHub account', {
		server: 'https://api.github.com',
		user: '',
		accessToken: 'github-token',
	}),
	credential('httpBearerAuth', 'Agents', { token: 'agent-token' }),
	credential('httpHeaderAuth', 'Deployments', { name: 'X-Deploy-Key', value: 'deploy-key' }),
	credential('slackApi', 'Slack account', { accessToken: 'slack-token' }),
];

function credential<Data extends object>(type: string, name: string, data: Data) {
	return { id: type, name, type, data };
}

function credentialTypeOf({ type, parameters }: INode): unknown {
	if (type.startsWith(`${PACKAGE_NAME}.`)) return SENTRY_CREDENTIAL;
	switch (type) {
		case '@n8n/n8n-nodes-langchain.mcpTrigger':
			return 'httpBearerAuth';
		case 'n8n-nodes-base.slack':
			return 'slackApi';
		case 'n8n-nodes-base.webhook':
			return 'httpHeaderAuth';
		default:
			return parameters.nodeCredentialType;
	}
}
