import { derivePublicId } from './publicId';

/** How many of the 32 hex digits are free, so that each key gets another ID. */
const FREE_DIGITS = 12;

/**
 * What a key was made for, as its ID tells it: to take the place of another key, or to be the one of
 * its name in a project.
 */
export type Purpose = ['successor', keyId: string] | ['name', projectId: string, name: string];

/**
 * The public ID for a key of a purpose. Whoever has the same secret tells it from all others, so what
 * broke off is found and finished in whatever execution; and as its first digits are free, a key that
 * was deleted never comes back to life.
 *
 * @param seed the same for one item of one run, another for the next
 */
export function markedId(secret: string, purpose: Purpose, seed: string): string {
	const free = derivePublicId(secret, ['free digits', seed, ...purpose]).slice(0, FREE_DIGITS);
	return free + signature(secret, purpose, free);
}

/** Whether a key was made for a purpose. */
export function isMarked(secret: string, purpose: Purpose, candidate: string): boolean {
	const free = candidate.slice(0, FREE_DIGITS);
	return candidate === free + signature(secret, purpose, free);
}

function signature(secret: string, purpose: Purpose, free: string): string {
	return derivePublicId(secret, [...purpose, free]).slice(FREE_DIGITS);
}
