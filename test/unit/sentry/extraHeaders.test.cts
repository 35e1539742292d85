import { readExtraHeaders } from '../../../nodes/SentryClientKeys/sentry/extraHeaders.ts';

const VALUE = 's3cret-value';

it.each([
	['no pair', {}, {}],
	['empty pairs', { headerName1: '', headerValue1: ' ', headerName2: undefined }, {}],
	['one pair', { headerName1: 'X-Access', headerValue1: VALUE }, { 'X-Access': VALUE }],
	[
		'the second pair alone',
		{ headerName2: ' X-Access ', headerValue2: ` ${VALUE} ` },
		{ 'X-Access': VALUE },
	],
	[
		'two pairs',
		{ headerName1: 'A', headerValue1: '1', headerName2: 'B', headerValue2: 'ü\t2' },
		{ A: '1', B: 'ü\t2' },
	],
])('%s', (_, credential, headers) => {
	expect(readExtraHeaders(credential)).toEqual(headers);
});

it.each([
	[{ headerName1: 'X-Access' }, "'Header Value 1' is empty, but 'Header Name 1' is not"],
	[{ headerValue2: VALUE }, "'Header Name 2' is empty, but 'Header Value 2' is not"],
	[{ headerName1: 'X Access', headerValue1: VALUE }, "'Header Name 1' is not the name of a header"],
	[{ headerName1: 5, headerValue1: VALUE }, "'Header Name 1' is not the name of a header"],
	[
		{ headerName1: 'AUTHORIZATION', headerValue1: VALUE },
		"'Header Name 1' can't be AUTHORIZATION, which the connection or this node sets",
	],
	[
		{ headerName1: 'X-A', headerValue1: VALUE, headerName2: 'x-a', headerValue2: VALUE },
		"'Header Name 2' is x-a once more",
	],
	[
		{ headerName1: 'X-A', headerValue1: `${VALUE}\nHost: x` },
		"'Header Value 1' holds a line break or another character that no header can have",
	],
	[
		{ headerName1: 'X-A', headerValue1: `${VALUE}…` },
		"'Header Value 1' holds a line break or another character that no header can have",
	],
	[
		{ headerName1: 'X-A', headerValue1: 5 },
		"'Header Value 1' holds a line break or another character that no header can have",
	],
])('%j is refused, and its value is not quoted', (credential, message) => {
	const read = () => readExtraHeaders(credential);
	expect(read).toThrow(message);
	expect(read).not.toThrow(VALUE);
});

it.each([
	'accept',
	'accept-encoding',
	'connection',
	'content-length',
	'content-type',
	'expect',
	'host',
	'keep-alive',
	'proxy-authorization',
	'proxy-connection',
	'te',
	'trailer',
	'transfer-encoding',
	'upgrade',
	'user-agent',
])('%s is set by others', (headerName1) => {
	expect(() => readExtraHeaders({ headerName1, headerValue1: VALUE })).toThrow(headerName1);
});

it.each(['headerName1', 'headerValue1'])('an expression in %s is not sent as it is', (field) => {
	const credential = { headerName1: 'X-A', headerValue1: VALUE, [field]: '={{ $vars.header }}' };
	expect(() => readExtraHeaders(credential)).toThrow('expression');
});
