import { readKey } from '../../sentry/calls';
import { keyResults, usageDays } from '../keyResults';
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
		const { organization, project, keyId } = item;
		return { project: { organization, project }, keyId, days: usageDays(item) };
	},

	async run({ project, keyId, days }, item) {
		const answer = await readKey(item.sentry, project, keyId);
		const { results, answers } = await keyResults(item, [answer.body], () => project, days);
		return { answers: [answer, ...answers], results };
	},
});
