/** What one item of a run asks for. */
export interface BenchItem {
	/** The slug of its project, in the organization `acme`. */
	project: string;
	/** The name that a key is to have. */
	name: string;
	/** The key that is to be changed; empty where one is made. */
	id: string;
}

/** What there is before a run: so many projects, with so many keys each. */
export interface World {
	projects: number;
	keysEach: number;
}

/** What no client can do without, to do the work of a case. */
export interface Least {
	requests: number;
	/** How many of them count in one bucket of the limiter. */
	inOneBucket: number;
	/** How many of them must wait for each other. */
	inSequence: number;
}

export interface Case {
	title: string;
	/** What is counted. */
	unit: 'items' | 'keys';
	world: (count: number) => World;
	items: (count: number, keys: readonly BenchItem[]) => BenchItem[];
	least: (count: number) => Least;
	/** Whether each item makes a key. */
	makesKeys: boolean;
	/** What it is measured with unless the command says otherwise. */
	counts: readonly number[];
}

const PAGE_SIZE = 100;
/** The project of all cases but those that are about many. */
export const PROJECT = 'extra-1';

const oneKey = (): World => ({ projects: 1, keysEach: 1 });
const manyKeys = (count: number): World => ({ projects: 1, keysEach: count });

const named = (count: number): BenchItem[] =>
	Array.from({ length: count }, (_, n) => ({ project: PROJECT, name: `new key ${n}`, id: '' }));
const one = (): BenchItem[] => [{ project: PROJECT, name: '', id: '' }];

const oneEach = (count: number): Least => ({
	requests: count,
	inOneBucket: count,
	inSequence: 1,
});
const pages = (count: number): Least => {
	const requests = Math.ceil(count / PAGE_SIZE);
	return { requests, inOneBucket: requests, inSequence: requests };
};

const COUNTS = [1, 10, 100, 1000, 10_000];

/** The work that is measured. Each list holds exactly as many keys as are counted. */
export const CASES = {
	create: {
		title: 'Create',
		unit: 'items',
		world: oneKey,
		items: named,
		least: oneEach,
		makesKeys: true,
		counts: COUNTS,
	},
	upsertNew: {
		title: 'Create or Update, all new',
		unit: 'items',
		world: oneKey,
		items: named,
		least: (count) => ({ requests: count + 1, inOneBucket: count, inSequence: 2 }),
		makesKeys: true,
		counts: COUNTS,
	},
	upsertSame: {
		title: 'Create or Update, all unchanged',
		unit: 'items',
		world: manyKeys,
		items: (_, keys) => [...keys],
		least: pages,
		makesKeys: false,
		counts: COUNTS,
	},
	getMany: {
		title: 'Get Many, of a project',
		unit: 'keys',
		world: manyKeys,
		items: one,
		least: pages,
		makesKeys: false,
		counts: COUNTS,
	},
	organization: {
		title: 'Get Many, of an organization with 5 keys per project',
		unit: 'keys',
		world: (count) => ({ projects: Math.ceil(count / 5), keysEach: Math.min(5, count) }),
		items: one,
		least: pages,
		makesKeys: false,
		counts: [5, 50, 500, 5000],
	},
	update: {
		title: 'Update',
		unit: 'items',
		world: manyKeys,
		items: (_, keys) => keys.map((key) => ({ ...key, name: `${key.name}, renamed` })),
		least: oneEach,
		makesKeys: false,
		counts: COUNTS,
	},
	rotate: {
		title: 'Rotate and disable, one key in each project',
		unit: 'items',
		world: (count) => ({ projects: count, keysEach: 1 }),
		items: (_, keys) => [...keys],
		least: (count) => ({ requests: 3 * count, inOneBucket: count, inSequence: 3 }),
		makesKeys: true,
		counts: COUNTS,
	},
} satisfies Record<string, Case>;

export type CaseName = keyof typeof CASES;
