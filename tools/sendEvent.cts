import * as Sentry from '@sentry/node';

/** How long the SDK may take to deliver the event, in milliseconds. */
const DELIVERY_TIMEOUT = 10_000;
const MOST_CHARACTERS = 200;

/** What came of an event. */
export interface Delivery {
	eventId: string;
	/** Undefined if nothing answered. */
	status: number | undefined;
	/** What the ingest address answered, or why nothing did. */
	response: string;
}

/** Sends one event as an app would, with the official SDK. */
export async function sendEvent(dsn: string, message: string): Promise<Delivery> {
	let status: number | undefined;
	let response = `no response within ${DELIVERY_TIMEOUT / 1000} s`;
	Sentry.init({
		dsn,
		defaultIntegrations: false,
		// The SDK's own transport does not tell what a refusal says.
		transport: (options) =>
			Sentry.createTransport(options, async ({ body }) => {
				try {
					const fetched = await fetch(options.url, {
						method: 'POST',
						body,
						...(options.headers && { headers: options.headers }),
					});
					({ status } = fetched);
					response = `${status} ${shown(await fetched.text())}`.trim();
					return { statusCode: status };
				} catch (error) {
					response = reasonOf(error);
					throw error;
				}
			}),
	});
	const eventId = Sentry.captureMessage(message);
	await Sentry.close(DELIVERY_TIMEOUT);
	return { eventId, status, response };
}

function shown(text: string): string {
	return /<(?:!doctype|html)/i.test(text) ? 'and a web page' : text.slice(0, MOST_CHARACTERS);
}

/** Node's fetch hides what happened behind "fetch failed". */
function reasonOf(error: unknown): string {
	const { cause, message } = error as { cause?: { message?: string }; message: string };
	return cause?.message || message;
}
