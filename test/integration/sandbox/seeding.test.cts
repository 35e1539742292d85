import { as } from './support.cts';
import { sharedSandbox } from '../servers.cts';

const sandbox = sharedSandbox();

const labels = () => sandbox.keys.ofProject('acme', 'backend').map(({ label }) => label);

it('adds so many keys, the last of them the newest', () => {
	const added = sandbox.addKeys('acme', 'backend', 3);
	expect(added.map(({ label }) => label)).toEqual(['key 1', 'key 2', 'key 3']);
	expect(labels()).toEqual(['key 3', 'key 2', 'key 1', 'Default']);
	expect(new Set(added.map(({ public: id }) => id)).size).toBe(3);
	expect(added[0]).toMatchObject({ isActive: true, rateLimitCount: null });
});

it('gives them the same fields, or each its own', () => {
	sandbox.addKeys('acme', 'backend', 2, { isActive: false });
	sandbox.addKeys('acme', 'backend', 2, (index) => ({ label: `own ${index}` }));
	expect(labels().slice(0, 2)).toEqual(['own 1', 'own 0']);
	const [, , second, first] = sandbox.keys.ofProject('acme', 'backend');
	expect([first?.isActive, second?.isActive]).toEqual([false, false]);
});

it.each([
	['nope', 'There is no project acme/nope'],
	['backend', `There is a key ${'a'.repeat(32)} already`],
])('fails loudly (%s)', (project, message) => {
	expect(() => sandbox.addKeys('acme', project, 2, { public: 'a'.repeat(32) })).toThrow(message);
});

it('lasts until a reset', () => {
	sandbox.addKeys('acme', 'backend', 3);
	sandbox.reset();
	expect(labels()).toEqual(['Default']);
});

it('projects tell when they were made', async () => {
	for (const path of ['/api/0/projects/', '/api/0/organizations/acme/projects/']) {
		const { data } = await as('readOnly', sandbox).get<Array<{ dateCreated: string }>>(path);
		for (const { dateCreated } of data) expect(Date.parse(dateCreated)).toBeGreaterThan(0);
	}
});
