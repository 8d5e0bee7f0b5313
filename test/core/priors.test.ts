import { describe, expect, test } from 'vitest';
import type { BetaShape } from '../../src/core/posterior.ts';
import type { RateCell } from '../../src/core/priors.ts';
import { empiricalBayes, rateCells, strengthOf, sumEvidence } from '../../src/core/priors.ts';
import { seededRandom } from '../../src/core/random.ts';
import { betaVariate, normal } from '../../src/core/samplers.ts';
import type { Cell } from '../../src/core/statistics.ts';

const meanOf = ({ a, b }: BetaShape): number => a / (a + b);

function binomial(n: number, p: number, random: ReturnType<typeof seededRandom>): number {
  let s = 0;
  for (let i = 0; i < n; i++) if (random.next() < p) s++;
  return s;
}

describe('empiricalBayes', () => {
  test('a node starts from what it does in other features', () => {
    const cells = Array.from({ length: 10 }, (_, f): readonly RateCell[] => [
      { feature: `f${f}`, node: 'mini', n: 100, s: 60 },
      { feature: `f${f}`, node: 'premium', n: 100, s: 95 },
    ]).flat();
    const { typical } = empiricalBayes(cells);
    expect(meanOf(typical.mini as BetaShape)).toBeGreaterThan(0.5);
    expect(meanOf(typical.mini as BetaShape)).toBeLessThan(0.68);
    expect(meanOf(typical.premium as BetaShape)).toBeGreaterThan(0.75);
  });

  test('a feature that is hard for one model is expected to be hard for the others', () => {
    const others = Array.from({ length: 10 }, (_, f): readonly RateCell[] => [
      { feature: `f${f}`, node: 'mini', n: 100, s: 80 },
      { feature: `f${f}`, node: 'premium', n: 100, s: 95 },
    ]).flat();
    const { byFeature, typical } = empiricalBayes([...others, { feature: 'hard', node: 'mini', n: 60, s: 20 }]);
    expect(meanOf(byFeature.get('hard')?.premium as BetaShape)).toBeLessThan(
      meanOf(typical.premium as BetaShape) - 0.05,
    );
  });

  test('foretells success rates better than the uniform prior: half the squared error on features it has seen little of', () => {
    const random = seededRandom('features');
    const levels = { mini: 0.5, small: 1.4, premium: 2.9 };
    let [learnt, uniform] = [0, 0];
    for (let world = 0; world < 20; world++) {
      const truth = new Map<string, number>();
      const cells: RateCell[] = [];
      for (let f = 0; f < 30; f++) {
        const difficulty = 0.8 * normal(random);
        for (const [node, level] of Object.entries(levels)) {
          const p = 1 / (1 + Math.exp(-(level + difficulty + 0.2 * normal(random))));
          const n = f < 15 ? 80 : 3;
          truth.set(`f${f} ${node}`, p);
          cells.push({ feature: `f${f}`, node, n, s: binomial(n, p, random) });
        }
      }
      const { byFeature } = empiricalBayes(cells);
      for (const { feature, node, n, s } of cells) {
        if (n > 3) continue;
        const { a, b } = (byFeature.get(feature) ?? {})[node] as BetaShape;
        const p = truth.get(`${feature} ${node}`) as number;
        learnt += ((a + s) / (a + b + n) - p) ** 2;
        uniform += ((1 + s) / (2 + n) - p) ** 2;
      }
    }
    expect(learnt).toBeLessThan(uniform / 2);
  });

  test('a prior is never nothing and never overwhelming, and nothing seen is no error', () => {
    const cells = Array.from(
      { length: 20 },
      (_, f): RateCell => ({ feature: `f${f}`, node: 'mini', n: 5000, s: 4000 }),
    );
    const { a, b } = empiricalBayes(cells).typical.mini as BetaShape;
    expect(a + b).toBeGreaterThanOrEqual(1);
    expect(a + b).toBeLessThanOrEqual(50);
    expect(empiricalBayes([])).toEqual({ byFeature: new Map(), typical: {} });
  });
});

describe('strengthOf', () => {
  test('finds the strength of the Beta that rates were drawn from', () => {
    const random = seededRandom('strength');
    for (const kappa of [4, 15]) {
      const rates = Array.from({ length: 4000 }, () => {
        const p = betaVariate(0.7 * kappa, 0.3 * kappa, random);
        return { n: 40, s: binomial(40, p, random), mean: 0.7 };
      });
      // Kleinman's ρ is 1/(κ + 1).
      expect(strengthOf(rates) / kappa).toBeGreaterThan(0.9);
      expect(strengthOf(rates) / kappa).toBeLessThan(1.1);
    }
  });

  test('rates that scatter no more than chance get the most, too few counts the least', () => {
    const even = Array.from({ length: 50 }, () => ({ n: 100, s: 70, mean: 0.7 }));
    expect(strengthOf(even, [2, 20])).toBe(20);
    expect(strengthOf([{ n: 1, s: 1, mean: 0.5 }], [2, 20])).toBe(2);
    expect(strengthOf([], [2, 20])).toBe(2);
  });
});

describe('evidence', () => {
  const cell = (at: string, sums: Cell['sums'], key: Partial<Cell['key']> = {}): Cell => ({
    key: { scope: 'node', feature: 'f', segment: '', at, version: '', bucket: 1, ...key },
    sums,
  });

  test('is summed over segments, versions and buckets; rejected replies that were returned are not the model’s accepted ones', () => {
    const cells = [
      cell('mini', { n: 10n, labelled: 10n, successes: 7n, labelledRejected: 4n, successesRejected: 1n }),
      cell('mini', { n: 5n, labelled: 5n, successes: 5n }, { segment: 'pro', version: 'v2', bucket: 9 }),
      cell('mini', { n: 99n, labelled: 99n }, { scope: 'plan' }),
      cell('mini', { n: 1n, labelled: 1n }, { feature: 'g' }),
    ];
    expect(rateCells(cells)).toMatchObject([
      { feature: 'f', node: 'mini', n: 11, s: 11 },
      { feature: 'g', node: 'mini', n: 1, s: 0 },
    ]);
  });

  test('a retraction is taken back', () => {
    const evidence = sumEvidence();
    evidence.add([cell('mini', { n: 1n, labelled: 1n, successes: 1n })]);
    evidence.add([cell('mini', { successes: -1n })]);
    expect(evidence.cells()).toMatchObject([{ n: 1, s: 0 }]);
  });
});
