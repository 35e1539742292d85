import { ProjectKeys } from '../../../../nodes/SentryClientKeys/sentry/keys/projectKeys.ts';
import type { ClientKey } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { jsonResponse, scriptedClient } from '../../support/scriptedSend.cts';

const PROJECT = { organization: 'acme', project: 'web-app' };
const id = (digit: string) => digit.repeat(32);
const key = (digit: string, name: string): ClientKey => ({ id: id(digit), name });

/** @param listed what the server lists, which a test may change */
function projectKeys(listed: ClientKey[]) {
	const { client, clock } = scriptedClient(() => jsonResponse(200, listed));
	const keys = new ProjectKeys(client, PROJECT);
	const names = async (wait: number): Promise<Array<string | undefined>> => {
		await clock.run(clock.sleep(wait));
		await clock.run(keys.refresh());
		return [...keys.all()].map(({ name }) => name);
	};
	return { keys, names, clock };
}

describe('what others do to the keys of a project', () => {
	it('shows half a minute later, also of older keys', async () => {
		const listed = [key('3', 'new'), key('2', 'app'), key('1', 'other')];
		const { names } = projectKeys(listed);
		expect(await names(0)).toEqual(['new', 'app', 'other']);
		listed.splice(1, 1);
		expect(await names(31_000)).toEqual(['new', 'other']);
	});

	it('takes nothing from the run that it has made itself and not settled', async () => {
		const { keys, names } = projectKeys([key('1', 'other')]);
		await names(0);
		keys.put(key('2', 'made'));
		keys.unsettled.add(id('2'));
		expect(await names(31_000)).toEqual(expect.arrayContaining(['made', 'other']));
	});
});

describe('the keys of a name', () => {
	const dated = (digit: string, name: string, second: number): ClientKey => ({
		...key(digit, name),
		dateCreated: `2026-11-25T12:00:0${second}Z`,
	});

	it('are those of exactly that name, newest first', async () => {
		const { keys, names } = projectKeys([
			dated('1', 'app', 1),
			dated('2', 'App', 2),
			dated('3', 'app', 3),
		]);
		await names(0);
		expect(keys.named('app').map((one) => one.id)).toEqual([id('3'), id('1')]);
		expect(keys.named('none')).toEqual([]);
	});

	it('go with the key when it gets another one', async () => {
		const { keys, names } = projectKeys([key('1', 'app')]);
		await names(0);
		keys.put(key('1', 'new'));
		expect(keys.named('app')).toEqual([]);
		expect(keys.named('new')).toHaveLength(1);
		keys.remove(id('1'));
		keys.remove(id('1'));
		expect(keys.named('new')).toEqual([]);
	});

	it.each([
		['blanks', 'a  b', 'a b'],
		['a blank at the end', 'app ', 'app'],
		['a character that nobody sees', 'ap\u200bp', 'ap p'],
		['full-width letters', 'ａｐｐ', 'app'],
		['a line break', 'a\nb', 'a b'],
	])('look the same with %s', async (_, name, other) => {
		const { keys, names } = projectKeys([key('1', name), key('2', other), key('3', 'else')]);
		await names(0);
		expect(keys.lookalikesOf(other)).toEqual([name]);
		expect(keys.lookalikesOf(name)).toEqual([other]);
		expect(keys.lookalikesOf('else')).toEqual([]);
	});
});

describe('the age of a key', () => {
	const AHEAD_MS = 7_200_000;

	it('is told by the server’s clock, as its responses show it', async () => {
		const now = 1_700_000_000_000;
		const { client, clock } = scriptedClient(() =>
			jsonResponse(200, [], { date: new Date(now + AHEAD_MS).toUTCString() }),
		);
		const keys = new ProjectKeys(client, PROJECT);
		await clock.run(keys.refresh());
		const made = (ms: number) => ({ ...key('1', 'app'), dateCreated: new Date(ms).toISOString() });
		expect(keys.ageOf(made(now + AHEAD_MS - 5000))).toBe(5000);
		expect(keys.ageOf(key('1', 'app'))).toBe(0);
	});

	it('is told by this machine’s where they show none', async () => {
		const { keys, names, clock } = projectKeys([]);
		await names(0);
		const dateCreated = new Date(clock.now() - 5000).toISOString();
		expect(keys.ageOf({ ...key('1', 'app'), dateCreated })).toBe(5000);
	});
});

describe('the look after the run made a key', () => {
	/** How long after the creation a look begins, which took so long itself. */
	async function pauseAfter(creationMs: number): Promise<number> {
		const looks: number[] = [];
		const { client, clock } = scriptedClient(() => {
			looks.push(clock.now());
			return jsonResponse(200, []);
		});
		const keys = new ProjectKeys(client, PROJECT);
		await clock.run(keys.refresh());
		const begun = clock.now();
		await clock.run(clock.sleep(creationMs));
		keys.noteCreation(begun);
		const made = clock.now();
		await clock.run(keys.lookWhenQuiet());
		await clock.run(keys.lookWhenQuiet());
		expect(looks).toHaveLength(2);
		return (looks[1] ?? 0) - made;
	}

	it.each([
		['a third of a second at least', 10, 300],
		['twice as long as the creation took', 1000, 2000],
		['five seconds at most', 60_000, 5000],
	])('waits %s', async (_, took, pause) => {
		expect(await pauseAfter(took)).toBe(pause);
	});

	it('is none where nothing was made', async () => {
		const { keys, clock } = projectKeys([]);
		await clock.run(keys.refresh());
		const before = clock.now();
		await clock.run(keys.lookWhenQuiet());
		expect(clock.now()).toBe(before);
	});
});

it('what the run changes while the list is read is newer than the list', async () => {
	const listed = [key('1', 'old name'), key('2', 'deleted')];
	let duringLook = () => {};
	const { client, clock } = scriptedClient(() => {
		duringLook();
		return jsonResponse(200, listed);
	});
	const keys = new ProjectKeys(client, PROJECT);
	duringLook = () => {
		keys.put(key('1', 'new name'));
		keys.remove(id('2'));
		keys.put(key('3', 'made'));
	};
	await clock.run(keys.refresh());
	expect([...keys.all()].map(({ name }) => name)).toEqual(['new name', 'made']);
});

it('those that want the list at once share one look', async () => {
	const { client, clock, sent } = scriptedClient(() => jsonResponse(200, [key('1', 'app')]));
	const keys = new ProjectKeys(client, PROJECT);
	await clock.run(Promise.all([keys.refresh(), keys.refresh(), keys.refresh()]));
	expect(sent()).toHaveLength(1);
	const { mark } = keys;
	await clock.run(Promise.all([keys.lookAfter(mark), keys.lookAfter(mark)]));
	expect(sent()).toHaveLength(2);
});

it('a list that failed is read again', async () => {
	const { client, clock } = scriptedClient(
		(_, sent) => (sent === 0 ? jsonResponse(503, {}) : jsonResponse(200, [key('1', 'app')])),
		{ maxRetries: 0 },
	);
	const keys = new ProjectKeys(client, PROJECT);
	await expect(clock.run(keys.refresh())).rejects.toThrow('(503)');
	await clock.run(keys.refresh());
	expect(keys.named('app')).toHaveLength(1);
});
