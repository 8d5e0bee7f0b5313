import { describe, expect, test } from 'vitest';
import type { LogitResult } from '../../src/priors/model-levels.ts';
import { LEVEL_VARIANCE, modelLevels, PECULIAR_VARIANCE } from '../../src/priors/model-levels.ts';

/** Results without sampling error. */
const results = (byBenchmark: Readonly<Record<string, Readonly<Record<string, number>>>>): readonly LogitResult[] =>
  Object.entries(byBenchmark).flatMap(([benchmark, byModel]) =>
    Object.entries(byModel).map(([model, logit]) => ({ benchmark, model, logit, variance: 0 })),
  );

describe('modelLevels', () => {
  test.each([1, 2, 4])(
    'a difference that %i benchmarks agree on is shrunk by σ² ÷ (σ² + τ² ÷ benchmarks)',
    benchmarks => {
      const names = Array.from({ length: benchmarks }, (_, i) => `b${i}`);
      const levels = modelLevels(results(Object.fromEntries(names.map((name, i) => [name, { a: i, b: i + 2 }]))));
      const shrunk = (2 * LEVEL_VARIANCE) / (LEVEL_VARIANCE + PECULIAR_VARIANCE / benchmarks);
      expect((levels.get('b') ?? 0) - (levels.get('a') ?? 0)).toBeCloseTo(shrunk, 9);
      expect((levels.get('b') ?? 0) + (levels.get('a') ?? 0)).toBeCloseTo(0, 9);
    },
  );

  test('the difficulty of a benchmark changes no level', () => {
    const easy = modelLevels(results({ x: { a: 0, b: 1, c: 3 }, y: { b: 0, c: 1 } }));
    const hard = modelLevels(results({ x: { a: -4, b: -3, c: -1 }, y: { b: 2, c: 3 } }));
    for (const [model, level] of easy) expect(hard.get(model)).toBeCloseTo(level, 6);
  });

  test('the levels of three models on two benchmarks solve the normal equations of the mixed model', () => {
    const given = results({ x: { a: 0.2, b: 1.1, c: 2 }, y: { a: -0.5, c: 0.3 } });
    const levels = modelLevels(given);
    const level = (model: string): number => levels.get(model) ?? Number.NaN;
    const ease = (benchmark: string): number => {
      const rows = given.filter(row => row.benchmark === benchmark);
      return rows.reduce((sum, row) => sum + row.logit - level(row.model), 0) / rows.length;
    };
    for (const model of ['a', 'b', 'c']) {
      const rows = given.filter(row => row.model === model);
      const residuals = rows.reduce((sum, row) => sum + row.logit - ease(row.benchmark) - level(row.model), 0);
      expect(residuals / PECULIAR_VARIANCE).toBeCloseTo(level(model) / LEVEL_VARIANCE, 6);
    }
  });

  test('a result of few tasks moves a level less than one of many', () => {
    const [few, many] = [1, 0].map(variance =>
      modelLevels([
        { benchmark: 'x', model: 'a', logit: 0, variance },
        { benchmark: 'x', model: 'b', logit: 1, variance },
      ]).get('b'),
    );
    expect(few).toBeLessThan(many ?? 0);
    expect(few).toBeGreaterThan(0);
  });
});
