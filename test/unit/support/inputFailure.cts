import { InvalidInputError } from '../../../nodes/SentryClientKeys/sentry/errors.ts';

/** What reading a parameter is refused with. */
export function inputFailureOf(read: () => unknown): InvalidInputError {
	try {
		read();
	} catch (reason) {
		if (reason instanceof InvalidInputError) return reason;
	}
	throw new Error('It was accepted');
}
