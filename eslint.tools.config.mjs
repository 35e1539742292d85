// Our own rules, beside n8n's in eslint.config.mjs: typed rules for what is published, and all rules
// for the rest (sandbox, tests, tools, benchmarks). The rest may use all of Node, so n8n's rules, which
// guard what runs inside n8n, do not apply to it.
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** For all TypeScript. */
const strictness = {
	'@typescript-eslint/switch-exhaustiveness-check': 'error',
	// Leaving a property out of an object names it once without using it.
	'@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
	// A server may answer null, or leave a field out: `== null` is both.
	eqeqeq: ['error', 'always', { null: 'ignore' }],
};

const NODE = 'nodes/SentryClientKeys';
const NODE_ITSELF = '**/*.node';
const OUTSIDE_SENTRY = ['n8n-*'];
const ABOVE_OPERATIONS = ['**/execution/**', '**/listSearch/**', '**/properties', NODE_ITSELF];
const ABOVE_PARAMETERS = ['**/operations/**', '**/operations', ...ABOVE_OPERATIONS];

/**
 * Data flows one way, so imports point one way: what each room must not know. Patterns are those of
 * .gitignore, and match the import's text.
 */
const directions = [
	{ files: `${NODE}/sentry/*.ts`, never: ['../*', './keys/*', ...OUTSIDE_SENTRY] },
	{ files: `${NODE}/sentry/keys/*.ts`, never: ['../../*', ...OUTSIDE_SENTRY] },
	{ files: `${NODE}/parameters/**/*.ts`, never: ['**/results/**', ...ABOVE_PARAMETERS] },
	{ files: `${NODE}/results/**/*.ts`, never: ['**/parameters/**', ...ABOVE_PARAMETERS] },
	{ files: `${NODE}/operations/**/*.ts`, never: ABOVE_OPERATIONS },
	{ files: `${NODE}/properties.ts`, never: ['./execution/**', './listSearch/**', NODE_ITSELF] },
	{ files: `${NODE}/execution/**/*.ts`, never: ['**/listSearch/**', '**/properties', NODE_ITSELF] },
	{ files: `${NODE}/listSearch/**/*.ts`, never: ['**/properties', NODE_ITSELF] },
];

export default tseslint.config(
	{
		ignores: [
			'coverage/',
			'dist/',
			'node_modules/',
			'reports/',
			'eslint.config.mjs',
			'.prettierrc.js',
		],
	},
	eslint.configs.recommended,
	{
		files: ['**/*.js'],
		languageOptions: {
			sourceType: 'commonjs',
			globals: {
				require: 'readonly',
				module: 'writable',
				exports: 'writable',
				process: 'readonly',
				__dirname: 'readonly',
			},
		},
	},
	{
		files: ['credentials/**/*.ts', 'nodes/**/*.ts'],
		extends: [tseslint.configs.strictTypeChecked],
		languageOptions: { parserOptions: { project: './tsconfig.json' } },
		rules: {
			...strictness,
			// What n8n keeps of an execution is a plain object, which it saves as JSON.
			'@typescript-eslint/no-dynamic-delete': 'off',
			// What was caught goes on as it was.
			'@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
			// A number in a message has one form only.
			'@typescript-eslint/restrict-template-expressions': [
				'error',
				{ allowAny: false, allowBoolean: false, allowNever: false, allowNumber: true },
			],
		},
	},
	...directions.map(({ files, never }) => ({
		files: [files],
		rules: {
			'no-restricted-imports': [
				'error',
				{
					patterns: [
						{
							group: never,
							message: 'Imports point one way; see "Where things are" in CONTRIBUTING.md.',
						},
					],
				},
			],
		},
	})),
	{
		files: ['**/*.cts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: { parserOptions: { project: './tsconfig.tools.json' } },
		rules: strictness,
	},
);
