import { describe, expect, test } from 'vitest';
import { createLearnedFeature } from '../../src/core/learned-feature.ts';
import { betaMean } from '../../src/core/posterior.ts';
import type { Cell } from '../../src/core/statistics.ts';
import { segmentsApart } from '../../src/core/segments-apart.ts';

function learnedFrom(counts: Readonly<Record<string, readonly [number, number]>>) {
  const learned = createLearnedFeature({ feature: 'f', plans: [['a']], priorCostUsd: { a: 0.01 } });
  learned.apply(
    Object.entries(counts).map(([segment, [labelled, successes]]): Cell => {
      const n = BigInt(labelled);
      return {
        key: { scope: 'node', feature: 'f', segment, at: 'a', version: '', bucket: 0 },
        sums: { n, cost: n, cost2: n, ended: n, labelled: n, successes: BigInt(successes) },
      };
    }),
  );
  return learned;
}
const apart = (counts: Readonly<Record<string, readonly [number, number]>>): number =>
  learnedFrom(counts).segment('x').apart(0);

describe('segmentsApart', () => {
  test('rates that are alike speak for one, the more the more was seen', () => {
    expect(apart({ x: [100, 80], y: [100, 80] })).toBeLessThan(0);
    expect(apart({ x: [1000, 800], y: [1000, 800] })).toBeLessThan(apart({ x: [100, 80], y: [100, 80] }));
  });

  test('rates that differ speak for two, the more the more was seen', () => {
    expect(apart({ x: [100, 95], y: [100, 20] })).toBeGreaterThan(Math.log(20));
    expect(apart({ x: [1000, 950], y: [1000, 200] })).toBeGreaterThan(apart({ x: [100, 95], y: [100, 20] }));
  });

  test('one segment, or nothing seen, says nothing', () => {
    expect(apart({ x: [100, 80] })).toBe(0);
    expect(segmentsApart([], { nodes: ['a'], now: 0 })).toBe(0);
  });

  test('the evidence of all segments together is that of a feature without segments', () => {
    const parts = learnedFrom({ x: [100, 95], y: [100, 20] })
      .segment('x')
      .whole(0).nodes[0];
    const one = learnedFrom({ '': [200, 115] })
      .segment('')
      .posterior(0).nodes[0];
    expect(betaMean(parts?.ended ?? { a: 0, b: 1 })).toBeCloseTo(betaMean(one?.ended ?? { a: 1, b: 0 }), 9);
    expect(parts?.n).toBeCloseTo(one?.n ?? 0, 9);
  });
});
