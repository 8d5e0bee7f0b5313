import { describe, expect, test } from 'vitest';
import { enumeratePlans } from '../../../src/core/beliefs/plan-graph.ts';
import type { LearnedFeature, LearnedFeatureOptions } from '../../../src/core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import type { NodePosterior } from '../../../src/core/beliefs/posterior.ts';
import { betaMean } from '../../../src/core/beliefs/posterior.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { Cell, Sums } from '../../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';

const NOW_MS = 1_800_000_000_000;
const BUCKET = Math.floor(NOW_MS / BUCKET_MS);

function create(more: Partial<LearnedFeatureOptions> = {}): LearnedFeature {
  return createLearnedFeature({
    feature: 'f',
    plans: enumeratePlans(['mini', 'premium'], true),
    priorCostUsd: { mini: 0.002, premium: 0.014 },
    ...more,
  });
}

function cell(node: string, sums: Sums, key: Partial<Cell['key']> = {}): Cell {
  return {
    key: { scope: 'node', feature: 'f', segment: '', subject: node, version: 'v1', bucket: BUCKET, ...key },
    sums,
  };
}

function outcomes(labelled: bigint, successes: bigint): Sums {
  return { n: labelled, ended: labelled, labelled, successes };
}

function believed(learned: LearnedFeature, node: string, segment = '', nowMs = NOW_MS): NodePosterior {
  return learned
    .segment(segment)
    .posterior(nowMs)
    .nodes.find(each => each.node === node) as NodePosterior;
}

describe('evidence', () => {
  test('what is applied is believed, node by node; plan cells and other features are not this feature’s nodes', () => {
    const learned = create();
    learned.apply([
      cell('premium', outcomes(40n, 38n)),
      cell('mini>premium', outcomes(10n, 4n)),
      cell('premium', outcomes(1000n, 0n), { feature: 'other' }),
      cell('premium', outcomes(1000n, 0n), { scope: 'plan' }),
    ]);
    expect(betaMean(believed(learned, 'premium').ended)).toBeCloseTo(39 / 42, 2);
    expect(betaMean(believed(learned, 'mini>premium').ended)).toBeCloseTo(5 / 12, 2);
    expect(believed(learned, 'mini').n).toBe(0);
  });

  test('starting again from the store’s cells is the same as having applied them one by one', () => {
    const random = seededRandom('replace');
    const cells = Array.from({ length: 400 }, (_, i) =>
      cell(i % 2 === 0 ? 'mini' : 'premium', outcomes(1n, random.next() < 0.8 ? 1n : 0n), { bucket: BUCKET - 400 + i }),
    );
    const live = create();
    for (const each of cells) live.apply([each]);
    const restarted = create();
    restarted.apply([cell('mini', outcomes(500n, 0n))]);
    restarted.replace(cells.toReversed());
    for (const node of ['mini', 'premium']) {
      expect(believed(restarted, node).ended.a).toBeCloseTo(believed(live, node).ended.a, 9);
      expect(believed(restarted, node).ended.b).toBeCloseTo(believed(live, node).ended.b, 9);
    }
  });

  test('every change is a new revision, and only labels are outcomes', () => {
    const learned = create();
    const segment = learned.segment('');
    const before = { feature: learned.revision, segment: segment.revision, outcomes: segment.outcomes };
    learned.apply([cell('mini', { n: 1n, cost: 5n })]);
    expect(learned.revision).toBeGreaterThan(before.feature);
    expect(segment.revision).toBeGreaterThan(before.segment);
    expect(segment.outcomes).toBe(before.outcomes);
    learned.apply([cell('mini', { ended: 1n, labelled: 1n })]);
    expect(segment.outcomes).toBe(before.outcomes + 1);
  });

  test('old evidence fades, but for what long memory keeps', () => {
    const learned = create();
    learned.apply([cell('mini', outcomes(300n, 150n))]);
    const later = believed(learned, 'mini', '', NOW_MS + 10 * 365 * 86_400_000).ended;
    expect(later.a + later.b).toBeCloseTo(2 + 5, 1);
    expect(betaMean(later)).toBeCloseTo(0.5, 2);
  });

  test('after a change only what came since counts', () => {
    const learned = create();
    for (let i = 0; i < 300; i++) {
      learned.apply([
        cell('premium', outcomes(1n, i < 200 ? 1n : BigInt(i % 2)), { bucket: BUCKET - 50 + Math.floor(i / 6) }),
      ]);
    }
    expect(betaMean(believed(learned, 'premium').ended)).toBeLessThan(0.56);
  });
});

describe('priors', () => {
  test('a configured expectation holds for the model asked first, and is never worth more than ten outcomes', () => {
    const learned = create({ priorSuccess: { premium: { success: 0.9 }, mini: { success: 0.5, strength: 500 } } });
    expect(believed(learned, 'premium').ended.a).toBeCloseTo(4.5, 12);
    expect(believed(learned, 'premium').ended.b).toBeCloseTo(0.5, 12);
    expect(believed(learned, 'mini').accepted).toEqual({ a: 5, b: 5 });
    expect(believed(learned, 'mini>premium').ended).toEqual({ a: 1, b: 1 });
  });

  test('learnt priors fill in where nothing is configured', () => {
    const learned = create({ priorSuccess: { premium: { success: 0.9 } } });
    learned.setPriors({ premium: { a: 1, b: 9, likeness: 0.5 }, 'mini>premium': { a: 6, b: 4, likeness: 0.5 } });
    expect(believed(learned, 'premium').ended.a).toBe(4.5);
    expect(believed(learned, 'mini>premium').mixed?.ended).toMatchObject({
      like: { a: 6, b: 4 },
      unlike: { a: 1, b: 1 },
    });
  });

  test('the prior cost is the model’s, in whatever place it is asked', () => {
    expect(believed(create(), 'mini>premium').costUsd).toBe(0.014);
  });
});

describe('versions', () => {
  test('a new version starts afresh, with what the old one showed as a weak prior', () => {
    const learned = create({ versions: { mini: 'v1' } });
    learned.apply([cell('mini', outcomes(500n, 450n))]);
    expect(believed(learned, 'mini').accepted.a).toBeGreaterThan(400);
    learned.setVersions({ mini: 'v2' });
    const { a, b } = believed(learned, 'mini').accepted;
    expect(a + b).toBeCloseTo(6, 9);
    expect(a / (a + b)).toBeCloseTo(0.9, 2);
    learned.apply([cell('mini', outcomes(100n, 10n), { version: 'v2' })]);
    expect(betaMean(believed(learned, 'mini').accepted)).toBeLessThan(0.16);
  });

  test('without configured versions the one seen last is current', () => {
    const learned = create();
    learned.apply([cell('mini', outcomes(100n, 90n))]);
    learned.apply([cell('mini', outcomes(50n, 5n), { version: 'v2' })]);
    expect(believed(learned, 'mini').n).toBeCloseTo(50, 0);
  });
});

describe('segments', () => {
  test('a new segment starts from what the others show, weakly', () => {
    const learned = create();
    learned.apply([
      cell('premium', outcomes(400n, 360n), { segment: 'a' }),
      cell('premium', outcomes(400n, 364n), { segment: 'b' }),
    ]);
    const { a, b } = believed(learned, 'premium', 'new').ended;
    expect(a / (a + b)).toBeCloseTo(0.905, 2);
    expect(a + b).toBeLessThanOrEqual(20 + 1e-9);
  });

  test('a segment’s own evidence is not counted twice, and prevails', () => {
    const learned = create();
    learned.apply([
      cell('premium', outcomes(400n, 360n), { segment: 'a' }),
      cell('premium', outcomes(400n, 80n), { segment: 'b' }),
    ]);
    expect(betaMean(believed(learned, 'premium', 'b').ended)).toBeCloseTo(0.2, 1);
    const { a, b } = believed(learned, 'premium', 'b').ended;
    expect(a + b).toBeLessThan(400 + 20);
  });

  test('the same name is the same object, for policies to cache by', () => {
    const learned = create();
    expect(learned.segment('a')).toBe(learned.segment('a'));
    expect(learned.segment('a')).not.toBe(learned.segment('b'));
  });
});

describe('silence means success', () => {
  const silenceWindowMs = 48 * BUCKET_MS;

  /** Premium fails one in ten; failures are heard of within hours, silence speaks after two days. */
  function heardSoFar(hours: number): LearnedFeature {
    const learned = create({ silenceWindowMs, plans: [['mini'], ['premium']] });
    for (let age = hours; age >= 1; age--) {
      const heard = Math.round(20 * (age >= 48 ? 1 : 1 - Math.exp(-age / 8)));
      const failures = BigInt(heard);
      const successes = age >= 48 ? 180n : 0n;
      learned.apply([
        cell(
          'premium',
          {
            n: 200n,
            ended: 200n,
            labelled: failures + successes,
            successes,
            failureDelayMs: failures * 8n * 3_600_000n,
          },
          { bucket: BUCKET - age },
        ),
      ]);
    }
    return learned;
  }

  test('young intents count by what must have been heard of them: no failure rate of 100 % before the window ends', () => {
    for (const hours of [6, 24, 100]) {
      const rate = betaMean(believed(heardSoFar(hours), 'premium', '', BUCKET * BUCKET_MS).ended);
      expect(Math.abs(rate - 0.9)).toBeLessThan(0.02);
    }
  });

  test('it is not mistaken for a change', () => {
    const { n } = believed(heardSoFar(100), 'premium', '', BUCKET * BUCKET_MS);
    expect(n).toBeGreaterThan(15_000);
  });
});
