import axios from 'axios';
import type { AxiosInstance } from 'axios';

/** The owner of every instance that the tools start; it never leaves this machine. */
export const OWNER = {
	email: 'owner@example.com',
	password: 'Sandbox-2026',
	firstName: 'Sandbox',
	lastName: 'Owner',
};

/** n8n's internal API, as its editor uses it, with the owner logged in. */
export class N8nSession {
	private constructor(
		readonly url: string,
		private readonly http: AxiosInstance,
	) {}

	/** Makes the owner's account if there is none yet, and logs in. */
	static async asOwner(url: string): Promise<N8nSession> {
		const http = axios.create({ baseURL: `${url}/rest`, validateStatus: () => true });
		const response = await http.post('/owner/setup', OWNER);
		const login =
			response.status === 200
				? response
				: await http.post('/login', { emailOrLdapLoginId: OWNER.email, password: OWNER.password });
		if (login.status !== 200) {
			throw new Error(`Could not log in: ${login.status} ${JSON.stringify(login.data)}`);
		}
		const cookies = (login.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]);
		http.defaults.headers.common.cookie = cookies.join('; ');
		return new N8nSession(url, http);
	}

	/** What a browser sends along once it is logged in. */
	get cookie(): string {
		return String(this.http.defaults.headers.common.cookie);
	}

	/** Makes a workflow listen to its triggers, and waits until it does. */
	async activate(workflowId: string): Promise<void> {
		const { data } = await this.get<{ data: { versionId: string } }>(`/workflows/${workflowId}`);
		await this.post(`/workflows/${workflowId}/activate`, { versionId: data.versionId });
	}

	/** @throws Error with n8n's response if it is no success */
	async post<T>(path: string, body: unknown): Promise<T> {
		const { status, data } = await this.http.post<{ data: T }>(path, body);
		if (status >= 300) throw new Error(`POST ${path}: ${status} ${JSON.stringify(data)}`);
		return data.data;
	}

	/** @throws Error with n8n's response if it is no success */
	async get<T>(path: string): Promise<T> {
		const { status, data } = await this.http.get<T>(path);
		if (status >= 300) throw new Error(`GET ${path}: ${status} ${JSON.stringify(data)}`);
		return data;
	}
}
