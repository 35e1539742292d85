import type { Sandbox } from '../../../sandbox/index.cts';
import { as, KEYS, serversThat, withToken } from './support.cts';

const serverThat = serversThat();

interface Key {
	id: string;
	name: string;
	isActive: boolean;
	rateLimit: object | null;
	browserSdkVersion: string;
	browserSdk: { choices: string[][] };
	dynamicSdkLoaderOptions: Record<string, boolean>;
}

describe('a server whose PUT resets what it leaves out', () => {
	const settings = {
		rateLimit: { count: 5, window: 60 },
		browserSdkVersion: '8.x',
		dynamicSdkLoaderOptions: { hasDebug: true, hasReplay: false },
	};

	async function change(resetsSettings: boolean, body: object): Promise<Key> {
		const server = await serverThat({ resetsSettings });
		const [key] = server.addKeys('acme', 'web-app', 1);
		const client = as('write', server);
		await client.put(`${KEYS}${key?.public}/`, settings);
		const { data } = await client.put<Key>(`${KEYS}${key?.public}/`, body);
		return data;
	}

	it('forgets rate limit, SDK version and loader options, but not the name', async () => {
		expect(await change(true, { isActive: false })).toMatchObject({
			name: 'key 1',
			isActive: false,
			rateLimit: null,
			browserSdkVersion: '10.x',
			dynamicSdkLoaderOptions: { hasDebug: false, hasReplay: true, hasPerformance: true },
		});
	});

	it('keeps what is sent along', async () => {
		expect(await change(true, settings)).toMatchObject(settings);
	});

	it('is no usual one', async () => {
		expect(await change(false, { isActive: false })).toMatchObject(settings);
	});
});

describe('a server without the list of an organization', () => {
	it('answers as to any unknown route, whoever asks', async () => {
		const server = await serverThat({ organizationKeysEndpoint: false });
		const responses = [];
		for (const path of ['project-keys', 'nonsense']) {
			for (const token of [server.tokens.admin, server.tokens.projectOnly, undefined]) {
				const url = `/api/0/organizations/acme/${path}/`;
				const { status, data, headers } = await withToken(token, server.url).get<unknown>(url);
				responses.push([status, data, headers['content-type']]);
			}
		}
		expect(responses).toEqual(Array(6).fill([404, '', 'text/html; charset=utf-8']));
	});
});

describe('a server with fewer SDK versions', () => {
	let server: Sandbox;
	let path: string;

	beforeEach(async () => {
		server = await serverThat({ sdkChoices: ['8.x', '7.x'] });
		path = `${KEYS}${server.addKeys('acme', 'web-app', 1)[0]?.public}/`;
	});

	it('offers them, and gives new keys the first', async () => {
		const { data } = await as('write', server).get<Key>(path);
		expect(data.browserSdkVersion).toBe('8.x');
		expect(data.browserSdk.choices).toEqual([
			['8.x', '8.x'],
			['7.x', '7.x'],
		]);
	});

	it.each(['7.x', '4.x', 'latest'])('takes %s', async (browserSdkVersion) => {
		const { status, data } = await as('write', server).put<Key>(path, { browserSdkVersion });
		expect([status, data.browserSdkVersion]).toEqual([200, browserSdkVersion]);
	});

	it.each(['9.x', '10.x'])('refuses %s', async (browserSdkVersion) => {
		const { status, data } = await as('write', server).put<unknown>(path, { browserSdkVersion });
		expect([status, data]).toEqual([
			400,
			{ browserSdkVersion: [`"${browserSdkVersion}" is not a valid choice.`] },
		]);
	});
});

it.each([
	['11.x', 400],
	['10.x', 200],
	['5.x', 200],
])('the usual server answers the SDK version %s with %d', async (browserSdkVersion, status) => {
	const server = await serverThat();
	const [key] = server.addKeys('acme', 'web-app', 1);
	const response = await as('write', server).put(`${KEYS}${key?.public}/`, { browserSdkVersion });
	expect(response.status).toBe(status);
});
