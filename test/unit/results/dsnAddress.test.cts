import { withDsnAddress } from '../../../nodes/SentryClientKeys/results/dsnAddress.ts';
import { clientKey, SECRET } from '../support/clientKey.cts';

const ID = 'a'.repeat(32);
const dsnOf = (publicDsn: string, more: Record<string, string> = {}) => ({
	id: ID,
	dsn: { public: publicDsn, ...more },
});

it.each([
	['https://relay.example.com', `https://${ID}@relay.example.com/42`],
	['http://relay:9000', `http://${ID}@relay:9000/42`],
	['https://example.com/sentry', `https://${ID}@example.com/sentry/42`],
])('a DSN names %s instead', (address, expected) => {
	const { dsn } = withDsnAddress(dsnOf(`http://${ID}@nginx/42`), address);
	expect(dsn?.public).toBe(expected);
});

it('its own path makes way for the other one', () => {
	const key = dsnOf(`http://${ID}@nginx:8080/inner/42`);
	expect(withDsnAddress(key, 'https://example.com/outer').dsn?.public).toBe(
		`https://${ID}@example.com/outer/42`,
	);
});

it('all addresses of the host follow, secrets and queries stay', () => {
	const key = clientKey();
	expect(withDsnAddress(key, 'https://relay.example.com').dsn).toEqual({
		secret: `https://${ID}:${SECRET}@relay.example.com/4505281256090153`,
		public: `https://${ID}@relay.example.com/4505281256090153`,
		csp: `https://relay.example.com/api/4505281256090153/csp-report/?sentry_key=${ID}`,
	});
	expect(key).toEqual(clientKey());
});

it('addresses of other hosts stay', () => {
	const cdn = `https://js.sentry-cdn.com/${ID}.min.js`;
	const { dsn } = withDsnAddress(dsnOf(`https://${ID}@nginx/42`, { cdn }), 'https://relay');
	expect(dsn?.cdn).toBe(cdn);
});

it.each([
	['without an address', dsnOf(`https://${ID}@nginx/42`), undefined],
	['without DSNs', { id: ID }, 'https://relay'],
	['with empty DSNs', dsnOf('', { csp: '/api/42/csp-report/' }), 'https://relay'],
])('a key %s is as it was', (_, key, address) => {
	expect(withDsnAddress(key, address)).toEqual(key);
});
