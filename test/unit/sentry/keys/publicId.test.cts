import {
	derivePublicId,
	isPublicId,
} from '../../../../nodes/SentryClientKeys/sentry/keys/publicId.ts';

describe('a derived public ID', () => {
	const parts = ['execution', 'n8n/workflow/1', 'node', 0, 0, 'acme', 'web-app'];

	it('has the form that Sentry takes and is always the same', () => {
		expect(derivePublicId('token', parts)).toMatch(/^[a-f0-9]{32}$/);
		expect(derivePublicId('token', parts)).toBe(derivePublicId('token', [...parts]));
	});

	it('changes with the token and with every part', () => {
		const ids = new Set([derivePublicId('token', parts), derivePublicId('other', parts)]);
		parts.forEach((part, index) => {
			const changed = parts.map((other, at) => (at === index ? `${part}x` : other));
			ids.add(derivePublicId('token', changed));
		});
		ids.add(
			derivePublicId('token', ['execution', 'n8n/workflow/1', 'node', 0, '0acme', 'web-app']),
		);
		expect(ids.size).toBe(parts.length + 3);
	});

	it.each(['', 'A'.repeat(32), 'a'.repeat(31), 5, null])('%p is none', (value) => {
		expect(isPublicId(value)).toBe(false);
	});
});
