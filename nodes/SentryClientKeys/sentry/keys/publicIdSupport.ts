import { createKeyCall } from '../endpoints';
import type { ProjectRef } from '../endpoints';
import type { SentryClient } from '../client';
import { isRecord, parseJson } from '../json';
import type { Clock } from '../types';

/** The ID that a key was to get, the one that its request carried, and the one that it has. */
interface IdOutcome {
	asked?: string | undefined;
	wanted?: string | undefined;
	got: string;
}

/**
 * What is known of a server's way with a client-chosen `public`: Sentry honours it, but does not
 * document it, so other servers, and perhaps later ones, ignore or refuse it.
 *
 * One instance serves all creates that go to one server in one run, so that each learns from the rest.
 */
export class PublicIdSupport {
	private state: 'unknown' | 'honoured' | 'ignored' | 'refused' = 'unknown';
	private readonly asked = new Set<string>();
	private posting = 0;
	private question: Promise<boolean | undefined> | undefined;

	get isHonoured(): boolean {
		return this.state === 'honoured';
	}

	/** Whether the server answers 400 to a `public`, so that it is better left out. */
	get isRefused(): boolean {
		return this.state === 'refused';
	}

	/** Whether the server takes a `public` and gives the key another one. */
	get isIgnored(): boolean {
		return this.state === 'ignored';
	}

	/** Whether this run asked for a key of that ID. */
	wasAskedFor(id: string): boolean {
		return this.asked.has(id);
	}

	/** To be called before a create is sent; while it is under way, others may learn from its response. */
	beginPosting(publicId: string | undefined): void {
		if (publicId !== undefined) this.asked.add(publicId);
		this.posting += 1;
	}

	/** To be called once that create has ended. */
	endPosting(): void {
		this.posting -= 1;
	}

	/** Takes in which ID a key got, of the ID that was `wanted` and the one that was `asked` for. */
	learn({ asked, wanted, got }: IdOutcome): void {
		if (wanted === undefined) return;
		if (asked === undefined) this.state = 'refused';
		else this.state = asked === got ? 'honoured' : 'ignored';
	}

	/** Resolves once something is known, or no create is under way any more that could tell. */
	async waitForEvidence(clock: Clock): Promise<void> {
		while (this.state === 'unknown' && this.posting > 0) {
			await clock.sleep(EVIDENCE_POLL_MS);
		}
	}

	/**
	 * Asks the server, where nothing else has told, whether it reads `public`: with a create that it is
	 * bound to refuse for its name and its rate limit. Sentry names every wrong field in one response, so
	 * a server that reads `public` names it as well. That it also honours it is only known once a key has
	 * the ID that was asked for.
	 *
	 * @returns undefined if the response tells nothing
	 */
	async ask(client: SentryClient, project: ProjectRef): Promise<boolean | undefined> {
		if (this.state !== 'unknown') return this.isHonoured;
		this.question ??= probe(client, project);
		const isRead = await this.question;
		if (isRead === undefined) this.question = undefined;
		return isRead;
	}
}

async function probe(client: SentryClient, project: ProjectRef): Promise<boolean | undefined> {
	// As safe to repeat as a GET: it never makes a key.
	const call = createKeyCall(project, BOUND_TO_BE_REFUSED);
	for await (const { attempt } of client.tries(() => call, 'GET')) {
		if (!('response' in attempt) || attempt.response.status !== 400) continue;
		const body = parseJson(attempt.response.text);
		return isRecord(body) ? 'public' in body : undefined;
	}
	return undefined;
}

const EVIDENCE_POLL_MS = 50;
const BOUND_TO_BE_REFUSED = { name: '-'.repeat(65), rateLimit: '-', public: '-' };
