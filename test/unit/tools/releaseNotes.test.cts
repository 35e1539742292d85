import { checkTag, notesOf } from '../../../tools/releaseNotes.cts';

const CHANGELOG = `# Changelog

Introduction.

## 1.10.0

- New, see ## 1.1.0.

### Fixed

- A bug.

## 1.1.0

- Old.

## 1.0.0
`;

it('the notes are the section of the version alone', () => {
	expect(notesOf(CHANGELOG, '1.10.0')).toBe('- New, see ## 1.1.0.\n\n### Fixed\n\n- A bug.');
	expect(notesOf(CHANGELOG, '1.1.0')).toBe('- Old.');
});

it.each(['2.0.0', '1.1', '1.0.0'])('a version %s without notes is refused', (version) => {
	expect(() => notesOf(CHANGELOG, version)).toThrow(`says nothing of version ${version}`);
});

it('a tag must be the version', () => {
	expect(() => checkTag('0.2.0', '0.2.0')).not.toThrow();
	expect(() => checkTag('0.2.1', '0.2.0')).toThrow(
		'The tag is 0.2.1, but the version in package.json is 0.2.0',
	);
});
