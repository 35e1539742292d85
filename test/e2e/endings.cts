/**
 * Collects how to end what a file of tests starts. All of it ends with the file, the last first, also
 * if not everything could be started.
 */
export function endings(): (end: () => Promise<void>) => void {
	const ends: Array<() => Promise<void>> = [];
	afterAll(async () => {
		for (const end of ends.reverse()) await end();
	});
	return (end) => void ends.push(end);
}
