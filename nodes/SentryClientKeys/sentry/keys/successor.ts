import { derivePublicId } from './publicId';

/** How many of the 32 hex digits are free, so that each rotation gives another ID. */
const FREE_DIGITS = 12;

/**
 * The public ID for the key that takes the place of another. It can be told from all others by whoever
 * has the same secret, so a rotation that broke off is found and finished, in whatever execution; and as
 * its first digits are free, a successor that was deleted never comes back to life.
 *
 * @param seed the same for one item of one run, another for the next
 */
export function successorId(secret: string, keyId: string, seed: string): string {
	const free = derivePublicId(secret, ['rotation', seed, keyId]).slice(0, FREE_DIGITS);
	return free + signature(secret, keyId, free);
}

/** Whether a key was made to take the place of another one. */
export function isSuccessor(secret: string, keyId: string, candidate: string): boolean {
	const free = candidate.slice(0, FREE_DIGITS);
	return candidate === free + signature(secret, keyId, free);
}

function signature(secret: string, keyId: string, free: string): string {
	return derivePublicId(secret, ['successor', keyId, free]).slice(FREE_DIGITS);
}
