import type { INodeProperties } from 'n8n-workflow';

/** Shown for every operation: each works on one organization. */
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
			displayName: 'By ID or Slug',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. acme',
			hint: 'The slug is the part of the address that names the organization',
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
			displayName: 'By ID or Slug',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. web-app',
			hint: "A project's ID stays the same when the project is renamed",
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
