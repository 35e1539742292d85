import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import ts from 'typescript';

import { SentryClientKeysApi } from '../../credentials/SentryClientKeysApi.credentials.ts';
import { SentryClientKeysOAuth2Api } from '../../credentials/SentryClientKeysOAuth2Api.credentials.ts';
import { properties } from '../../nodes/SentryClientKeys/properties.ts';

const ROOT = join(__dirname, '..', '..');

type Entry = INodeProperties | INodePropertyCollection | INodePropertyOptions;

/** Every field and choice of the panel and the credentials, however deep. */
function entriesOf(list: Entry[]): Entry[] {
	return list.flatMap((entry) => [
		entry,
		...entriesOf('options' in entry ? (entry.options ?? []) : []),
		...entriesOf('values' in entry ? entry.values : []),
	]);
}

const entries = entriesOf([
	...properties,
	...new SentryClientKeysApi().properties,
	...new SentryClientKeysOAuth2Api().properties,
]);

/** Texts of the published code that are more than a word: what users may get to read. */
function proseOf(folder: string): string[] {
	return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.flatMap((file) => textsOf(readFileSync(join(ROOT, folder, file), 'utf8')))
		.filter((text) => /[a-z] [a-z]/.test(text));
}

function textsOf(source: string): string[] {
	const texts: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) texts.push(node.text);
		if (ts.isTemplateExpression(node)) {
			texts.push(
				[node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…'),
			);
		}
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile('file.ts', source, ts.ScriptTarget.Latest));
	return texts;
}

const prose = [...proseOf('nodes'), ...proseOf('credentials')];

/** What stands elsewhere under this name: in n8n's own dialogs, in Sentry, or as an example. */
const FOREIGN = ['Authorized Redirect URIs', 'CF-Access-Client-Id'];

it('there are texts to look at', () => {
	expect(entries.length).toBeGreaterThan(100);
	expect(prose.length).toBeGreaterThan(300);
});

it('labels that messages name are in the panel, as n8n shows them', () => {
	const labels = new Set([
		...entries.flatMap((entry) => ('displayName' in entry ? [entry.displayName] : [entry.name])),
		...properties.flatMap(({ modes }) => (modes ?? []).map(({ displayName }) => displayName)),
		...entries.flatMap((entry) =>
			'modes' in entry ? (entry.modes ?? []).map(({ displayName }) => displayName) : [],
		),
		...FOREIGN,
	]);
	const named = prose.flatMap((text) =>
		[...text.matchAll(/'([A-Z][^'…]*)'/g)].flatMap(([, label = '']) => label.split(/ > |: /)),
	);
	expect(named.length).toBeGreaterThan(30);
	const unknown = named.filter((label) => !labels.has(label) && label !== 'Client Key');
	expect([...new Set(unknown)]).toEqual([]);
});

it.each([
	['answer for a response', /\b(?:an|its|the|no|empty|lost|'s) answers?\b/i],
	['pickers for lists', /\bpickers?\b/i],
	['can not', /\bcan not\b/i],
	['please', /\bplease\b/i],
	['blame', /\b(?:you must|you have to|you failed|wrongly)\b/i],
	['invalid, which does not say what is wrong', /\binvalid\b/i],
	['inversion', /\b(?:nor|neither) (?:is|does|can|will) /i],
])('no text says %s', (_, pattern) => {
	expect(prose.filter((text) => pattern.test(text) && !text.startsWith('Invalid data'))).toEqual(
		[],
	);
});

it('descriptions of one sentence have no full stop, those of several end with one', () => {
	const descriptions = entries.flatMap((entry) =>
		'description' in entry && entry.description ? [entry.description] : [],
	);
	const wrong = descriptions.filter((text) => {
		const isSeveral = /[.!?] \S/.test(text.replaceAll('e.g. ', ''));
		return isSeveral !== text.endsWith('.');
	});
	expect(wrong).toEqual([]);
});

it('placeholders are examples, or say what to select', () => {
	const placeholders = entries.flatMap((entry) =>
		'placeholder' in entry && entry.placeholder ? [entry.placeholder] : [],
	);
	expect(placeholders.length).toBeGreaterThan(5);
	expect(placeholders.filter((text) => !/^(?:e\.g\. |Add |Select )/.test(text))).toEqual([]);
});
