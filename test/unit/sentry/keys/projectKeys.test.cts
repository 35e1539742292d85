import { ProjectKeys } from '../../../../nodes/SentryClientKeys/sentry/keys/projectKeys.ts';
import type { ClientKey } from '../../../../nodes/SentryClientKeys/sentry/types.ts';
import { jsonAnswer, scriptedClient } from '../../support/scriptedSend.cts';

const PROJECT = { organization: 'acme', project: 'web-app' };
const id = (digit: string) => digit.repeat(32);
const key = (digit: string, name: string): ClientKey => ({ id: id(digit), name });

/** @param listed what the server lists, which a test may change */
function projectKeys(listed: ClientKey[]) {
	const { client, clock } = scriptedClient(() => jsonAnswer(200, listed));
	const keys = new ProjectKeys(client, PROJECT);
	const names = async (wait: number): Promise<Array<string | undefined>> => {
		await clock.run(clock.sleep(wait));
		await clock.run(keys.refresh());
		return [...keys.all()].map(({ name }) => name);
	};
	return { keys, names };
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
