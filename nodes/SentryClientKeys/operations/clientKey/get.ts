import { OPTIONS_OF_RETURNED_KEYS } from '../../parameters/options';
import { readKey } from '../../sentry/endpoints';
import { compareWithKey } from '../../sentry/keys/keyChoice';
import { locateKey } from '../../sentry/keys/locateKey';
import { keyResult, keyResults, usageDays } from '../keyResults';
import { operation } from '../types';

export const get = operation({
	target: 'clientKey',
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get client key (DSN)',
		description: 'Get one client key (DSN), by its ID or by the DSN alone',
	},
	parameters: [],
	options: [...OPTIONS_OF_RETURNED_KEYS, 'includeUsage', 'usageDays'],

	prepare(item) {
		return { target: item.keyTarget, days: usageDays(item) };
	},

	async run({ target, days }, item) {
		const { choice, columns, ...project } = await locateKey(item.keys.server, target);
		const response = await readKey(item.sentry, project, choice.keyId);
		compareWithKey(response.body, choice.dsn);
		keyResult(item, response.body);
		const { results, responses } = await keyResults(item, [response.body], {
			projectOf: () => project,
			columnsOf: () => columns,
			days,
		});
		return { responses: [response, ...responses], results };
	},
});
