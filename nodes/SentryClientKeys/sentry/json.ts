/** Sentry's own responses have some ten levels; code that walks a response must not run out of stack. */
const MOST_LEVELS = 100;

/** The parsed text, or undefined if it is not JSON, or nested deeper than any response of Sentry's. */
export function parseJson(text: string): unknown {
	try {
		const value = JSON.parse(text) as unknown;
		return isTooDeep(value) ? undefined : value;
	} catch {
		return undefined;
	}
}

function isTooDeep(value: unknown): boolean {
	let level = [value];
	for (let depth = 0; depth <= MOST_LEVELS; depth++) {
		level = level.flatMap((part): unknown[] =>
			typeof part === 'object' && part !== null ? Object.values(part) : [],
		);
		if (level.length === 0) return false;
	}
	return true;
}

/** Whether a value is an object with named fields: not null, not a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
