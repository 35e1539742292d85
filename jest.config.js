const base = {
	rootDir: __dirname,
	testEnvironment: 'node',
	moduleFileExtensions: ['cts', 'ts', 'js', 'json', 'node'],
	modulePathIgnorePatterns: ['<rootDir>/dist/'],
	transform: {
		'^.+\\.c?ts$': [
			'@swc/jest',
			{
				jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
				module: { type: 'commonjs' },
			},
		],
	},
};

/** Unit and integration tests are `npm test`; the slow ones in a real n8n are `npm run test:e2e`. */
module.exports = {
	testTimeout: 120_000,
	projects: ['unit', 'simulation', 'integration', 'e2e'].map((name) => ({
		...base,
		displayName: name,
		testMatch: [`<rootDir>/test/${name}/**/*.test.cts`],
		setupFilesAfterEnv: name === 'integration' ? ['<rootDir>/test/integration/cleanUp.cts'] : [],
	})),
};
