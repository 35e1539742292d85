import { readKey } from '../../sentry/calls';
import { compareWithKey } from '../../sentry/keys/keyChoice';
import { keyResult, keyResults, usageDays } from '../keyResults';
import { operation } from '../types';

export const get = operation({
	target: 'clientKey',
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get client key',
		description: 'Get one client key, by its ID or its DSN',
	},
	parameters: [],

	prepare(item) {
		const { organization, project, keyChoice } = item;
		return { project: { organization, project }, keyChoice, days: usageDays(item) };
	},

	async run({ project, keyChoice, days }, item) {
		const answer = await readKey(item.sentry, project, keyChoice.keyId);
		compareWithKey(answer.body, keyChoice.dsn);
		keyResult(item, answer.body);
		const { results, answers } = await keyResults(item, [answer.body], () => project, days);
		return { answers: [answer, ...answers], results };
	},
});
