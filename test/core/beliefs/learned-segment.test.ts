import { describe, expect, test } from 'vitest';
import { planGraph } from '../../../src/core/beliefs/plan-graph.ts';
import type { LearnedSegment, SegmentContext } from '../../../src/core/beliefs/learned-segment.ts';
import { createSegment } from '../../../src/core/beliefs/learned-segment.ts';
import type { BetaShape, NodePosterior } from '../../../src/core/beliefs/posterior.ts';
import { betaMean, UNIFORM } from '../../../src/core/beliefs/posterior.ts';
import type { Cell, Sums } from '../../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';

const NO_EXTRA = { accepted: 0, rejected: 0 };

function contextWith(more: Partial<SegmentContext> = {}): SegmentContext {
  return {
    graph: planGraph([['a'], ['b']]),
    halfLife: () => 1e9,
    currentQuality: () => 'now',
    currentPrice: () => undefined,
    priorOf: () => ({ success: UNIFORM, climb: UNIFORM, rejected: UNIFORM, costUsd: 0 }),
    hasPooledPrior: () => false,
    mixtureOf: () => ({ graph: planGraph([['a']]), nodes: [] }),
    matureBefore: () => Number.POSITIVE_INFINITY,
    pendingLabelCorrection: () => ({ decayed: NO_EXTRA, undecayed: NO_EXTRA }),
    explains: () => false,
    ...more,
  };
}

const part = (labelled: bigint, successes: bigint, more: Sums = {}): Sums => ({
  n: labelled,
  ended: labelled,
  labelled,
  successes,
  ...more,
});

const cell = (version: string, sums: Sums, bucket = 0): Cell => ({
  key: { scope: 'node', feature: 'f', segment: '', subject: 'a', version, bucket },
  sums,
});

describe('a segment', () => {
  test('the posterior of an older version, reduced to the weight of six outcomes, is the prior of the current version', () => {
    const segment = createSegment(contextWith());
    segment.add(cell('old', part(1000n, 900n, { rejected: 250n })));
    segment.add(cell('now', part(10n, 1n, { rejected: 9n })));
    const [a, b] = segment.posterior(BUCKET_MS).nodes;
    expect(a?.ended.a).toBeCloseTo(6 * (901 / 1002) + 1, 5);
    expect(a?.ended.b).toBeCloseTo(6 * (101 / 1002) + 9, 5);
    expect(a?.climb.a).toBeCloseTo(6 * (251 / 1002) + 9, 5);
    expect(a?.climb.b).toBeCloseTo(6 * (751 / 1002) + 1, 5);
    expect(b?.ended).toEqual(UNIFORM);
  });

  test('an older version’s posterior that weighs less than six outcomes is not scaled up as a prior', () => {
    const segment = createSegment(contextWith());
    segment.add(cell('old', part(1n, 1n)));
    const [a] = segment.posterior(BUCKET_MS).nodes;
    expect(a?.ended.a).toBeCloseTo(2, 5);
    expect(a?.ended.b).toBeCloseTo(1, 5);
  });

  test('an older version’s rejected replies count for the success of its model, except where a plan climbs on from the node', () => {
    const returned = part(100n, 80n, { labelledRejected: 20n });
    const successOf = (plans: readonly (readonly string[])[]): number => {
      const graph = planGraph(plans);
      const segment = createSegment(contextWith({ graph }));
      segment.add(cell('old', returned));
      const [a] = segment.posterior(BUCKET_MS).nodes;
      return betaMean((graph.climbs[0] === true ? a?.accepted : a?.ended) ?? UNIFORM);
    };
    expect(successOf([['a'], ['b']])).toBeCloseTo(81 / 102, 3);
    expect(successOf([['a'], ['a', 'b']])).toBeCloseTo(81 / 82, 3);
  });

  test('the cost of an older version becomes the prior cost only where no other prior cost is known', () => {
    const costly = { n: 9n, cost: 9_000_000_000n, cost2: 9n * 10n ** 18n };
    const costOf = (priorUsd: number): number => {
      const prior = { success: UNIFORM, climb: UNIFORM, rejected: UNIFORM, costUsd: priorUsd };
      const segment = createSegment(contextWith({ priorOf: () => prior }));
      segment.add(cell('old', costly));
      return segment.posterior(BUCKET_MS).nodes[0]?.costUsd ?? Number.NaN;
    };
    expect(costOf(0)).toBeCloseTo(0.9, 5);
    expect(costOf(0.2)).toBeCloseTo(0.2, 5);
  });

  test('`olderSums` adds up all older versions and leaves out the current one', () => {
    const segment = createSegment(contextWith());
    segment.add(cell('older', part(3n, 2n)));
    segment.add(cell('old', part(5n, 1n)));
    segment.add(cell('now', part(100n, 90n)));
    expect(segment.olderSums('a', 1).undecayed).toMatchObject({ n: 8, labelled: 8, successes: 3 });
    expect(segment.sums('a', 1).undecayed).toMatchObject({ n: 100, successes: 90 });
    expect(segment.olderSums('b', 1).undecayed.n).toBe(0);
    const young = createSegment(contextWith());
    young.add(cell('now', part(100n, 90n)));
    expect(young.olderSums('a', 1).undecayed.n).toBe(0);
  });

  test('expected labels are added to the observed ones, as successes', () => {
    const correction = {
      decayed: { accepted: 30, rejected: 7 },
      undecayed: { accepted: 40, rejected: 9 },
    };
    const segment = createSegment(contextWith({ pendingLabelCorrection: () => correction }));
    segment.add(cell('now', part(5n, 1n, { labelledRejected: 2n, successesRejected: 1n })));
    const { decayed, undecayed } = segment.sums('a', 0.5);
    expect(decayed).toMatchObject({ labelled: 42, successes: 38, labelledRejected: 9, successesRejected: 8 });
    expect(undecayed).toMatchObject({ labelled: 54, successes: 50, labelledRejected: 11, successesRejected: 10 });
    expect(decayed.n).toBe(5);
    const onlyReturned = { accepted: 0, rejected: 7 };
    const other = createSegment(
      contextWith({ pendingLabelCorrection: () => ({ decayed: onlyReturned, undecayed: onlyReturned }) }),
    );
    other.add(cell('now', part(5n, 1n)));
    expect(other.sums('a', 0.5).decayed).toMatchObject({ labelled: 12, labelledRejected: 7 });
  });

  test('change detection leaves out buckets whose labels are incomplete', () => {
    const labelled = (matureBefore: number): number => {
      const segment = createSegment(contextWith({ matureBefore: () => matureBefore }));
      for (let bucket = 0; bucket < 20; bucket++) {
        segment.add(cell('now', part(10n, bucket < 10 ? 10n : 0n), bucket));
      }
      return segment.sums('a', 20).undecayed.labelled;
    };
    expect(labelled(20)).toBe(100);
    expect(labelled(10)).toBe(200);
  });

  test('a cleared segment has no evidence and a higher revision', () => {
    const segment = createSegment(contextWith());
    segment.add(cell('now', part(5n, 5n)));
    const { revision } = segment;
    segment.clear();
    expect(segment.posterior(BUCKET_MS).nodes[0]?.ended).toEqual(UNIFORM);
    expect(segment.revision).toBeGreaterThan(revision);
  });

  describe('after a change', () => {
    /** 600 outcomes, one a second, of which the last fail. */
    function collapsed(failures: number): LearnedSegment {
      const segment = createSegment(contextWith());
      for (let i = 0; i < 600; i++)
        segment.add(
          cell('now', part(1n, i < 600 - failures && i % 20 !== 0 ? 1n : 0n, { cost: 10_000_000n })),
          i / 3600,
        );
      return segment;
    }

    test('the probability that a node is as it was before its change grows with time, and its cost is the current one', () => {
      const segment = collapsed(20);
      const at = (second: number): NodePosterior | undefined => segment.posterior((second / 3600) * BUCKET_MS).nodes[0];
      const { former, ended, costUsd } = at(1200) as NodePosterior;
      expect(betaMean(ended)).toBeLessThan(0.4);
      expect(betaMean(former?.node.ended as BetaShape)).toBeGreaterThan(0.9);
      expect(former?.node.costUsd).toBe(costUsd);
      expect(former?.weight).toBeGreaterThan(0.1);
      // Too improbable to count.
      expect(at(599.1)?.former).toBeUndefined();
    });

    test('the outcome that shows the change and the next ones count several times, so that policies act on them at once', () => {
      let before = 0;
      let largest = 0;
      for (let failures = 1; failures <= 20; failures++) {
        const { outcomes } = collapsed(failures);
        largest = Math.max(largest, outcomes - before);
        before = outcomes;
      }
      expect(collapsed(0).outcomes).toBe(600);
      expect(largest).toBeGreaterThan(50);
    });
  });

  test('invalidating a segment raises its revision and adds one to its outcome count, so that policies sample it again', () => {
    const segment = createSegment(contextWith());
    const { revision, outcomes } = segment;
    segment.invalidate();
    expect(segment.revision).toBeGreaterThan(revision);
    expect(segment.outcomes).toBe(outcomes + 1);
  });

  test('the posterior and the mixture are computed for the given time, converted to buckets', () => {
    const asked: number[] = [];
    const segment = createSegment(
      contextWith({
        priorOf: (_, now) => {
          asked.push(now);
          return { success: UNIFORM, climb: UNIFORM, rejected: UNIFORM, costUsd: 0 };
        },
        mixtureOf: now => {
          asked.push(now);
          return { graph: planGraph([['a']]), nodes: [] };
        },
      }),
    );
    segment.posterior(3 * BUCKET_MS);
    segment.mixture(4 * BUCKET_MS);
    expect(asked).toEqual([3, 3, 4]);
  });
});
