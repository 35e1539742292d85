import type { INodeProperties } from 'n8n-workflow';

/** For all operations but the list of organizations: each works on one. */
export const organization: INodeProperties = {
	displayName: 'Organization',
	name: 'organization',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'The Sentry organization that the project belongs to',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select an organization…',
			typeOptions: { searchListMethod: 'searchOrganizations', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. acme',
			hint: 'The slug, as acme in acme.sentry.io, or the ID',
		},
		{
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://acme.sentry.io/projects/web-app/',
			hint: 'The address of any page of the organization',
		},
	],
};

export const project: INodeProperties = {
	displayName: 'Project',
	name: 'project',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'The Sentry project that the client key belongs to',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a project…',
			typeOptions: { searchListMethod: 'searchProjects', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. web-app',
			hint: 'The slug or the ID; the ID stays the same when the project is renamed',
		},
		{
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://acme.sentry.io/projects/web-app/',
			hint: 'The address of any page of the project',
		},
	],
};

/** Whole lists are asked for in words, never by leaving a field empty. */
export const SCOPES = ['project', 'organization'] as const;

/** For operations that work on one project or on a whole organization. */
export const scope: INodeProperties = {
	displayName: 'Scope',
	name: 'scope',
	type: 'options',
	default: 'project',
	description: 'Where the client keys are looked for',
	options: [
		{ name: 'Organization', value: 'organization', description: 'In all projects that it has' },
		{ name: 'Project', value: 'project', description: 'In one project' },
	],
};

export const projectInScope: INodeProperties = {
	...project,
	displayOptions: { show: { scope: ['project'] } },
};

/** How a key is named: by its project and its ID, or by its DSN, which holds both. */
export const IDENTIFY_BY = ['projectAndKey', 'dsn'] as const;

export const identifyBy: INodeProperties = {
	displayName: 'Identify Key By',
	name: 'identifyBy',
	type: 'options',
	default: 'projectAndKey',
	description: 'How to say which client key is meant',
	options: [
		{
			name: 'DSN',
			value: 'dsn',
			description: 'The DSN alone; organization and project are found from it',
		},
		{ name: 'Project and Key', value: 'projectAndKey' },
	],
};

const BY_PROJECT: INodeProperties['displayOptions'] = { show: { identifyBy: ['projectAndKey'] } };
const BY_DSN: INodeProperties['displayOptions'] = { show: { identifyBy: ['dsn'] } };

export const dsn: INodeProperties = {
	displayName: 'DSN',
	name: 'dsn',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. https://0123456789abcdef0123456789abcdef@o1.ingest.us.sentry.io/42',
	description: "The DSN of the key, as it is in the app. The address of the key's page works too.",
	displayOptions: BY_DSN,
};

/** Only needed where the DSN's host does not name the organization, as a self-hosted Sentry's. */
export const organizationOfDsn: INodeProperties = {
	...organization,
	required: false,
	description:
		"Only needed if the DSN's host does not name the organization and the token sees several",
	displayOptions: BY_DSN,
};

export const organizationOfKey: INodeProperties = { ...organization, displayOptions: BY_PROJECT };

export const projectOfKey: INodeProperties = { ...project, displayOptions: BY_PROJECT };

export const clientKey: INodeProperties = {
	displayName: 'Client Key',
	name: 'clientKey',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'The client key (DSN) to work on',
	displayOptions: BY_PROJECT,
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a client key…',
			typeOptions: { searchListMethod: 'searchClientKeys', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 0123456789abcdef0123456789abcdef',
			hint: "The key's ID is its public key: the part of the DSN before the @",
		},
		{
			displayName: 'By DSN',
			name: 'dsn',
			type: 'string',
			placeholder: 'e.g. https://0123456789abcdef0123456789abcdef@o1.ingest.us.sentry.io/42',
			hint: 'The DSN of the key, as it is in the app',
		},
	],
};
