/**
 * `node tools/check-release.ts <tag> <owner/repository>`: says what must change before the tag can be published, a sentence each, and
 * exits with 1. It needs no package, so that a release stops at once, and not after the tests.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Release {
  readonly tag: string;
  /** Where the workflow runs: `owner/name`. */
  readonly repository: string;
  readonly manifest: { readonly version: string; readonly repository: { readonly url: string } };
  readonly changelog: string;
  /** The documentation, by file. */
  readonly pages: Readonly<Record<string, string>>;
}

/** One sentence per problem; empty for a release that may be published. */
export function releaseProblems({ tag, repository, manifest, changelog, pages }: Release): readonly string[] {
  const { version } = manifest;
  const address = `https://github.com/${repository}`;
  const named = manifest.repository.url.replace(/^git\+|\.git$/g, '');
  const elsewhere = Object.entries(pages)
    .filter(([, text]) =>
      [...text.matchAll(/https:\/\/github\.com\/[\w.-]+\/[\w.-]+(?=\/(?:blob|tree)\/main\/)/g)].some(
        ([link]) => link === named && link !== address,
      ),
    )
    .map(([file]) => file);
  return [
    ...(tag === `v${version}`
      ? []
      : [
          `The tag is ${tag}, and the version in package.json ${version}: make the tag v${version}, or change the version.`,
        ]),
    ...(named === address
      ? []
      : [
          `package.json names the repository ${named}, and this is ${address}: set \`repository\`, \`homepage\` and \`bugs\` to your own, against which provenance is checked.`,
        ]),
    ...(elsewhere.length === 0
      ? []
      : [`${elsewhere.length} pages lead to files of ${named}: replace it by ${address} (${elsewhere.join(', ')}).`]),
    ...(changelog.split('\n').some(line => line.startsWith(`## ${version} (`) && /\(\d{4}-\d\d-\d\d\)$/.test(line)) &&
    !/^## Unreleased$/m.test(changelog)
      ? []
      : [
          `CHANGELOG.md has no heading "## ${version} (year-month-day)" over all that is new: write the version and its date there.`,
        ]),
  ];
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const files = globSync(['*.md', 'llms.txt', 'docs/**/*.md', 'examples/*.md'], { cwd: root });
  const [tag = '', repository = ''] = process.argv.slice(2);
  const problems = releaseProblems({
    tag,
    repository,
    manifest: JSON.parse(read('package.json')) as Release['manifest'],
    changelog: read('CHANGELOG.md'),
    pages: Object.fromEntries(files.toSorted().map(file => [file, read(file)])),
  });
  for (const problem of problems)
    console.error(process.env['GITHUB_ACTIONS'] === 'true' ? `::error::${problem}` : problem);
  if (problems.length > 0) process.exitCode = 1;
}
