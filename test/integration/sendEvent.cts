import * as Sentry from '@sentry/node';

/** Sends one event with the official SDK and returns the status that it got. */
export async function sendEvent(dsn: string): Promise<number | undefined> {
	let status: number | undefined;
	const client = Sentry.init({ dsn, defaultIntegrations: false });
	client?.on('afterSendEvent', (_event, response) => {
		status = response.statusCode;
	});
	Sentry.captureMessage('hello');
	await Sentry.close(5000);
	return status;
}
