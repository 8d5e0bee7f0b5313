import { describe, expect, test } from 'vitest';
import { enumeratePlans, planGraph } from '../../../src/core/beliefs/plan-graph.ts';
import type { NodeRates } from '../../../src/core/beliefs/plan-graph.ts';
import type { NodeSamples } from '../../../src/core/choice/consistent-rows.ts';
import { consistency, resampled } from '../../../src/core/choice/consistent-rows.ts';
import { seededRandom } from '../../../src/core/math/random.ts';

const NAMES = ['costUsd', 'climb', 'failAccepted', 'failRejected', 'failEnded'] as const;

/** One row of samples by node; what a node leaves out is 0. */
function columnsOf(rates: readonly Partial<NodeRates>[]): readonly NodeSamples[] {
  return rates.map(
    node => Object.fromEntries(NAMES.map(name => [name, Float64Array.of(node[name] ?? 0)])) as NodeSamples,
  );
}

describe('consistency', () => {
  const graph = planGraph(enumeratePlans(['a', 'b'], true));
  const weightOf = (climb: number, failAfter: number, failInstead: number): number | undefined =>
    consistency(graph, columnsOf([{ climb }, { failEnded: failAfter }, { failEnded: failInstead }]), 1)[0];

  test('a row weighs 2 % where a model fails more intents after a rejection than it fails of all', () => {
    expect(weightOf(0.5, 0.3, 0.2)).toBe(1);
    expect(weightOf(0.5, 0.5, 0.2)).toBe(0.02);
  });

  test('a row weighs 2 % where a model solves more intents after a rejection than it solves of all', () => {
    expect(weightOf(0.5, 0.7, 0.6)).toBe(1);
    expect(weightOf(0.5, 0.1, 0.6)).toBe(0.02);
  });

  test('a model from which plans climb fails as often as its accepted and its rejected replies together', () => {
    const three = planGraph(enumeratePlans(['a', 'b', 'c'], true));
    const weight = (failAccepted: number, failRejected: number): number | undefined =>
      consistency(
        three,
        columnsOf(
          three.nodes.map(node => {
            if (node === 'a') return { climb: 0.5 };
            // Fails 40 % after a, which is 20 % of all intents.
            if (node === 'a>b') return { climb: 0.4, failRejected: 1 };
            if (node === 'b') return { climb: 0.5, failAccepted, failRejected };
            return { failEnded: 0.5 };
          }),
        ),
        1,
      )[0];
    expect(weight(0.1, 0.5)).toBe(1);
    expect(weight(0.1, 0.2)).toBe(0.02);
  });
});

describe('resampling', () => {
  test('each row is kept as often as its weight says, to the next whole number', () => {
    const weights = Float64Array.of(1, 0.02, 1, 0.5, 0, 1.48);
    const kept = [...resampled(weights, 100, seededRandom('kept'))];
    weights.forEach((weight, index) => {
      expect(Math.abs(kept.filter(row => row === index).length - 25 * weight)).toBeLessThan(1);
    });
    expect(kept).toEqual(kept.toSorted((x, y) => x - y));
  });

  test('over many draws a row is kept with a probability equal to its weight', () => {
    const random = seededRandom('probability');
    let second = 0;
    for (let i = 0; i < 20_000; i++) second += resampled(Float64Array.of(0.7, 0.3), 1, random)[0] as number;
    // Five standard errors.
    expect(Math.abs(second / 20_000 - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 20_000));
  });
});
