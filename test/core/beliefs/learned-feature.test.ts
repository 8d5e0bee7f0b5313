import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STATED_HOLDS } from '../../../src/core/beliefs/constants.ts';
import { enumeratePlans, plansWithAlarms } from '../../../src/core/beliefs/plan-graph.ts';
import type { LearnedFeature, LearnedFeatureOptions } from '../../../src/core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import { meanFailureDelayMs, observedFailureFraction } from '../../../src/core/beliefs/late-outcomes.ts';
import type { NodePosterior } from '../../../src/core/beliefs/posterior.ts';
import { betaMean } from '../../../src/core/beliefs/posterior.ts';
import { meanTable } from '../../../src/core/choice/posterior-samples.ts';
import { contributionDelta } from '../../../src/core/cells/contribution.ts';
import { FAILURE, made, SUCCESS } from '../support/cells.ts';
import { AT_MS, attempt } from '../support/intents.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { versionServedBy } from '../../../src/core/cells/served-version.ts';
import type { Cell, Sums } from '../../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
import { foldCells, grainsAt } from '../../../src/core/cells/grains.ts';

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

test('a search for changes goes segment by segment, and finds what the next decision would find', () => {
  const learned = create();
  const byHour = (successes: (hour: number) => bigint) =>
    ['', 'long'].flatMap(segment =>
      Array.from({ length: 40 }, (_, hour) =>
        cell('mini', outcomes(20n, successes(hour)), { segment, bucket: BUCKET - 40 + hour }),
      ),
    );
  learned.apply(byHour(hour => (hour < 20 ? 19n : 2n)));
  expect([...learned.lookForChanges(NOW_MS)]).toHaveLength(2);
  const looked = believed(learned, 'mini', 'long');
  expect(betaMean(looked.ended)).toBeLessThan(0.2);
  const other = create();
  other.apply(byHour(hour => (hour < 20 ? 19n : 2n)));
  expect(believed(other, 'mini', 'long')).toEqual(looked);
});

test('hours that are read from the store are not searched for a change one by one', () => {
  const learned = create();
  const hours = Array.from({ length: 40 }, (_, hour) =>
    cell('mini', outcomes(20n, hour < 20 ? 19n : 2n), { bucket: BUCKET - 40 + hour }),
  );
  learned.apply(hours, NOW_MS);
  // All labels count in full: if the search for changes had found one, the labels before it would count for less.
  expect(learned.segment('').outcomes).toBe(800);
  expect(betaMean(believed(learned, 'mini').ended)).toBeLessThan(0.2);
});

describe('evidence', () => {
  test('only node cells of the feature itself count as evidence, not plan cells or other features’ cells', () => {
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

  test('visits that another model served are not evidence on the model that was asked, not even as a prior', () => {
    const other = { version: versionServedBy('v1', 'gpt-5-pro') };
    for (const options of [{}, { versions: { mini: 'v1' } }]) {
      const learned = create(options);
      learned.apply([cell('mini', outcomes(2n, 2n))]);
      const { n, ended, costUsd } = believed(learned, 'mini');
      learned.apply([cell('mini', { ...outcomes(1000n, 0n), cost: 10n ** 13n }, other)]);
      expect(believed(learned, 'mini')).toMatchObject({ n, ended, costUsd });
    }
  });

  test('visits that another model served are ignored beside a model’s own, even older ones', () => {
    const own = cell('mini', outcomes(2000n, 1000n));
    const served = { version: versionServedBy('v1', 'gpt-5-pro'), bucket: BUCKET - 1 };
    const [alone, both] = [create(), create()];
    alone.replace([own]);
    both.replace([cell('mini', outcomes(90_000n, 0n), served), own]);
    // Their labels would shorten the half-life of the feature.
    const monthsLater = NOW_MS + 90 * 86_400_000;
    expect(believed(both, 'mini', '', monthsLater)).toEqual(believed(alone, 'mini', '', monthsLater));
  });

  test('replacing everything by the store’s cells is the same as applying them one by one', () => {
    const random = seededRandom('replace');
    const cells = Array.from({ length: 400 }, (_, i) => {
      const success = random.next() < 0.8;
      return cell(
        i % 2 === 0 ? 'mini' : 'premium',
        { ...outcomes(1n, success ? 1n : 0n), ...(success ? {} : { failureDelayMs: 3_600_000n }) },
        // The newest version comes last, in whatever order the store returns its cells.
        { bucket: BUCKET - 400 + i, segment: i % 3 === 0 ? 'a' : 'b', version: i < 300 ? 'v1' : 'v2' },
      );
    });
    for (const options of [{}, { silenceWindowMs: 48 * BUCKET_MS }]) {
      const live = create(options);
      for (const each of cells) live.apply([each]);
      const restarted = create(options);
      restarted.apply([
        cell('mini', { ...outcomes(500n, 0n), failureDelayMs: 10n ** 12n }, { segment: 'a', version: 'v3' }),
        cell('mini', outcomes(90_000n, 0n), { segment: 'gone' }),
      ]);
      restarted.replace(cells.toReversed());
      for (const node of ['mini', 'premium']) {
        const { n, ended } = believed(live, node, 'a');
        expect(believed(restarted, node, 'a')).toMatchObject({
          n: expect.closeTo(n, 9) as number,
          ended: { a: expect.closeTo(ended.a, 9) as number, b: expect.closeTo(ended.b, 9) as number },
        });
      }
    }
  });

  test('every change raises the revision, and only labels count as outcomes', () => {
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

  test('replacing cells, versions or priors raises every segment’s revision and outcome count, so that policies decide again', () => {
    const learned = create();
    const segments = ['a', 'b'].map(name => learned.segment(name));
    const counts = (): readonly number[] => [
      learned.revision,
      ...segments.flatMap(each => [each.revision, each.outcomes]),
    ];
    for (const change of [
      () => learned.replace([]),
      () => learned.setVersions({ mini: 'v2' }),
      () => learned.setPriors({}),
    ]) {
      const before = counts();
      change();
      counts().forEach((count, i) => expect(count).toBeGreaterThan(before[i] as number));
    }
  });

  test('old evidence decays until five outcomes are left', () => {
    const learned = create();
    learned.apply([cell('mini', outcomes(300n, 150n))]);
    const later = believed(learned, 'mini', '', NOW_MS + 10 * 365 * 86_400_000).ended;
    expect(later.a + later.b).toBeCloseTo(2 + 5, 1);
    expect(betaMean(later)).toBeCloseTo(0.5, 2);
  });

  test('after a change point only newer outcomes count', () => {
    const learned = create();
    for (let i = 0; i < 300; i++) {
      learned.apply([
        cell('premium', outcomes(1n, i < 200 ? 1n : BigInt(i % 2)), { bucket: BUCKET - 50 + Math.floor(i / 6) }),
      ]);
    }
    expect(betaMean(believed(learned, 'premium').ended)).toBeLessThan(0.56);
    expect(learned.segment('').posterior(NOW_MS).hasChanged).toBe(true);
    expect(learned.segment('').mixture(NOW_MS).hasChanged).toBe(true);
    expect(create().segment('').posterior(NOW_MS).hasChanged).toBe(false);
  });
});

describe('priors', () => {
  test('a configured success rate adds outcomes where the model is asked first: four by default, ten at most, fewer if they contradict it', () => {
    const learned = create({ priorSuccess: { premium: { success: 0.9 }, mini: { success: 0.5, strength: 500 } } });
    expect(believed(learned, 'premium').ended.a).toBeCloseTo(1 + 3.6 * STATED_HOLDS, 12);
    expect(believed(learned, 'premium').ended.b).toBeCloseTo(1 + 0.4 * STATED_HOLDS, 12);
    expect(believed(learned, 'mini').accepted).toEqual({ a: 1 + 5 * STATED_HOLDS, b: 1 + 5 * STATED_HOLDS });
    expect(believed(learned, 'mini>premium').ended).toEqual({ a: 1, b: 1 });
  });

  test('a configured success rate adds outcomes to a pooled prior, whether the feature is like the others or not', () => {
    const learned = create({ priorSuccess: { premium: { success: 0.5 } } });
    learned.setPriors({ premium: { a: 1, b: 9, likeness: 0.5 }, 'mini>premium': { a: 6, b: 4, likeness: 0.5 } });
    const added = 2 * STATED_HOLDS;
    expect(believed(learned, 'premium').mixed?.ended).toMatchObject({
      like: { a: 1 + added, b: 9 + added },
      unlike: { a: 1 + added, b: expect.closeTo(1 + added, 12) },
      likeness: expect.closeTo(0.5, 9),
    });
    expect(believed(learned, 'mini>premium').mixed?.ended).toMatchObject({
      like: { a: 6, b: 4 },
      unlike: { a: 1, b: 1 },
    });
  });

  test('a configured success rate counts less once outcomes of another model in any segment contradict that model’s configured rate', () => {
    const learned = create({
      priorSuccess: { premium: { success: 0.5, strength: 10 }, mini: { success: 0.9, strength: 10 } },
    });
    const added = (): number => believed(learned, 'premium').ended.b - 1;
    expect(added()).toBeCloseTo(5 * STATED_HOLDS, 12);
    learned.apply([cell('mini', outcomes(20n, 4n))]);
    expect(added()).toBeLessThan(0.5 * STATED_HOLDS);
  });

  test('without other features, one rejected reply in five is expected to be good, at the weight of two outcomes', () => {
    expect(believed(create(), 'mini').rejected).toEqual({ a: 0.4, b: 1.6 });
  });

  test('a pooled cost is used wherever one exists, even for a model with a configured success rate', () => {
    const learned = create({ priorSuccess: { premium: { success: 0.9 } } });
    const cost = { usd: 0.5, visits: 3, variation: 1 };
    learned.setPriors({ premium: { a: 1, b: 9, likeness: 0.5, cost } });
    expect(believed(learned, 'premium').costUsd).toBeCloseTo(0.5, 12);
    expect(believed(learned, 'mini').costUsd).toBe(0.002);
  });

  test('a belief says whether its priors are pooled', () => {
    const learned = create();
    learned.apply([cell('mini', outcomes(1n, 1n), { segment: 'a' }), cell('mini', outcomes(1n, 1n), { segment: 'b' })]);
    const flags = (): readonly unknown[] => [
      learned.segment('a').posterior(NOW_MS).hasPooledPrior,
      learned.segment('a').mixture(NOW_MS).hasPooledPrior,
    ];
    expect(flags()).toEqual([false, false]);
    learned.setPriors({});
    expect(flags()).toEqual([true, true]);
  });

  test('`starts` lists the first node of every plan with its prior cost, 0 where none is known', () => {
    const learned = create({ priorCostUsd: { mini: 0.002 } });
    expect([...learned.starts]).toEqual([
      ['mini', 0.002],
      ['premium', 0],
    ]);
    expect(believed(learned, 'premium').costUsd).toBe(0);
  });

  test('the prior cost of a node is that of its model', () => {
    expect(believed(create(), 'mini>premium').costUsd).toBe(0.014);
  });
});

describe('versions', () => {
  test('the evidence of an older version becomes a prior of six outcomes', () => {
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

  const spent = (visits: bigint, costNanoUsd: bigint): Sums => ({
    ...outcomes(visits, (visits * 9n) / 10n),
    cost: visits * costNanoUsd,
    cost2: visits * costNanoUsd ** 2n,
  });
  const at = (price: string, prompt = ''): { version: string } => ({ version: `mini-1@${price}${prompt}` });

  test('when only the price changes, the evidence on success stays, and the cost is scaled by the change of the price', () => {
    const learned = create({ versions: { mini: at('1f0c$0.002').version } });
    learned.apply([cell('mini', spent(500n, 4_000_000n), at('1f0c$0.002'))]);
    const before = believed(learned, 'mini');
    expect(before.costUsd).toBeCloseTo(0.004, 4);
    learned.setVersions({ mini: at('9a9a$0.001').version });
    const after = believed(learned, 'mini');
    expect([after.accepted, after.n]).toEqual([before.accepted, before.n]);
    // The typical request at the new price counts as one visit; the 500 visits at the old price count as 20, at half their cost.
    expect(after.costUsd).toBeCloseTo((0.001 + 20 * 0.002) / 21, 9);
    expect(after.costLogSd).toBeGreaterThan(3 * before.costLogSd);
    learned.apply([cell('mini', spent(80n, 3_000_000n), at('9a9a$0.001'))]);
    expect(believed(learned, 'mini').costUsd).toBeCloseTo((0.001 + 20 * 0.002 + 80 * 0.003) / 101, 4);
  });

  test('a process that starts after a price change scales the cost of cells at the earlier price in the same way', () => {
    const learned = create({ versions: { mini: at('9a9a$0.001').version } });
    learned.replace([
      cell('mini', spent(500n, 4_000_000n), { ...at('1f0c$0.002'), bucket: BUCKET - 5 }),
      cell('mini', spent(80n, 3_000_000n), at('9a9a$0.001')),
    ]);
    const { accepted, costUsd } = believed(learned, 'mini');
    expect(accepted.a).toBeGreaterThan(500);
    expect(costUsd).toBeCloseTo((0.001 + 20 * 0.002 + 80 * 0.003) / 101, 4);
  });

  test('cells of an earlier ledger, whose versions do not say what a request costs, count in full at the same rates', () => {
    const learned = create({ versions: { mini: at('1f0c$0.002').version } });
    learned.apply([cell('mini', spent(500n, 4_000_000n), at('1f0c'))]);
    expect(believed(learned, 'mini').costUsd).toBeCloseTo((0.002 + 500 * 0.004) / 501, 6);
    expect(believed(learned, 'mini').accepted.a).toBeGreaterThan(440);
  });

  test('a change of the prompt makes the evidence on success old, whatever the price is', () => {
    for (const price of ['1f0c$0.002', '9a9a$0.001']) {
      const learned = create({ versions: { mini: at('1f0c$0.002', '+v1').version } });
      learned.apply([cell('mini', spent(500n, 4_000_000n), at('1f0c$0.002', '+v1'))]);
      learned.setVersions({ mini: at(price, '+v2').version });
      const { a, b } = believed(learned, 'mini').accepted;
      expect(a + b).toBeCloseTo(6, 9);
    }
  });

  test('a prior cost that is pooled over features follows the price', () => {
    const learned = create({ versions: { mini: at('1f0c$0.002').version } });
    const success = { a: 1, b: 1, likeness: 1 };
    learned.setPriors({ mini: { ...success, cost: { usd: 0.006, visits: 8, variation: 1 }, netUsd: 0.004 } });
    expect(believed(learned, 'mini').costUsd).toBeCloseTo(0.006, 9);
    expect(believed(learned, 'mini').netUsd).toBeCloseTo(0.004, 9);
    learned.setVersions({ mini: at('9a9a$0.001').version });
    expect(believed(learned, 'mini').costUsd).toBeCloseTo(0.003, 9);
    expect(believed(learned, 'mini').netUsd).toBeCloseTo(0.002, 9);
  });

  test('without a configured version, the version with the latest evidence is the current one', () => {
    const learned = create();
    learned.apply([cell('mini', outcomes(100n, 90n))]);
    learned.apply([cell('mini', outcomes(50n, 5n), { version: 'v2' })]);
    expect(believed(learned, 'mini').n).toBeCloseTo(50, 0);
  });

  test('without a configured version, and where other models served every visit, the version of the latest of those models counts', () => {
    const learned = create();
    learned.apply([cell('mini', outcomes(100n, 90n), { version: versionServedBy('v1', 'gpt-5') })]);
    learned.apply([cell('mini', outcomes(50n, 5n), { version: versionServedBy('v1', 'gpt-5-pro') })]);
    expect(believed(learned, 'mini').n).toBeCloseTo(50, 0);
  });
});

describe('segments', () => {
  test('a new segment starts from the success rate of the other segments, which weighs at most 20 outcomes', () => {
    const learned = create();
    learned.apply([
      cell('premium', outcomes(400n, 360n), { segment: 'a' }),
      cell('premium', outcomes(400n, 364n), { segment: 'b' }),
    ]);
    const { a, b } = believed(learned, 'premium', 'new').ended;
    expect(a / (a + b)).toBeCloseTo(0.905, 2);
    expect(a + b).toBeLessThanOrEqual(20 + 1e-9);
  });

  test('a segment’s own evidence counts once, and outweighs the evidence of the other segments', () => {
    const learned = create();
    learned.apply([
      cell('premium', outcomes(400n, 360n), { segment: 'a' }),
      cell('premium', outcomes(400n, 80n), { segment: 'b' }),
    ]);
    expect(betaMean(believed(learned, 'premium', 'b').ended)).toBeCloseTo(0.2, 1);
    const { a, b } = believed(learned, 'premium', 'b').ended;
    expect(a + b).toBeLessThan(400 + 20);
  });

  test('the prior of a segment has the mean of the other segments, without its own outcomes', () => {
    const learned = create();
    learned.apply([
      cell('premium', outcomes(10n, 9n), { segment: 'a' }),
      cell('premium', outcomes(100n, 20n), { segment: 'b' }),
    ]);
    // At the middle of the bucket nothing has decayed.
    const { a, b } = believed(learned, 'premium', 'b', (BUCKET + 0.5) * BUCKET_MS).ended;
    expect((a - 20) / (a + b - 100)).toBeCloseTo((1 + 9) / (2 + 10), 9);
  });

  test('a configured success rate has the same weight in a mixture over segments as in a feature without them', () => {
    const options = { priorSuccess: { premium: { success: 0.5, strength: 10 } } };
    const [learned, whole] = [create(options), create(options)];
    learned.apply(['a', 'b'].map(segment => cell('premium', outcomes(1n, 1n), { segment })));
    whole.apply([cell('premium', outcomes(2n, 2n))]);
    const nowMs = (BUCKET + 0.5) * BUCKET_MS;
    const { graph, nodes } = learned.segment('a').mixture(nowMs);
    const oneRate = nodes[graph.nodes.indexOf('premium')]?.at(-1)?.node;
    expect(oneRate?.accepted).toEqual(believed(whole, 'premium', '', nowMs).accepted);
    expect(oneRate?.accepted.a).toBeGreaterThan(3);
  });

  test('a segment is the same object on every call with its name, so that policies can key their caches by it', () => {
    const learned = create();
    expect(learned.segment('a')).toBe(learned.segment('a'));
    expect(learned.segment('a')).not.toBe(learned.segment('b'));
  });
});

describe('silence means success', () => {
  const silenceWindowMs = 48 * BUCKET_MS;

  /** Premium fails one in ten. Failures are reported within hours; silence counts as success after two days. */
  function observedFor(hours: number): LearnedFeature {
    const learned = create({ silenceWindowMs, plans: [['mini'], ['premium']] });
    for (let age = hours; age >= 1; age--) {
      const observed = Math.round(20 * (age >= 48 ? 1 : 1 - Math.exp(-age / 8)));
      const failures = BigInt(observed);
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

  test('the estimated success rate is within 2 points of the truth even before the first window ends, when only failures have labels', () => {
    for (const hours of [6, 24, 100]) {
      const rate = betaMean(believed(observedFor(hours), 'premium', '', BUCKET * BUCKET_MS).ended);
      expect(Math.abs(rate - 0.9)).toBeLessThan(0.02);
    }
  });

  test('an expected label has the same decayed weight as an observed label of the same age', () => {
    const learned = create({ silenceWindowMs, plans: [['mini', 'premium'], ['premium']] });
    // 20,000 accepted replies, with 2,000 failures and 500 early successes; 100 returned ones, with 10 failures.
    const sums = {
      n: 20_100n,
      ended: 20_100n,
      rejected: 100n,
      labelled: 2510n,
      successes: 500n,
      labelledRejected: 10n,
      failureDelayMs: 2010n * 8n * 3_600_000n,
    };
    learned.apply([cell('mini', sums, { bucket: BUCKET - 40 })]);
    const { accepted, rejected } = believed(learned, 'mini', '', BUCKET * BUCKET_MS);
    const meanDelayMs = meanFailureDelayMs(silenceWindowMs, { count: 2010, totalMs: 2010 * 8 * 3_600_000 });
    const observed = observedFailureFraction(
      { startMs: -40 * BUCKET_MS, endMs: -39 * BUCKET_MS, nowMs: 0 },
      { windowMs: silenceWindowMs, meanDelayMs },
    );
    // At 60 labels an hour the half-life is about a week, 2^7.5 hours. Five undecayed outcomes are remembered.
    const weight = 2 ** (-39.5 / 2 ** 7.5);
    expect(accepted.a + accepted.b - 2 - 5).toBeCloseTo(weight * observed * 20_000, 6);
    expect(rejected.a + rejected.b - 2 - 5).toBeCloseTo(weight * observed * 100, 6);
  });

  test('no further labels are expected after the silence window has ended', () => {
    const learned = create({ silenceWindowMs });
    learned.apply([cell('premium', { n: 100n, ended: 100n, labelled: 50n, successes: 40n }, { bucket: BUCKET - 200 })]);
    const { a, b } = believed(learned, 'premium').ended;
    // The 50 labels that came, those of which decay has left less than 50 remembered.
    expect(a + b - 2).toBeCloseTo(50, 6);
  });

  test('a change point is detected among intents whose labels are complete', () => {
    const learned = create({ silenceWindowMs });
    for (let age = 200; age > 100; age--) {
      learned.apply([cell('premium', outcomes(10n, age > 150 ? 10n : 0n), { bucket: BUCKET - age })]);
    }
    expect(believed(learned, 'premium').n).toBeLessThanOrEqual(500);
    expect(betaMean(believed(learned, 'premium').ended)).toBeLessThan(0.01);
  });

  test('incomplete labels of recent intents do not trigger a change point', () => {
    const { n } = believed(observedFor(100), 'premium', '', BUCKET * BUCKET_MS);
    expect(n).toBeGreaterThan(15_000);
  });
});

describe('a year of traffic', () => {
  const YEAR_H = 365 * 24;
  const DAY_H = 24;
  /** Three models, two segments, more traffic by day than by night, and a model that became better 40 days ago. */
  const cells = (perHour: number): readonly Cell[] => {
    const random = seededRandom(`year at ${perHour}`);
    return Array.from({ length: YEAR_H }, (_, i) => BUCKET - YEAR_H + i).flatMap(bucket =>
      ['mini', 'premium', 'mini>premium'].flatMap((node, k) =>
        ['tier=free', 'tier=paid'].flatMap(segment => {
          const n = Math.floor(perHour * (1 + Math.sin((bucket * Math.PI) / 12)) + random.next());
          const isBetter = node === 'mini' && bucket > BUCKET - 40 * DAY_H;
          const success = isBetter ? 0.9 : 0.8 - 0.1 * k;
          let successes = 0;
          for (let i = 0; i < n; i++) if (random.next() < success) successes++;
          if (n === 0) return [];
          const cost = 2_000_000n * BigInt(n * (k + 1));
          const sums = { ...outcomes(BigInt(n), BigInt(successes)), cost, cost2: cost * cost };
          return [cell(node, sums, { bucket, segment })];
        }),
      ),
    );
  };

  test.each([0.2, 3])(
    'cells of days and weeks give nearly the same belief as cells of hours, at %d visits an hour',
    perHour => {
      const hours = cells(perHour);
      const folded = foldCells(hours, grainsAt(NOW_MS));
      expect(folded.length).toBeLessThan(hours.length / 8);
      const [fine, coarse] = [create(), create()];
      fine.replace(hours);
      coarse.replace(folded);
      for (const segment of ['tier=free', 'tier=paid']) {
        for (const node of ['mini', 'premium', 'mini>premium']) {
          const [expected, actual] = [believed(fine, node, segment), believed(coarse, node, segment)];
          const sizeOf = ({ ended: { a, b } }: NodePosterior): number => a + b;
          // One standard deviation of the rate is 1/√outcomes of it at most: the difference is a twentieth of that.
          const most = 0.05 / Math.sqrt(sizeOf(expected));
          expect(Math.abs(betaMean(actual.ended) - betaMean(expected.ended))).toBeLessThan(most);
          expect(actual.costUsd / expected.costUsd).toBeCloseTo(1, 3);
          expect(Math.abs(sizeOf(actual) / sizeOf(expected) - 1)).toBeLessThan(0.005);
        }
      }
    },
  );
});

test('law: data about sessions changes no belief except that about the cost without the prefix', () => {
  const netOf = (learned: LearnedFeature) => {
    const nodes = ['x', 'y'].flatMap(segment => [
      ...learned.segment(segment).posterior(NOW_MS).nodes,
      ...learned
        .segment(segment)
        .mixture(NOW_MS)
        .nodes.flatMap(parts => parts.map(({ node }) => node)),
    ]);
    return [nodes.map(({ netUsd }) => netUsd), nodes.map(({ netUsd: _, requests: __, ...billed }) => billed)] as const;
  };
  const learn = (counts: readonly number[], knowsSessions: boolean): LearnedFeature => {
    const learned = createLearnedFeature({
      feature: 'f',
      plans: [['a'], ['a', 'b']],
      priorCostUsd: { a: 0.01, b: 0.1 },
    });
    learned.apply(
      counts.map((n, i): Cell => {
        const at = { segment: i % 2 === 0 ? 'x' : 'y', subject: i % 3 === 0 ? 'a' : 'a>b', bucket: BUCKET - i };
        const version = i % 4 === 0 ? 'a@p$1' : 'a@q$2';
        const [visits, cost] = [BigInt(n), BigInt(n) * 10n ** 7n];
        const known = { withPrefix: visits, prefixCost: cost / 2n, netCost: cost / 2n, laterRequests: visits };
        const sums = {
          n: visits,
          cost,
          cost2: cost * 10n ** 7n,
          ended: visits,
          labelled: visits,
          successes: visits / 2n,
        };
        const key = { scope: 'node', feature: 'f', version, ...at } as const;
        return { key, sums: knowsSessions ? { ...sums, ...known } : sums };
      }),
    );
    return learned;
  };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 12 }), counts => {
      const [known, unknown] = [true, false].map(each => netOf(learn(counts, each)));
      expect(known?.[1]).toEqual(unknown?.[1]);
      expect(known?.[0]).not.toEqual(unknown?.[0]);
    }),
    { numRuns: 30 },
  );
});

test('after many alarms, each plan is expected to cost and to fail as its own intents did', () => {
  const learned = create({ plans: plansWithAlarms(['mini', 'premium']), hasAlarms: true });
  const random = seededRandom('alarms');
  const seen = new Map<string, { n: number; costNanoUsd: number; failures: number }>();
  for (let i = 0; i < 6000; i++) {
    const plan = (['mini', 'mini>premium', 'premium'] as const)[i % 3] ?? 'mini';
    const [start = '', later = start] = plan.split('>');
    const isAlarmed = start === 'mini' && random.next() < 0.3;
    const nodes = isAlarmed ? [start, `${start}>${later}`] : [start];
    const attempts = nodes.map((node, at) =>
      attempt(node, Math.round(1e6 * (1 + random.next()) * (at === 0 ? 2 : node.endsWith('mini') ? 7 : 30))),
    );
    const fails = random.next() < (isAlarmed ? (later === 'mini' ? 0.8 : 0.35) : 0.1);
    const intent = made({ plan: plan.split('>'), attempts, evidence: [fails ? FAILURE : SUCCESS] });
    learned.apply(contributionDelta(undefined, intent));
    const total = seen.get(plan) ?? { n: 0, costNanoUsd: 0, failures: 0 };
    const costNanoUsd = attempts.reduce((sum, each) => sum + each.costNanoUsd, total.costNanoUsd);
    seen.set(plan, { n: total.n + 1, costNanoUsd, failures: total.failures + (fails ? 1 : 0) });
  }
  const { graph, ...posterior } = learned.segment('').posterior(AT_MS);
  const { meanCostUsd, meanFail } = meanTable({ graph, ...posterior });
  graph.keys.forEach((plan, k) => {
    const { n, costNanoUsd, failures } = seen.get(plan) ?? { n: 0, costNanoUsd: 0, failures: 0 };
    // The plans share what is known of mini, so that a plan's own intents are a sample of what is expected of it.
    expect((meanCostUsd[k] as number) / (costNanoUsd / 1e9 / n)).toBeCloseTo(1, 1);
    expect(Math.abs((meanFail[k] as number) - failures / n)).toBeLessThan(0.02);
  });
});
