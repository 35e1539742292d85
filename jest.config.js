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

/** `npm test`, or one of its files: `npm test -- <file>`. */
module.exports = {
	testTimeout: 120_000,
	projects: ['unit', 'simulation', 'integration'].map((name) => ({
		...base,
		displayName: name,
		testMatch: [`<rootDir>/test/${name}/**/*.test.cts`],
		setupFilesAfterEnv: name === 'integration' ? ['<rootDir>/test/integration/cleanUp.cts'] : [],
	})),
	collectCoverageFrom: ['credentials/**/*.ts', 'nodes/**/*.ts'],
	coverageReporters: ['text', 'html'],
	// Just below what the tests reach, so that new code comes with its tests.
	coverageThreshold: { global: { statements: 98, branches: 93, functions: 99, lines: 99 } },
};
