import { describe, expect, test } from 'vitest';
import { planGraph } from '../../../src/core/beliefs/plan-graph.ts';
import type { LabelCorrection, SegmentContext } from '../../../src/core/beliefs/learned-segment.ts';
import { createSegment } from '../../../src/core/beliefs/learned-segment.ts';
import { UNIFORM } from '../../../src/core/beliefs/posterior.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';

const NOTHING_TO_COME: LabelCorrection = {
  decayed: { accepted: 0, rejected: 0 },
  undecayed: { accepted: 0, rejected: 0 },
};

function around(more: Partial<SegmentContext> = {}): SegmentContext {
  return {
    graph: planGraph([['a'], ['b']]),
    halfLife: () => 1e9,
    currentVersion: () => 'now',
    priorOf: () => ({ success: UNIFORM, climb: UNIFORM, rejected: UNIFORM, costUsd: 0 }),
    hasPooledPrior: () => false,
    mixtureOf: () => ({ graph: planGraph([['a']]), nodes: [] }),
    matureBefore: () => Number.POSITIVE_INFINITY,
    pendingLabelCorrection: () => NOTHING_TO_COME,
    ...more,
  };
}

const part = (labelled: bigint, successes: bigint) => ({
  bucket: 0,
  sums: { n: labelled, ended: labelled, labelled, successes },
});

describe('a segment', () => {
  test('believes the current version, with the older ones’ posterior capped as its prior', () => {
    const segment = createSegment(around());
    segment.add('a', 'old', part(1000n, 900n));
    segment.add('a', 'now', part(10n, 1n));
    const [a] = segment.posterior(BUCKET_MS).nodes;
    expect(a?.ended.a).toBeCloseTo(6 * (901 / 1002) + 1, 5);
    expect(a?.ended.b).toBeCloseTo(6 * (101 / 1002) + 9, 5);
  });

  test('takes its cost from the prior where there is one, else from the older version', () => {
    const costly = { bucket: 0, sums: { n: 9n, cost: 9_000_000_000n, cost2: 9n * 10n ** 18n } };
    const segment = createSegment(around());
    segment.add('a', 'old', costly);
    expect(segment.posterior(BUCKET_MS).nodes[0]?.costUsd).toBeCloseTo(0.9, 5);
  });

  test('adds what is still to come to the labels it has', () => {
    const exposed = { accepted: 30, rejected: 0 };
    const segment = createSegment(around({ pendingLabelCorrection: () => ({ decayed: exposed, undecayed: exposed }) }));
    segment.add('a', 'now', part(5n, 0n));
    const [a] = segment.posterior(BUCKET_MS).nodes;
    expect(a?.ended.b).toBeCloseTo(1 + 5, 6);
    expect(a?.ended.a).toBeCloseTo(1 + 30, 6);
  });

  test('cleared, it knows nothing and says that it changed', () => {
    const segment = createSegment(around());
    segment.add('a', 'now', part(5n, 5n));
    const { revision } = segment;
    segment.clear();
    expect(segment.posterior(BUCKET_MS).nodes[0]?.ended).toEqual(UNIFORM);
    expect(segment.revision).toBeGreaterThan(revision);
  });

  test('touched, it tells policies to look again', () => {
    const segment = createSegment(around());
    const { outcomes } = segment;
    segment.invalidate();
    expect(segment.outcomes).toBeGreaterThan(outcomes);
  });
});
