import { Faults } from '../../../sandbox/faults.cts';
import type { Fault } from '../../../sandbox/faults.cts';

const PATH = '/api/0/projects/acme/web-app/keys/';

/** Which of the requests, written as "GET /path", a fault strikes. */
function struck(fault: Omit<Fault, 'kind'>, requests: string[]): number[] {
	const faults = new Faults();
	faults.add({ kind: 'reset', ...fault });
	return requests.flatMap((request, n) => {
		const [method = '', path = ''] = request.split(' ');
		return faults.strike(method, path) === undefined ? [] : [n];
	});
}

const gets = (count: number) => Array<string>(count).fill(`GET ${PATH}`);

it('strikes every request, or as often as told', () => {
	expect(struck({}, gets(3))).toEqual([0, 1, 2]);
	expect(struck({ times: 2 }, gets(3))).toEqual([0, 1]);
});

it.each<[Partial<Fault>]>([[{ method: 'POST' }], [{ path: '/backend/' }], [{ path: /backend/ }]])(
	'strikes only requests that match %j',
	(match) => {
		expect(struck(match, [`GET ${PATH}`, `POST ${PATH.replace('web-app', 'backend')}`])).toEqual([
			1,
		]);
	},
);

it('lets only requests pass that match, before it strikes so often', () => {
	const requests = ['GET', 'POST', 'GET', 'GET', 'POST', 'POST', 'POST', 'POST'];
	expect(
		struck(
			{ method: 'POST', skip: 2, times: 2 },
			requests.map((method) => `${method} ${PATH}`),
		),
	).toEqual([5, 6]);
});

it('throws its dice for those alone that it does not let pass', () => {
	const without = struck({ probability: 0.5, seed: 7 }, gets(100));
	const skipping = struck({ probability: 0.5, seed: 7, skip: 10 }, gets(110));
	expect(without.length).toBeGreaterThan(30);
	expect(without.length).toBeLessThan(70);
	expect(skipping).toEqual(without.map((n) => n + 10));
});

it('strikes as often as told with a probability, too', () => {
	const all = struck({ probability: 0.5, seed: 7 }, gets(100));
	expect(struck({ probability: 0.5, seed: 7, times: 3 }, gets(100))).toEqual(all.slice(0, 3));
	expect(struck({ probability: 0 }, gets(100))).toEqual([]);
});
