import { sendEvent as deliver } from '../../tools/sendEvent.cts';

/** Sends one event with the official SDK and returns the status that it got. */
export async function sendEvent(dsn: string): Promise<number | undefined> {
	return (await deliver(dsn, 'hello')).status;
}
