import { isRecord } from './json';

/**
 * Whether the body of a 404 is Sentry's own: gateways answer with JSON as well, for a route that they do
 * not know or that is away for the moment, and that says nothing of what Sentry has.
 */
export function isSentrys404(body: unknown): body is Record<string, unknown> {
	return isRecord(body) && ('detail' in body || 'info' in body);
}

/** Sentry's words, whichever of its error shapes they came in. */
export function errorText(body: unknown): string {
	if (typeof body === 'string') return body;
	if (!isRecord(body)) return '';
	const { detail, info } = body;
	if (typeof detail === 'string') return detail;
	if (isRecord(detail) && typeof detail.message === 'string') return detail.message;
	if (Array.isArray(detail)) return detail.flatMap(locatedText).join(' ');
	if (typeof info === 'string') return info;
	return fieldTexts(body).join(' ');
}

/** GlitchTip's `{"loc": ["body", "payload", "name"], "msg": "Field required"}` as "name: Field required". */
function locatedText(entry: unknown): string[] {
	if (typeof entry === 'string') return [entry];
	if (!isRecord(entry) || typeof entry.msg !== 'string') return [];
	const field = (Array.isArray(entry.loc) ? entry.loc : [])
		.filter((part) => typeof part === 'string' || typeof part === 'number')
		.filter((part) => part !== 'body' && part !== 'payload')
		.join('.');
	return [field === '' ? entry.msg : `${field}: ${entry.msg}`];
}

/** `{"rateLimit": {"count": ["Ensure …"]}}` as "rateLimit.count: Ensure …". */
function fieldTexts(body: Record<string, unknown>, path = ''): string[] {
	return Object.entries(body).flatMap(([name, value]) => {
		const field = name === 'non_field_errors' ? path : path === '' ? name : `${path}.${name}`;
		const label = field === '' ? '' : `${field}: `;
		if (typeof value === 'string') return [label + value];
		if (Array.isArray(value)) {
			return value.filter((text) => typeof text === 'string').map((text) => label + text);
		}
		return isRecord(value) ? fieldTexts(value, field) : [];
	});
}

const LONGEST_SENTRY_TEXT = 500;

/** Somebody's words in a message, shortened. */
export function quoteText(text: string): string {
	return `"${shortened(text).replace(/\.$/, '')}"`;
}

/** Somebody's words at a length that is fit to be read and stored. */
export function shortened(text: string): string {
	return text.length > LONGEST_SENTRY_TEXT ? `${text.slice(0, LONGEST_SENTRY_TEXT)}…` : text;
}

/** An address without its query: log-in redirects carry one-time secrets there. */
export function withoutQuery(location: string): string {
	return location.replace(/[?#].*$/, '');
}
