import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_LIKENESS } from '../../../src/core/beliefs/constants.ts';
import type { NodeFit } from '../../../src/core/beliefs/node-fit.ts';
import { fitNodes } from '../../../src/core/beliefs/node-fit.ts';
import { pooledNodes } from '../../../src/core/beliefs/pooled-nodes.ts';
import type { RateCell } from '../../../src/core/cells/rate-cells.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { normal } from '../../../src/core/math/samplers.ts';

function fitOf(cells: readonly RateCell[]): NodeFit {
  const features = Map.groupBy(cells, ({ feature }) => feature);
  return fitNodes(features, pooledNodes(cells), { variance: 0.1, ofLevel: ({ features: f }) => 0.7 / (1 + f) });
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe('fitNodes', () => {
  test('a model that only easy features use is not taken for a better one', () => {
    const random = seededRandom('levels');
    const levels = { mini: 1, premium: 2 };
    const cells: RateCell[] = [];
    for (let f = 0; f < 200; f++) {
      const difficulty = 0.8 * normal(random);
      for (const [node, level] of Object.entries(levels)) {
        // Features use premium where they are hard, and mini where they are easy; both are tried a little everywhere.
        const n = (node === 'mini') === difficulty > 0 ? 40 : 4;
        let s = 0;
        for (let i = 0; i < n; i++) if (random.next() < sigmoid(level + difficulty)) s++;
        cells.push({ feature: `f${f}`, node, n, s });
      }
    }
    const fitted = fitOf(cells);
    const gap = (of: (node: string) => number): number => of('premium') - of('mini');
    // Pooled rates alone say that both are about as good.
    expect(gap(node => pooledNodes(cells).get(node)?.logit ?? Number.NaN)).toBeLessThan(0.4);
    expect(gap(node => fitted.logit(node, undefined))).toBeGreaterThan(0.6);
    expect(gap(node => fitted.logit(node, undefined))).toBeLessThan(1.25);
  });

  test('a feature’s own outcomes are taken out of what it learns from the others', () => {
    const others = Array.from({ length: 3 }, (_, f): RateCell => ({ feature: `f${f}`, node: 'a', n: 50, s: 40 }));
    const own: RateCell = { feature: 'own', node: 'a', n: 50, s: 33 };
    const apart = fitOf(others).logit('a', undefined);
    const together = fitOf([...others, own]);
    expect(Math.abs(together.logit('a', 'own') - apart)).toBeLessThan(
      0.75 * Math.abs(together.logit('a', undefined) - apart),
    );
  });

  test('a node is more likely to be like the same node of other features, the better those predict each other', () => {
    const among = (rates: readonly number[]): number =>
      fitOf(rates.map((rate, i): RateCell => ({ feature: `f${i}`, node: 'a', n: 200, s: 200 * rate }))).likeness(
        'a',
        undefined,
      );
    expect(among([0.9, 0.1, 0.9, 0.1])).toBeLessThan(0.5);
    expect(among(Array.from({ length: 10 }, () => 0.8))).toBeGreaterThan(0.9 * MAX_LIKENESS);
  });

  test('a node that few features have tried is as likely to be like the others as the other nodes are', () => {
    const cells = Array.from({ length: 20 }, (_, f): RateCell => ({ feature: `f${f}`, node: 'a', n: 100, s: 80 }));
    const fitted = fitOf([...cells, { feature: 'f0', node: 'rare', n: 0, s: 0 }]);
    expect(fitted.likeness('rare', undefined)).toBeGreaterThan(0.85 * MAX_LIKENESS);
  });

  test('law: for any outcomes, levels are finite and likeness is a probability', () => {
    const row = fc
      .record({
        feature: fc.constantFrom('f', 'g', 'h'),
        node: fc.constantFrom('a', 'b'),
        n: fc.nat(100_000),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map(({ feature, node, n, part }): RateCell => ({ feature, node, n, s: Math.round(n * part) }));
    const cells = fc.uniqueArray(row, {
      selector: ({ feature, node }) => `${feature} ${node}`,
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(cells, given => {
        const fitted = fitOf(given);
        for (const { feature, node } of given) {
          for (const name of [feature, undefined]) {
            expect(Math.abs(fitted.logit(node, name))).toBeLessThan(20);
            expect(fitted.likeness(node, name)).toBeGreaterThan(0);
            expect(fitted.likeness(node, name)).toBeLessThan(1);
          }
        }
      }),
    );
  });
});
