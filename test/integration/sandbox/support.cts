import axios from 'axios';
import type { AxiosInstance } from 'axios';

import type { Sandbox } from '../../../sandbox/index.cts';

export { serversThat } from '../servers.cts';

/** The keys of the project that most tests use. */
export const KEYS = '/api/0/projects/acme/web-app/keys/';

/** A client that takes every response as it comes, and follows no redirect. */
export function as(token: keyof Sandbox['tokens'], { url, tokens }: Sandbox): AxiosInstance {
	return withToken(tokens[token], url);
}

/** The same with a token's text; undefined for none. */
export function withToken(token: string | undefined, baseURL: string): AxiosInstance {
	return axios.create({
		baseURL,
		headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
		validateStatus: () => true,
		maxRedirects: 0,
	});
}
