import { SENTRY_IO } from '../sandbox/limiter.cts';
import type { CaseName } from './cases.cts';
import type { ContenderName } from './contenders.cts';
import type { Result } from './measure.cts';

/** What the package promises, and what was measured. */
export interface Goal {
	promise: string;
	measured: string;
	isMet: boolean;
}

/** Compares with the promises; those whose runs were left out are left out. */
export function goalsOf(results: Result[], loadingMs: number): Goal[] {
	const goals: Goal[] = [
		{
			promise: 'loading the package costs n8n at most 30 ms',
			measured: `${loadingMs.toFixed(1)} ms`,
			isMet: loadingMs <= 30,
		},
	];
	const find = (by: ContenderName, name: CaseName, count: number, limiter = false) =>
		results.find(
			(one) =>
				one.contender === by && one.case === name && one.count === count && one.limiter === limiter,
		);
	/** Adds a promise of the form: at most so much. */
	const atMost = (promise: string, most: number, value: number | undefined, digits = 2) => {
		if (value === undefined || Number.isNaN(value)) return;
		goals.push({ promise, measured: value.toFixed(digits), isMet: value <= most });
	};
	const times = (one: number | undefined, other: number | undefined) =>
		one === undefined || other === undefined ? undefined : one / other;

	const node = find('node', 'create', 1000);
	const http = find('httpRequest', 'create', 1000);
	const most = find('node', 'create', 10_000);
	const mostByHttp = find('httpRequest', 'create', 10_000);
	const paced = find('node', 'create', 1000, true);
	atMost(
		"1,000 items: at most 1.05 times the pool over n8n's helper",
		1.05,
		times(node?.ms, find('pool', 'create', 1000)?.ms),
	);
	atMost(
		'1,000 items: at most 1.15 times the pool over axios',
		1.15,
		times(node?.ms, find('axios', 'create', 1000)?.ms),
	);
	atMost('1,000 items: not slower than HTTP Request', 1, times(node?.ms, http?.ms));
	atMost("1,000 items: at most HTTP Request's processor time", 1, times(node?.cpuMs, http?.cpuMs));
	if (paced !== undefined) {
		const share = (100 * (paced.count / SENTRY_IO.limit) * 1000) / paced.ms;
		goals.push({
			promise: 'with the limiter: at least 98 % of the permitted 40 creates a second',
			measured: `${share.toFixed(1)} %`,
			isMet: share >= 98,
		});
	}
	atMost('with the limiter: no failure', 0, paced?.failures, 0);
	atMost(
		'with the limiter: under 0.2 % of the requests answered 429',
		0.2,
		paced && (100 * paced.refused) / paced.requests,
	);
	atMost('10,000 items: all complete, so many missing', 0, most && 10_000 - most.keysMade, 0);
	const growth = (large: Result | undefined, small: Result | undefined) =>
		large?.peakBytes === undefined || small?.peakBytes === undefined
			? undefined
			: large.peakBytes - small.peakBytes;
	atMost(
		"1,000 to 10,000 items: at most HTTP Request's growth of memory",
		1,
		times(growth(most, node), growth(mostByHttp, http)),
	);
	atMost(
		'1,000 unchanged names in one project: at most 12 requests',
		12,
		find('node', 'upsertSame', 1000)?.requests,
		0,
	);
	atMost(
		'1,000 new names in one project: at most 1.05 requests per key',
		1.05,
		times(find('node', 'upsertNew', 1000)?.requests, 1000),
		3,
	);
	atMost(
		'an organization of 1,000 projects and 5,000 keys: at most 60 requests',
		60,
		find('node', 'organization', 5000)?.requests,
		0,
	);
	return goals;
}
