import { OrganizationsAndProjects } from '../../../nodes/SentryClientKeys/sentry/organizationsAndProjects.ts';
import type { Attempt } from '../../../nodes/SentryClientKeys/sentry/types.ts';
import { responsesByPath, page } from '../support/responsesByPath.cts';
import { jsonResponse, scriptedClient } from '../support/scriptedSend.cts';

const ORGANIZATIONS = '/api/0/organizations/';
const OWN_PROJECTS = '/api/0/projects/';

const acme = { id: '1', slug: 'acme', name: 'Acme Inc.' };
const other = { id: '2', slug: 'other', name: 'Other' };
const project = (slug: string, organization = acme) => ({ slug, name: slug, organization });
const NOT_THERE = jsonResponse(404, { detail: 'Not Found' });

const FORBIDDEN = jsonResponse(403, {
	detail: 'You do not have permission to perform this action.',
});

describe('a run', () => {
	const listed = { id: '7', slug: 'web-app', name: 'Web' };
	const ORGANIZATION = '/api/0/organizations/1/';
	const BY_ID = '/api/0/organizations/1/projects/';
	const PROJECT = '/api/0/projects/1/7/';

	it('asks nothing about slugs', async () => {
		const { client, sent } = responsesByPath({});
		const named = { organization: 'acme', project: 'web-app' };
		expect(await new OrganizationsAndProjects(client).slugsOf(named)).toEqual(named);
		expect(sent()).toEqual([]);
	});

	it('asks once what IDs are called, whatever asks for it', async () => {
		const { client, sent } = responsesByPath({
			[BY_ID]: page([listed, { ...listed, id: '8', slug: '2024' }]),
			[ORGANIZATION]: jsonResponse(200, acme),
		});
		const organizationsAndProjects = new OrganizationsAndProjects(client);
		const found = await Promise.all(
			['7', '8', '7'].map(
				async (id) => await organizationsAndProjects.slugsOf({ organization: '1', project: id }),
			),
		);
		expect(found.map(({ organization, project: name }) => `${organization}/${name}`)).toEqual([
			'acme/web-app',
			'acme/8',
			'acme/web-app',
		]);
		expect(await organizationsAndProjects.projectHandles('1')).toEqual(
			new Map([
				['7', 'web-app'],
				['8', '8'],
			]),
		);
		expect(sent()).toHaveLength(2);
	});

	it('reads the project itself where no list shows it', async () => {
		const { client } = responsesByPath({
			[BY_ID]: FORBIDDEN,
			[OWN_PROJECTS]: page([]),
			[PROJECT]: jsonResponse(200, { ...listed, organization: acme }),
		});
		expect(
			await new OrganizationsAndProjects(client).slugsOf({ organization: '1', project: '7' }),
		).toEqual({
			organization: 'acme',
			project: 'web-app',
		});
	});

	it.each<[string, Record<string, Attempt>, string]>([
		[
			'the list, where IDs are refused',
			{
				[ORGANIZATION]: NOT_THERE,
				[ORGANIZATIONS]: page([
					{ ...other, id: '3' },
					{ ...acme, id: '1' },
				]),
				'/api/0/organizations/acme/': jsonResponse(200, acme),
			},
			'acme',
		],
		[
			'the projects, without org:read',
			{
				[ORGANIZATION]: FORBIDDEN,
				[ORGANIZATIONS]: FORBIDDEN,
				[OWN_PROJECTS]: page([project('a')]),
			},
			'acme',
		],
		[
			'nothing',
			{ [ORGANIZATION]: FORBIDDEN, [ORGANIZATIONS]: FORBIDDEN, [OWN_PROJECTS]: FORBIDDEN },
			'1',
		],
	])("learns an organization's slug from %s", async (_, responses, slug) => {
		const { client } = responsesByPath(responses);
		expect(await new OrganizationsAndProjects(client).organizationSlug('1')).toBe(slug);
	});

	it('does not keep a failure', async () => {
		let isUp = false;
		const { client, clock } = scriptedClient(() =>
			isUp ? jsonResponse(200, acme) : jsonResponse(503, {}),
		);
		const organizationsAndProjects = new OrganizationsAndProjects(client);
		await expect(clock.run(organizationsAndProjects.organizationSlug('1'))).rejects.toMatchObject({
			details: { status: 503 },
		});
		isUp = true;
		expect(await organizationsAndProjects.organizationSlug('1')).toBe('acme');
	});
});
