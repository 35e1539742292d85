import type { INodeProperties } from 'n8n-workflow';

import { HEADER_PAIRS } from '../nodes/SentryClientKeys/sentry/extraHeaders';

export const IGNORE_SSL = 'Ignore SSL Issues (Insecure)';

/** What both credentials ask for about the way to a Sentry that is not simply there. */
export function ignoreSslIssues(name: string): INodeProperties {
	return {
		displayName: IGNORE_SSL,
		name,
		type: 'boolean',
		default: false,
		description:
			"Whether to connect even if the server's certificate can't be verified, such as a self-signed one",
	};
}

/** Pairs of name and value; the values may be secrets of their own. */
export const extraHeaders: INodeProperties[] = HEADER_PAIRS.flatMap((number): INodeProperties[] => [
	{
		displayName: `Header Name ${number}`,
		name: `headerName${number}`,
		type: 'string',
		default: '',
		placeholder: 'e.g. CF-Access-Client-Id',
		description:
			'A header that an access proxy in front of Sentry wants, sent to the Sentry URL and nowhere else',
	},
	{
		displayName: `Header Value ${number}`,
		name: `headerValue${number}`,
		type: 'string',
		typeOptions: { password: true },
		default: '',
	},
]);
