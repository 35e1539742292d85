import type { Clock } from '../sentry/types';

/** How often a long run says how far it is; a shorter one says nothing. */
const EVERY_MS = 5_000;

/** Tells whoever watches a log how far a long run is: "300 of 1,000 items". */
export class Progress {
	private done = 0;
	private lastSaidAt: number;

	constructor(
		private readonly total: number,
		private readonly clock: Clock,
		private readonly say: (progress: string) => void,
	) {
		this.lastSaidAt = clock.now();
	}

	/** To be called after each item. */
	countOne(): void {
		this.done += 1;
		const now = this.clock.now();
		if (this.done === this.total || now - this.lastSaidAt < EVERY_MS) return;
		this.lastSaidAt = now;
		this.say(`${written(this.done)} of ${written(this.total)} items`);
	}
}

function written(count: number): string {
	return count.toLocaleString('en-US');
}
