import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importPath, irrevocable, packageOf, sourceFiles, styleOf } from '../../../../src/cli/io/codemod/project.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SDK = "import OpenAI from 'openai';\n";

function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  return folder;
}

function git(folder: string, ...args: readonly string[]): void {
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], { cwd: folder });
}

describe('source files', () => {
  const FILES = {
    'src/b.ts': SDK,
    'a.mjs': 'import Anthropic from "@anthropic-ai/sdk"',
    'other.ts': "import x from 'x'",
    'a.test.ts': SDK,
    'test/b.ts': SDK,
    'node_modules/c/index.js': SDK,
    'dist/a.js': SDK,
    '.next/a.js': SDK,
    'types.d.ts': SDK,
    'notes.md': SDK,
    'big.js': `${SDK}${' '.repeat(1_000_000)}`,
    'latin1.js': Buffer.from(`${SDK}// \u00E9`, 'latin1'),
  };

  test('files of the application that load an SDK are found, and no test, build or dependency', () => {
    const folder = folderWith(FILES);
    symlinkSync('a.mjs', join(folder, 'link.mjs'));
    expect(sourceFiles(folder).clients.map(({ file }) => file)).toEqual(['a.mjs', 'src/b.ts']);
  });

  test('in a repository, what git ignores is left out, and new files are found', () => {
    const folder = folderWith({ ...FILES, '.gitignore': 'generated/\n', 'generated/a.ts': SDK, 'été/ü.ts': SDK });
    git(folder, 'init', '-q');
    expect(sourceFiles(folder).clients.map(({ file }) => file)).toEqual(['a.mjs', 'src/b.ts', 'été/ü.ts']);
    const ignored = join(folder, 'generated');
    expect(sourceFiles(ignored).clients.map(({ file }) => file)).toEqual(['a.ts']);
  });
});

test('a change can be undone if git has the file in its present state', () => {
  const folder = folderWith({ 'a.ts': SDK, '.gitignore': 'b.ts\n', 'b.ts': SDK });
  expect(irrevocable(folder, ['a.ts'])).toBe('this is not a git repository');
  git(folder, 'init', '-q');
  expect(irrevocable(folder, ['a.ts'])).toBe('git does not track these files');
  git(folder, 'add', 'a.ts', '.gitignore');
  expect(irrevocable(folder, ['a.ts'])).toBe('a.ts has changes that are not committed');
  git(folder, 'commit', '-qm', 'first');
  expect(irrevocable(folder, ['a.ts'])).toBeUndefined();
  expect(irrevocable(folder, ['b.ts'])).toBe('git does not track these files');
  writeFileSync(join(folder, 'a.ts'), `${SDK}// more`);
  expect(irrevocable(folder, ['a.ts'])).toBe('a.ts has changes that are not committed');
});

describe('style', () => {
  const style = (files: Readonly<Record<string, string>>): unknown => {
    const folder = folderWith(files);
    return styleOf(folder, sourceFiles(folder).clients);
  };
  const TS = { home: '.', extension: '.ts', isCommonJs: false };

  test.each([
    [
      'imports of its own that end with .js',
      { 'a.ts': `${SDK}import './b.js'; import x from "./x.js"` },
      { ...TS, importEnd: '.js' },
    ],
    [
      'imports of its own without an end',
      { 'a.ts': `${SDK}import x from './x'`, 'tsconfig.json': '{ "module": "nodenext" }' },
      { ...TS, importEnd: '' },
    ],
    ['no compiler', { 'a.ts': SDK }, { ...TS, importEnd: '.ts' }],
    ['a bundler', { 'a.ts': SDK, 'tsconfig.json': '{ "moduleResolution": "bundler" }' }, { ...TS, importEnd: '' }],
    ['Node’s modules', { 'a.ts': SDK, 'tsconfig.json': '{ "module": "NodeNext" }' }, { ...TS, importEnd: '.js' }],
    [
      'rewritten imports',
      { 'a.ts': SDK, 'tsconfig.json': '{ "rewriteRelativeImportExtensions": true }' },
      { ...TS, importEnd: '.ts' },
    ],
    ['sources in src', { 'src/a.ts': SDK, 'src/b/c.ts': SDK }, { ...TS, home: 'src', importEnd: '.ts' }],
    ['sources in several folders', { 'src/a.ts': SDK, 'b.ts': SDK }, { ...TS, importEnd: '.ts' }],
    [
      'modules',
      { 'a.js': SDK, 'package.json': '{ "type": "module" }' },
      { home: '.', extension: '.js', isCommonJs: false, importEnd: '.js' },
    ],
    [
      'modules by their names',
      { 'a.mjs': SDK },
      { home: '.', extension: '.mjs', isCommonJs: false, importEnd: '.mjs' },
    ],
    [
      'imports that a bundler reads',
      { 'a.js': SDK },
      { home: '.', extension: '.js', isCommonJs: false, importEnd: '.js' },
    ],
    ['CommonJS', { 'a.js': "require('openai')" }, { home: '.', extension: '.js', isCommonJs: true, importEnd: '.js' }],
    ['nothing yet', { 'package.json': '{' }, { home: '.', extension: '.js', isCommonJs: true, importEnd: '.js' }],
  ])('new files look like those of an application with %s', (_, files, expected) =>
    expect(style(files)).toEqual(expected),
  );
});

test('files import each other by relative paths', () => {
  expect(importPath('src/a/b.ts', 'src/model-router.ts', '.js')).toBe('../model-router.js');
  expect(importPath('a.ts', 'model-router.ts', '')).toBe('./model-router');
});

test('a folder without a manifest gives an empty package', () => {
  expect(packageOf(folderWith({}))).toEqual({});
});
