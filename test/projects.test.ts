/** Every test runs somewhere: each file is in `npm test`, `npm run test:trials` or `npm run test:browser`, and in only one of them. */
import { globSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../tools/sources.ts';
import browser from '../vitest.browser.config.ts';
import config, { TRIALS } from '../vitest.config.ts';

/** The runs of tests by what starts them. */
const RUNS = [
  ...(config.test?.projects ?? []).flatMap(project => {
    const run = typeof project === 'object' && 'test' in project ? project.test : undefined;
    return typeof run?.name === 'string' ? [{ ...run, name: run.name }] : [];
  }),
  { ...browser.test, name: 'browser' },
];

function runsOf(file: string): readonly string[] {
  const isIn = (globs: readonly string[] = []): boolean => globs.some(glob => matchesGlob(file, glob));
  return RUNS.filter(run => (isIn(run.include) && !isIn(run.exclude)) || isIn(run.typecheck?.include)).map(
    run => run.name,
  );
}

test('each file of tests is in exactly one run', () => {
  const files = globSync('test/**/*.{test,test-d,spec}.{ts,tsx,mts,js,mjs}', { cwd: ROOT });
  expect(files.length).toBeGreaterThan(1000);
  expect(files.map(file => [file, ...runsOf(file)]).filter(([, ...runs]) => runs.length !== 1)).toEqual([]);
  for (const file of TRIALS) expect(runsOf(file)).toEqual(['trials']);
  expect(files).toEqual(expect.arrayContaining([...TRIALS]));
});

test('`npm test`, the trials and the browser start all runs, and the checks before a merge start these commands', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const started = ['test', 'test:trials'].flatMap(name =>
    Array.from((scripts[name] ?? '').matchAll(/--project (\w+)/g), ([, project]) => project),
  );
  expect(RUNS.map(({ name }) => name)).toEqual(['tests', 'trials', 'types', 'browser']);
  expect(started).toEqual(['tests', 'types', 'trials']);
  const checks = readFileSync(join(ROOT, '.ci', 'run'), 'utf8');
  for (const command of ['npm test', 'npm run --silent test:trials', 'npm run --silent test:browser'])
    expect(checks.split('\n').filter(line => line.endsWith(` ${command}`))).toHaveLength(1);
});
