/** A release that could not be published says so before the tests run, in a sentence for each thing to change. */
import { expect, test } from 'vitest';
import type { Release } from '../tools/check-release.ts';
import { releaseProblems } from '../tools/check-release.ts';
import { capture } from '../tools/run.ts';

const RIGHT: Release = {
  tag: 'v1.2.3',
  repository: 'acme/router',
  manifest: { version: '1.2.3', repository: { url: 'git+https://github.com/acme/router.git' } },
  changelog: '# Changelog\n\n## 1.2.3 (2027-01-31)\n\n- A thing.\n',
  pages: {
    'README.md': '[a](https://github.com/acme/router/blob/main/a.md) [b](https://github.com/b/b/blob/main/b.md)',
  },
};
const PLACEHOLDER = {
  version: '1.2.3',
  repository: { url: 'git+https://github.com/outcome-router/outcome-router.git' },
};
const LINK = '[a](https://github.com/outcome-router/outcome-router/blob/main/a.md)';

test('a release whose tag, address and changelog agree is published', () => {
  expect(releaseProblems(RIGHT)).toEqual([]);
});

test.each([
  ['a tag of another version', { tag: 'v1.2.4' }, [/^The tag is v1\.2\.4, .* 1\.2\.3: make the tag v1\.2\.3/]],
  ['the placeholder of the address', { manifest: PLACEHOLDER }, [/outcome-router, and this is .*acme\/router: set /]],
  [
    'the placeholder in pages too',
    { manifest: PLACEHOLDER, pages: { 'a.md': LINK, 'b.md': 'none' } },
    [/^package\.json/, /^1 pages lead to files of .*replace it by https:\/\/github\.com\/acme\/router \(a\.md\)\.$/],
  ],
  ['a version without a date', { changelog: '## 1.2.3 (unreleased)\n\n- A.\n' }, [/^CHANGELOG\.md has no/]],
  [
    'no heading of the version',
    { changelog: '# Changelog\n\n## Unreleased\n\n- A thing.\n' },
    [/^CHANGELOG\.md has no/],
  ],
  [
    'something new that is under no version',
    { changelog: '# Changelog\n\n## Unreleased\n\n- B.\n\n## 1.2.3 (2027-01-31)\n\n- A.\n' },
    [/^CHANGELOG\.md has no/],
  ],
] as const)('%s stops the release with a message', (_, wrong, sentences) => {
  const problems = releaseProblems({ ...RIGHT, ...wrong });
  expect(problems).toHaveLength(sentences.length);
  for (const [k, sentence] of sentences.entries()) expect(problems[k]).toMatch(sentence);
});

test('a release from a repository whose address is not in the project’s files fails the check', () => {
  const { status, stderr } = capture('node', ['tools/check-release.ts', 'v0.0.0', 'acme/router']);
  expect(status).toBe(1);
  expect(stderr).toContain('https://github.com/acme/router');
});
