import { describe, expect, test } from 'vitest';
import type { PublicBenchmark } from '../../src/priors/public-benchmark.ts';
import { checkBenchmarks } from '../../src/priors/public-benchmark.ts';
import { PUBLIC_BENCHMARKS } from '../../src/priors/public-evidence.ts';

const good: PublicBenchmark = {
  name: 'ours',
  kind: 'tools',
  tasks: 50,
  source: 'https://example.com/results.csv',
  licence: 'CC0',
  results: [
    ['a', 50, '2026-01-31'],
    ['b', 62.5, '2026-01-31', 'effort low'],
  ],
};

describe('checkBenchmarks', () => {
  test('benchmarks with names, tasks, sources, licenses and dated results are accepted unchanged', () => {
    const given = [good];
    expect(checkBenchmarks(given, 'benchmarks')).toBe(given);
  });

  test.each<[what: string, change: object, path: string]>([
    ['a benchmark without a source', { source: '' }, 'benchmarks.0.source'],
    ['a benchmark without a licence', { licence: '' }, 'benchmarks.0.licence'],
    ['a kind that does not exist', { kind: 'poetry' }, 'benchmarks.0.kind'],
    ['a rate above 100 %', { results: [['a', 101, '2026-01-31'], good.results[1]] }, 'benchmarks.0.results.0.1'],
    [
      'fractions in place of percents',
      {
        results: [
          ['a', 0.7, '2026-01-31'],
          ['b', 1, '2026-01-31'],
        ],
      },
      'benchmarks.0.results',
    ],
    ['a day that does not exist', { results: [['a', 10, '2026-02-30'], good.results[1]] }, 'benchmarks.0.results.0.2'],
    ['one model alone', { results: [good.results[0]] }, 'benchmarks.0.results'],
    ['two results of one model', { results: [good.results[0], good.results[0]] }, 'benchmarks.0.results'],
    ['an option that does not exist', { licens: 'MIT' }, 'benchmarks.0'],
  ])('%s is refused with the path of the mistake', (_, change, path) => {
    expect(() => checkBenchmarks([{ ...good, ...change }], 'benchmarks')).toThrow(
      expect.objectContaining({ code: 'invalid-value', path }) as Error,
    );
  });

  test('an empty list of benchmarks is refused', () => {
    expect(() => checkBenchmarks([], 'benchmarks')).toThrow(
      expect.objectContaining({ code: 'invalid-value', path: 'benchmarks' }) as Error,
    );
  });

  test('a result of less than one percent is accepted beside a larger one', () => {
    const results = [
      ['a', 0.7, '2026-01-31'],
      ['b', 1.5, '2026-01-31'],
    ] as const;
    expect(() => checkBenchmarks([{ ...good, results }], 'benchmarks')).not.toThrow();
  });
});

describe('the benchmarks that come with the package', () => {
  test('every benchmark of the package passes the same check', () => {
    expect(() => checkBenchmarks(PUBLIC_BENCHMARKS, 'benchmarks')).not.toThrow();
  });

  test('no two benchmarks have the same name, each kind has a benchmark, and each source is a file at a fixed commit', () => {
    expect(new Set(PUBLIC_BENCHMARKS.map(({ name }) => name)).size).toBe(PUBLIC_BENCHMARKS.length);
    expect([...new Set(PUBLIC_BENCHMARKS.map(({ kind }) => kind))].sort()).toEqual([
      'coding',
      'knowledge',
      'reasoning',
      'summaries',
      'tools',
    ]);
    for (const { source } of PUBLIC_BENCHMARKS)
      expect(source).toMatch(/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/(blob|tree)\/[0-9a-f]{40}\//);
  });

  test('the package has only sources whose license allows the use of their results', () => {
    for (const { licence } of PUBLIC_BENCHMARKS) expect(['Apache-2.0', 'MIT']).toContain(licence);
  });

  test('no result is later than the day on which the sources were read', () => {
    for (const { results } of PUBLIC_BENCHMARKS)
      for (const [, , date] of results) expect(date <= '2026-11-29').toBe(true);
  });
});
