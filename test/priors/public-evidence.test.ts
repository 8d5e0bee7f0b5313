import { describe, expect, test } from 'vitest';
import type { PriorEvidence } from '../../src/contracts/prior.ts';
import type { PublicBenchmark } from '../../src/priors/public-benchmark.ts';
import { publicEvidence } from '../../src/priors/public-evidence.ts';

/** P(success) that the evidence expects, by model; the application uses the provider's names. */
function expectedOf(evidence: PriorEvidence, ...models: readonly string[]): Readonly<Record<string, number>> {
  const { expected } = evidence.of(models.map(model => ({ name: model, model })));
  return Object.fromEntries([...expected].map(([name, { success }]) => [name, success]));
}

function notesOf(evidence: PriorEvidence, ...models: readonly string[]): readonly string[] {
  return evidence.of(models.map(model => ({ name: model, model }))).notes([]);
}

function benchmark(results: PublicBenchmark['results'], changes: Partial<PublicBenchmark> = {}): PublicBenchmark {
  const source = 'https://example.com/results.csv';
  return { name: 'ours', kind: 'tools', tasks: 200, source, licence: 'CC0', results, ...changes };
}

const logit = (p = 0): number => Math.log(p / (1 - p));

describe('publicEvidence', () => {
  const evidence = publicEvidence('tools', {
    benchmarks: [
      benchmark([
        ['small-2025-01-01', 20, '2025-01-01'],
        ['small-2026-01-01', 40, '2026-01-01'],
        ['large', 80, '2026-01-02', 'effort high'],
      ]),
    ],
  });

  test('the model that solved more of a benchmark is expected to succeed more often, by less than half as much', () => {
    const { small = 0, large = 0 } = expectedOf(evidence, 'small', 'large');
    const difference = logit(large) - logit(small);
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan((logit(0.8) - logit(0.4)) / 2);
    // No benchmark shows how difficult the feature is: the models lie around the same rate on each benchmark.
    expect((logit(large) + logit(small)) / 2).toBeCloseTo(logit(0.7), 2);
  });

  test('the difficulty of the benchmark changes nothing', () => {
    const two = (a: number, b: number) => {
      const results = [
        ['a', a, '2026-01-01'],
        ['b', b, '2026-01-01'],
      ] as const;
      return expectedOf(publicEvidence(undefined, { benchmarks: [benchmark(results, { tasks: 1e9 })] }), 'a', 'b');
    };
    // The odds of b are four times those of a on both.
    const [hard, easy] = [two(20, 50), two(50, 80)];
    expect(hard['a']).toBeCloseTo(easy['a'] ?? 0, 6);
    expect(hard['b']).toBeCloseTo(easy['b'] ?? 0, 6);
  });

  test('a model name without a date means the latest snapshot, and a name with a date means that snapshot', () => {
    const of = (model: string) => notesOf(evidence, model, 'large')[0];
    expect(of('small')).toContain('40 % of 200 tasks');
    expect(of('small-2025-01-01')).toContain('20 % of 200 tasks');
    expect(of('openai/small')).toContain('40 % of 200 tasks');
    expect(expectedOf(evidence, 'small-2025-06-06', 'large')).toEqual({});
  });

  test('each source is named with its figure, setting, date, license and address', () => {
    expect(notesOf(evidence, 'small', 'large')[1]).toContain(
      'ours: 80 % of 200 tasks (large, effort high, 2026-01-02; CC0, https://example.com/results.csv).',
    );
  });

  test('nothing is expected of a candidate if no other candidate was measured', () => {
    expect(expectedOf(evidence, 'large', 'other')).toEqual({});
    expect(Object.keys(expectedOf(evidence, 'small', 'large', 'other'))).toEqual(['small', 'large']);
  });

  test('the evidence on a candidate counts as two outcomes', () => {
    const { expected } = evidence.of(['small', 'large'].map(model => ({ name: model, model })));
    expect([...expected.values()].map(({ outcomes }) => outcomes)).toEqual([2, 2]);
  });

  test('only benchmarks of the requested kind count, and all benchmarks if no kind is requested', () => {
    const benchmarks = [
      benchmark([
        ['a', 10, '2026-01-01'],
        ['b', 20, '2026-01-01'],
      ]),
    ];
    expect(expectedOf(publicEvidence('coding', { benchmarks }), 'a', 'b')).toEqual({});
    expect(Object.keys(expectedOf(publicEvidence(undefined, { benchmarks }), 'a', 'b'))).toEqual(['a', 'b']);
  });

  test('the published results of the package put gpt-4.1 above gpt-4.1-mini and gpt-4.1-nano at coding', () => {
    const models = ['gpt-4.1-nano', 'gpt-4.1-mini', 'gpt-4.1'] as const;
    const rates = Object.values(expectedOf(publicEvidence('coding'), ...models));
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
    expect(new Set(rates).size).toBe(3);
    // As Aider's leaderboard has them.
    const notes = notesOf(publicEvidence('coding'), ...models);
    [8.9, 32.4, 52.4].forEach((percent, i) =>
      expect(notes[i]).toContain(`Aider polyglot: ${percent} % of 225 tasks (${models[i]}, 2025-04-14; Apache-2.0,`),
    );
  });

  test('a kind or an option that does not exist, and a benchmark without results, are refused', () => {
    expect(() => publicEvidence('codng' as 'coding')).toThrow(/did you mean "coding"/);
    expect(() => publicEvidence('coding', { benchmark: [] } as never)).toThrow(/did you mean "benchmarks"/);
    expect(() => publicEvidence('coding', { benchmarks: [benchmark([])] })).toThrow(/publicEvidence\.benchmarks\.0/);
  });
});
