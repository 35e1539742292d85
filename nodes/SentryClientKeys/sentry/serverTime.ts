import type { HttpResponse } from './types';

/**
 * What the server's clock read when it answered, milliseconds since the epoch: its `Date` header, which
 * has whole seconds; within that second, and without the header, this machine's clock is believed.
 *
 * @param now this machine's clock
 */
export function serverNow(
	response: Pick<HttpResponse, 'headers'> | undefined,
	now: number,
): number {
	const date = Date.parse(response?.headers.date ?? '');
	return Number.isNaN(date) || (now >= date && now < date + 1000) ? now : date;
}

/**
 * How far this machine's clock is ahead of Sentry's, in milliseconds (negative: behind).
 *
 * Sentry's rate limit windows end on full seconds of its own clock, so a clock that is off by some
 * hundred milliseconds would send too early, or waste part of each window. Each response's `Date`
 * header (whole seconds) narrows the possible difference: the server's clock read between `Date` and
 * `Date` + 1 s at some moment between the request's start and the response's arrival.
 */
export class ServerTime {
	private atLeast = -Infinity;
	private atMost = Infinity;
	private trustsAgreement = true;

	/** @param sentAt,receivedAt this machine's clock, milliseconds since the epoch */
	observe(response: HttpResponse, sentAt: number, receivedAt: number): void {
		const date = Date.parse(response.headers.date ?? '');
		if (Number.isNaN(date)) return;
		this.atLeast = Math.max(this.atLeast, sentAt - date - 1000);
		this.atMost = Math.min(this.atMost, receivedAt - date);
		if (this.atLeast > this.atMost) {
			// One of the two clocks was set, or another server answered: start over from this response.
			this.atLeast = sentAt - date - 1000;
			this.atMost = receivedAt - date;
		}
	}

	/** To be called when a request arrived before the time that `ahead` stands for. */
	wasTooEarly(): void {
		this.trustsAgreement = false;
	}

	/**
	 * The difference to go by: none while the clocks may agree, as they mostly do; once that has proved
	 * wrong, the largest that fits every response so far.
	 */
	get ahead(): number {
		if (!this.trustsAgreement && this.atMost < Infinity) return this.atMost;
		return Math.min(Math.max(0, this.atLeast), this.atMost);
	}

	/** By how much `ahead` may be too small, in milliseconds. */
	get uncertainty(): number {
		return this.atMost - this.ahead;
	}
}
