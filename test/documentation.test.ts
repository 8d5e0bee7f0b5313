/** Links in the documentation lead to files that exist, and its figures are those that the commands print. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { FigureBlock } from '../tools/figure-blocks.ts';
import { withFigures } from '../tools/figure-blocks.ts';
import { FIGURES, FILES } from '../tools/readme-figures.ts';
import { PREFERENCES } from '../src/contracts/preferences.ts';
import { DECISION_PICTURE, decisionPicture } from '../tools/decision-figures.ts';
import { guides } from '../tools/site/guides.ts';
import { filesMatching, ROOT } from '../tools/sources.ts';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('figures', () => {
  test.each(FILES)('the figures in %s equal those that the named commands print today', file => {
    expect(withFigures(read(file), FIGURES, ({ exact }) => exact)).toBe(read(file));
  });

  test.each(FILES)('every figure block of %s is filled in and names its command', file => {
    const marked: Record<string, FigureBlock> = {};
    for (const [name, block] of Object.entries(FIGURES)) marked[name] = { ...block, make: () => `made: ${name}` };
    const text = withFigures(read(file), marked);
    const names = [...read(file).matchAll(/<!-- figures: (\S+) -->/g)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      expect(read(file)).toContain(`\`${FIGURES[name]?.command}\``);
      expect(text).toContain(`<!-- figures: ${name} -->\nmade: ${name}\n`);
    }
  });

  test('the picture of how a decision is made equals the picture that its command makes today', () => {
    expect(decisionPicture()).toBe(read(DECISION_PICTURE));
  });

  test('a figure block without a generator is an error', () => {
    expect(() => withFigures('<!-- figures: other -->\n<!-- end of figures -->', FIGURES)).toThrow('"other"');
  });

  test('blocks that were not requested and the text around blocks stay unchanged', () => {
    const text = 'before <!-- figures: demo -->\nold\n<!-- end of figures --> after';
    expect(withFigures(text, FIGURES, () => false)).toBe(text);
    const made = withFigures(text, { demo: { command: 'demo', exact: false, make: () => 'new' } });
    expect(made).toBe('before <!-- figures: demo -->\nnew\n\n<sub>`demo`</sub>\n<!-- end of figures --> after');
  });
});

test('the documentation lists every preference with its reason, and no other parameter', () => {
  const page = read('docs/when-a-call-fails.md');
  const table = page.slice(page.indexOf('<!-- preferences -->'), page.indexOf('<!-- end of preferences -->'));
  const listed = [...table.matchAll(/^\| (`.*`) \| (.+) \|$/gm)].flatMap(([, names = '', reason = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name]) => [name, reason]),
  );
  expect(Object.fromEntries(listed)).toEqual(PREFERENCES);
});

test.each([
  ['error codes', 'src/errors.ts', /^ {2}\| '([a-z-]+)'/gm],
  ['warnings', 'src/**/*.ts', /code: '([A-Z_]+)'/g],
])('the page on failures lists all %s, and no other', (name, files, pattern) => {
  const page = read('docs/when-a-call-fails.md');
  const table = page.slice(page.indexOf(`<!-- ${name} -->`), page.indexOf(`<!-- end of ${name} -->`));
  const listed = [...table.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, codes = '']) => codes.match(/[\w-]+/g) ?? []);
  const known = filesMatching(files).flatMap(file => [...read(file).matchAll(pattern)].map(([, code = '']) => code));
  expect(known).not.toEqual([]);
  expect(listed.toSorted()).toEqual([...new Set(known)].sort());
});

test.each([
  ['fixes of error codes', 'src/errors.ts', /^ {2}\| '([a-z-]+)'/gm],
  ['fixes of warnings', 'src/**/*.ts', /code: '([A-Z_]+)'/g],
  ['attention', 'src/core/report/attention.ts', /(?<=readonly kind:(?:\n {4}\| '[a-z ]+')*\n {4}\| )'([a-z ]+)'/g],
  ['faults', 'src/contracts/observer.ts', /(?<=readonly where: .*)'([a-z]+)'/g],
])('the page on troubleshooting has a row with a fix for all %s, and no other', (name, files, pattern) => {
  const page = read('docs/troubleshooting.md');
  const table = page.slice(page.indexOf(`<!-- ${name} -->`), page.indexOf(`<!-- end of ${name} -->`));
  const rows = [...table.matchAll(/^\| (`[^|]+`) \| [^|]+ \| [^|]+ \|$/gm)];
  const listed = rows.flatMap(([, codes = '']) => [...codes.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code));
  const known = filesMatching(files).flatMap(file => [...read(file).matchAll(pattern)].map(([, code = '']) => code));
  expect(known).not.toEqual([]);
  expect(listed.toSorted()).toEqual([...new Set(known)].sort());
});

test('CONTRIBUTING.md names every script that a person runs', () => {
  const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
  const named = new Set(
    [...read('CONTRIBUTING.md').matchAll(/`(?:npm (?:run )?)?([\w:-]+)[^`]*`/g)].map(([, name]) => name),
  );
  const hooks = ['prepack', 'pretest']; // npm runs these itself
  expect(Object.keys(scripts).filter(script => !named.has(script) && !hooks.includes(script))).toEqual([]);
});

test('docs/index.md lists every page, and lists it once', () => {
  const listed = guides().map(({ file }) => file);
  expect(listed.toSorted()).toEqual(filesMatching('docs/*.md').filter(file => file !== 'docs/index.md'));
});

test('docs/index.md names every page by the page’s heading', () => {
  const headings = guides().map(({ file }) => read(file).slice(2, read(file).indexOf('\n')));
  expect(guides().map(({ title }) => title)).toEqual(headings);
});

const { files: packedFiles, repository } = JSON.parse(read('package.json')) as {
  readonly files: readonly string[];
  readonly repository: { readonly url: string };
};
const isPacked = (target: string): boolean =>
  packedFiles.some(packed => matchesGlob(target, packed) || matchesGlob(target, `${packed}/**`));

test('every file that the README shows or leads to is in the package', () => {
  const targets = [...read('README.md').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = '']) => target);
  expect(targets.length).toBeGreaterThan(10);
  expect(targets.filter(target => !isPacked(target))).toEqual([]);
});

test('every file that a page of the package shows or leads to is in the package', () => {
  const pages = filesMatching('*.md', 'llms.txt', 'docs/*.md', 'examples/*.md').filter(isPacked);
  const links = pages.flatMap(page =>
    [...read(page).matchAll(/(?:\]\(|<img src=")(?!https?:|#)([^)#\s"]+)/g)].map(([, target = '']) => ({
      page,
      target: join(dirname(page), target),
    })),
  );
  expect(links.length).toBeGreaterThan(200);
  expect(links.filter(({ target }) => !isPacked(target))).toEqual([]);
});

test('every link to a file that is only in the repository leads to an existing file', () => {
  const address = repository.url.replace(/^git\+|\.git$/g, '');
  const linked = filesMatching('*.md', 'llms.txt', 'docs/**/*.md', 'examples/*.md').flatMap(file =>
    [...read(file).matchAll(/\]\((https:[^)#\s]+\/(?:blob|tree)\/main\/[^)#\s]+)/g)]
      .map(([, link = '']) => link)
      .filter(link => link.startsWith(`${address}/`))
      .map(link => link.slice(`${address}/blob/main/`.length)),
  );
  expect(linked.length).toBeGreaterThan(10);
  expect(linked.filter(target => !existsSync(join(ROOT, target)))).toEqual([]);
});

test('the page on the report names exactly the commands that take a period', async () => {
  const [, named = ''] = /^(`report`.*) take a period:/m.exec(read('docs/reading-the-report.md')) ?? [];
  const program = new Command();
  for (const file of filesMatching('src/cli/commands/*.ts')) {
    const module = (await import(join(ROOT, file))) as { register?(program: Command): void };
    module.register?.(program);
  }
  const takers = program.commands.filter(({ options }) => options.some(({ long }) => long === '--last'));
  expect(takers.length).toBeGreaterThan(5);
  expect(named.split(/, | and /).toSorted()).toEqual(takers.map(command => `\`${command.name()}\``).toSorted());
});

test('a command in a block of the documentation runs in the folder of an application: it begins with npx', () => {
  const bare = filesMatching('*.md', 'docs/*.md', 'examples/*.md').flatMap(file =>
    [...read(file).matchAll(/^ *outcome-router .*/gm)].map(([line]) => `${file}: ${line}`),
  );
  expect(bare).toEqual([]);
});

test('every relative link leads to a file', () => {
  const broken = filesMatching('*.md', 'llms.txt', 'docs/**/*.md', 'examples/*.md').flatMap(file =>
    [...read(file).matchAll(/(?:\]\(|<img src=")(?!https?:|#)([^)#\s"]+)/g)]
      .map(([, target]) => join(dirname(file), target ?? ''))
      .filter(target => !existsSync(join(ROOT, target)))
      .map(target => `${file} → ${target}`),
  );
  expect(broken).toEqual([]);
});
