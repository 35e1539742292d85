import { sleep } from 'n8n-workflow';

import { CancelledError } from '../sentry/errors';
import type { Clock } from '../sentry/types';

/** n8n offers no sleep that can be interrupted, so long ones are cut into pieces of this length. */
const SLICE_MS = 250;

/** The real time. A sleep ends early, by rejecting, when the execution is cancelled. */
export function realClock(cancelSignal?: AbortSignal): Clock {
	return {
		now: () => Date.now(),
		random: () => Math.random(),
		async sleep(milliseconds) {
			const end = Date.now() + milliseconds;
			do {
				if (cancelSignal?.aborted) throw new CancelledError();
				await sleep(Math.min(SLICE_MS, Math.max(0, end - Date.now())));
			} while (Date.now() < end);
		},
	};
}
