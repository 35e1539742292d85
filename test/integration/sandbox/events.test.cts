import axios from 'axios';

import { sendEvent } from '../sendEvent.cts';
import { sharedSandbox } from '../servers.cts';

const KEYS = '/api/0/projects/acme/web-app/keys/';

const sandbox = sharedSandbox();

interface Key {
	id: string;
	dsn: { public: string };
}

async function create(body: object): Promise<Key> {
	const { data } = await axios.post<Key>(sandbox.url + KEYS, body, { headers: headers() });
	return data;
}

const headers = () => ({ Authorization: `Bearer ${sandbox.tokens.admin}` });

it("the official SDK's event arrives through a created key", async () => {
	const key = await create({ name: 'app' });
	expect(await sendEvent(key.dsn.public)).toBe(200);
	expect(sandbox.events).toMatchObject([{ publicKey: key.id, projectId: 4505281256090153 }]);
	expect(sandbox.events[0]?.payload).toContain('hello');
});

it('a disabled key is refused', async () => {
	const key = await create({});
	await axios.put(`${sandbox.url}${KEYS}${key.id}/`, { isActive: false }, { headers: headers() });
	expect(await sendEvent(key.dsn.public)).toBe(403);
	expect(sandbox.events).toEqual([]);
});

it('a key over its rate limit is told to wait', async () => {
	const key = await create({ rateLimit: { count: 1, window: 3600 } });
	expect(await sendEvent(key.dsn.public)).toBe(200);
	expect(await sendEvent(key.dsn.public)).toBe(429);
	expect(sandbox.events).toHaveLength(1);
});
