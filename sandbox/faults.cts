/** Ways in which a request can go wrong that has nothing wrong about it. */
export const FAULT_KINDS = [
	'loseResponse',
	'reset',
	'hang',
	'hangAfterCommit',
	'error500AfterCommit',
	'error500',
	'error502html',
	'error503',
	'html',
	'notFound',
	'proxy404',
	'emptyBody',
	'forbidden',
	'truncatedJson',
	'listInstead',
	'stringInstead',
	'tooManyRequests',
	'redirect',
	'unauthorized',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
	kind: FaultKind;
	method?: string;
	/** Compared with the path without its query: text must be contained in it. */
	path?: RegExp | string;
	/** 0 to 1, default 1. */
	probability?: number;
	/** How often it strikes; without it, for ever. */
	times?: number;
	/** How many matching requests it lets pass first. */
	skip?: number;
	/** Of the random numbers behind `probability`, default 1. */
	seed?: number;
	/** Where `redirect` leads. */
	location?: string;
}

interface Armed extends Fault {
	random: () => number;
	left: number;
	toSkip: number;
}

/** The faults that are armed; the first that matches a request strikes it. */
export class Faults {
	private armed: Armed[] = [];

	add(fault: Fault): void {
		this.armed.push({
			...fault,
			random: randomNumbers(fault.seed ?? 1),
			left: fault.times ?? Infinity,
			toSkip: fault.skip ?? 0,
		});
	}

	clear(): void {
		this.armed = [];
	}

	/** The fault for a request, if one strikes. */
	strike(method: string, path: string): Fault | undefined {
		const fault = this.armed.find(
			(candidate) =>
				candidate.left > 0 &&
				(candidate.method === undefined || candidate.method === method) &&
				matchesPath(candidate.path, path) &&
				candidate.toSkip-- <= 0 &&
				candidate.random() < (candidate.probability ?? 1),
		);
		if (fault !== undefined) fault.left -= 1;
		return fault;
	}
}

function matchesPath(wanted: Fault['path'], path: string): boolean {
	if (wanted === undefined) return true;
	return typeof wanted === 'string' ? path.includes(wanted) : wanted.test(path);
}

/** The same numbers for the same seed, so that a failing test fails again (mulberry32). */
function randomNumbers(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}
