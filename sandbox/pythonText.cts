const BLANKS =
	'\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const AT_ENDS = new RegExp(`^[${BLANKS}]+|[${BLANKS}]+$`, 'g');

/** Without what Python takes for white space at the ends: not quite what JavaScript does. */
export function strip(text: string): string {
	return text.replace(AT_ENDS, '');
}

/** The number of code points, which is a text's length in Python. */
export function lengthOf(text: string): number {
	return [...text].length;
}
