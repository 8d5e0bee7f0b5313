import { describe, expect, test } from 'vitest';
import { costSample, estimatePlans, settledOn, sumsByPlan } from '../../../src/core/report/estimate.ts';
import type { Cell, Sums } from '../../../src/core/cells/cell.ts';
import { addSums } from '../../../src/core/cells/cell.ts';

/** Sums of intents given as [cost in nano-dollars, success]. */
function sumsOf(
  intents: readonly (readonly [cost: bigint, success: boolean])[],
  failureCostNanoUsd = 15n * 10n ** 9n,
): Sums {
  const total = (of: (cost: bigint, success: boolean) => bigint): bigint =>
    intents.reduce((sum, [cost, success]) => sum + of(cost, success), 0n);
  return {
    n: BigInt(intents.length),
    cost: total(c => c),
    cost2: total(c => c * c),
    cost3: total(c => c * c * c),
    labelled: BigInt(intents.length),
    successes: total((_, success) => (success ? 1n : 0n)),
    costOfLabelled: total(c => c),
    costOfFailures: total((c, success) => (success ? 0n : c)),
    failureCost: total((_, success) => (success ? 0n : failureCostNanoUsd)),
  };
}

const INTENTS = Array.from({ length: 120 }, (_, i) => [BigInt(1_000_000 * (1 + (i % 7) ** 2)), i % 10 !== 0] as const);

describe('costSample', () => {
  test('its moments and correlation are those of the intents', () => {
    const usd = INTENTS.map(([cost]) => Number(cost) / 1e9);
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const m = mean(usd);
    const deviation = Math.sqrt(mean(usd.map(x => (x - m) ** 2)));
    const fail = INTENTS.map(([, success]) => (success ? 0 : 1));
    const covariance = mean(usd.map((x, i) => (x - m) * ((fail[i] as number) - 0.1)));
    const sample = costSample(sumsOf(INTENTS), 99);
    expect(sample.meanUsd).toBeCloseTo(m, 15);
    expect(sample.variance).toBeCloseTo((deviation ** 2 * 120) / 119, 15);
    expect(sample.skewness).toBeCloseTo(mean(usd.map(x => ((x - m) / deviation) ** 3)), 10);
    expect(sample.correlation).toBeCloseTo(covariance / deviation / Math.sqrt(0.09), 10);
    expect(sample.failureCostUsd).toBe(15);
  });

  test('a tiny spread on a large cost is not lost in rounding', () => {
    const costs = Array.from({ length: 1000 }, (_, i) => [9_000_000_000_000n + BigInt(i % 2), true] as const);
    expect(costSample(sumsOf(costs), 15).variance * 1e18).toBeCloseTo((0.25 * 1000) / 999, 9);
  });

  test('while nothing has failed the configured failure cost stands', () => {
    expect(costSample(sumsOf([[5n, true]]), 12).failureCostUsd).toBe(12);
    expect(costSample({}, 12)).toMatchObject({ n: 0, labelled: 0, failureCostUsd: 12 });
  });
});

describe('failures of different cost', () => {
  const USD = 10n ** 9n;
  /** Every 20th intent would cost $200, the others $15; every 10th fails, dear ones among them. */
  const intents = Array.from({ length: 400 }, (_, i) => ({
    cost: BigInt(1_000_000 * (1 + (i % 7))),
    failureCost: i % 20 === 3 ? 200n * USD : 15n * USD,
    fails: i % 11 === 3,
  }));
  const plain = sumsOf(intents.map(({ cost, fails }) => [cost, !fails] as const));
  const total = (of: (intent: (typeof intents)[number]) => bigint): bigint =>
    intents.reduce((sum, intent) => sum + of(intent), 0n);
  const loss = ({ fails, failureCost }: (typeof intents)[number]): bigint => (fails ? failureCost : 0n);
  const sums: Sums = {
    ...plain,
    failureCost: total(loss),
    failureCost2: total(each => loss(each) ** 2n),
    costTimesFailureCost: total(each => each.cost * loss(each)),
    weighedFailures: total(({ fails }) => (fails ? 1n : 0n)),
    labelledFailureCost: total(({ failureCost }) => failureCost),
    labelledFailureCost2: total(({ failureCost }) => failureCost ** 2n),
  };

  test('the correlation is that of cost and loss', () => {
    const pairs = intents.map(each => [Number(each.cost), Number(loss(each))] as const);
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const [x, y] = [mean(pairs.map(pair => pair[0])), mean(pairs.map(pair => pair[1]))];
    const moment = (of: (dx: number, dy: number) => number): number => mean(pairs.map(([a, b]) => of(a - x, b - y)));
    const expected = moment((a, b) => a * b) / Math.sqrt(moment(a => a * a) * moment((_, b) => b * b));
    expect(costSample(sums, 15).correlation).toBeCloseTo(expected, 9);
  });

  test('what failures differ by is taken from the failures or from all intents, whichever says more', () => {
    const ratio = (of: typeof intents): number =>
      of.reduce((sum, each) => sum + Number(each.failureCost) ** 2, 0) /
      of.reduce((sum, each) => sum + Number(each.failureCost), 0) /
      1e9;
    const failed = intents.filter(({ fails }) => fails);
    expect(costSample(sums, 15).failureCostTiltedUsd).toBeCloseTo(Math.max(ratio(failed), ratio(intents)), 9);
    // Nothing has failed: the failure costs of those that could have are known all the same.
    const none = { ...sums, successes: 400n };
    for (const name of ['failureCost', 'failureCost2', 'costTimesFailureCost', 'weighedFailures'] as const)
      delete none[name];
    expect(costSample(none, 15).failureCostTiltedUsd).toBeCloseTo(ratio(intents), 9);
  });

  test('where all cost the same the sample is the one of before', () => {
    const same: Sums = {
      ...plain,
      failureCost2: (plain.failureCost ?? 0n) * 15n * USD,
      costTimesFailureCost: (plain.costOfFailures ?? 0n) * 15n * USD,
      weighedFailures: (plain.labelled ?? 0n) - (plain.successes ?? 0n),
      labelledFailureCost: 400n * 15n * USD,
      labelledFailureCost2: 400n * (15n * USD) ** 2n,
    };
    const { failureCostTiltedUsd, correlation, ...sample } = costSample(same, 15);
    const { correlation: before, ...others } = costSample(plain, 15);
    expect(failureCostTiltedUsd).toBe(15);
    expect(sample).toEqual(others);
    expect(correlation).toBeCloseTo(before, 9);
  });

  test('cells of before these sums, alone or added to new ones, count failures as of equal cost', () => {
    expect(costSample(plain, 15)).not.toHaveProperty('failureCostTiltedUsd');
    const both = addSums(plain, sums);
    expect(costSample(both, 15)).not.toHaveProperty('failureCostTiltedUsd');
    const { correlation } = costSample(plain, 15);
    expect(costSample(both, 15).correlation).toBeCloseTo(correlation, 9);
    // A failure of before that is taken back takes sums with it that it never had added: still not of every failure.
    const takenBack = addSums(both, { labelled: 1n, weighedFailures: 1n, failureCost2: (15n * USD) ** 2n }, -1n);
    expect(costSample(takenBack, 15)).not.toHaveProperty('failureCostTiltedUsd');
  });
});

describe('estimatePlans', () => {
  test('learning below 100 labelled intents, estimating from there, settled once the comparison is', () => {
    const good = sumsOf(Array.from({ length: 400 }, (_, i) => [14_000_000n + BigInt(i), i % 20 !== 0] as const));
    const bad = sumsOf(Array.from({ length: 100 }, (_, i) => [1_900_000n + BigInt(i), i % 10 < 7] as const));
    const few = sumsOf(Array.from({ length: 20 }, (_, i) => [1_900_000n + BigInt(i), i % 10 < 7] as const));
    const states = (plans: Record<string, Sums>): readonly string[] =>
      estimatePlans(new Map(Object.entries(plans)), { plans: Object.keys(plans), failureCostUsd: 15 }).map(
        x => x.state,
      );
    expect(states({ mini: bad, premium: good })).toEqual(['settled', 'settled']);
    expect(states({ mini: few, premium: good })).toEqual(['learning', 'estimating']);
    expect(states({ mini: bad, premium: good, opus: {} })).toEqual(['estimating', 'estimating', 'learning']);
  });

  test('a plan that only the past knows is still reported, and does not keep the others unsettled', () => {
    const good = sumsOf(Array.from({ length: 400 }, (_, i) => [14_000_000n, i % 20 !== 0] as const));
    const bad = sumsOf(Array.from({ length: 100 }, (_, i) => [1_900_000n, i % 10 < 7] as const));
    const estimates = estimatePlans(
      new Map([
        ['old', {}],
        ['mini', bad],
        ['premium', good],
      ]),
      { plans: ['premium', 'mini'], failureCostUsd: 15 },
    );
    expect(estimates.map(({ plan, state }) => [plan, state])).toEqual([
      ['premium', 'settled'],
      ['mini', 'settled'],
      ['old', 'learning'],
    ]);
    expect(estimates[0]?.costPerIntentUsd.value).toBeCloseTo(0.764, 12);
    expect(estimates[0]?.success).toMatchObject({ value: 0.95 });
  });
});

describe('settledOn', () => {
  const good = sumsOf(Array.from({ length: 400 }, (_, i) => [14_000_000n + BigInt(i), i % 20 !== 0] as const));
  const bad = sumsOf(Array.from({ length: 100 }, (_, i) => [1_900_000n + BigInt(i), i % 10 < 7] as const));
  const about = { plans: ['mini', 'premium'], failureCostUsd: 15 };
  const winner = (mini: Sums, premium: Sums): string | undefined =>
    settledOn(new Map(Object.entries({ mini, premium })), about);

  test('a plan with nothing to compare it with is not settled on, however many outcomes it has', () => {
    expect(settledOn(new Map([['premium', good]]), { ...about, plans: ['premium'] })).toBeUndefined();
    const [only] = estimatePlans(new Map([['premium', good]]), { ...about, plans: ['premium'] });
    expect(only?.state).toBe('estimating');
  });

  test('nothing is settled while more than 5 % of any plan’s intents have no outcome yet', () => {
    const pending = (sums: Sums, count: bigint): Sums => addSums(sums, { n: count });
    expect(winner(bad, good)).toBe('premium');
    expect(winner(bad, pending(good, 21n))).toBe('premium');
    expect(winner(bad, pending(good, 22n))).toBeUndefined();
    expect(winner(pending(bad, 6n), good)).toBeUndefined();
  });

  test('plans whose intents had different failure costs are not compared; what chance makes of the same users is', () => {
    const USD = 10n ** 9n;
    /** As many intents as there are outcomes, `dear` of them at $200, the others at $15; failures as in the sums. */
    const at = (sums: Sums, dear: bigint): Sums => {
      const failures = (sums.labelled ?? 0n) - (sums.successes ?? 0n);
      const cheap = (sums.labelled ?? 0n) - dear;
      return {
        ...sums,
        weighedFailures: failures,
        failureCost2: failures * (15n * USD) ** 2n,
        labelledFailureCost: (dear * 200n + cheap * 15n) * USD,
        labelledFailureCost2: (dear * 200n ** 2n + cheap * 15n ** 2n) * USD ** 2n,
      };
    };
    expect(winner(at(bad, 0n), at(good, 0n))).toBe('premium');
    // 2 % and 3 % of the users at $200: that much is chance.
    const many = sumsOf(Array.from({ length: 2000 }, (_, i) => [14_000_000n + BigInt(i), i % 20 !== 0] as const));
    const poor = sumsOf(Array.from({ length: 500 }, (_, i) => [1_900_000n + BigInt(i), i % 10 < 4] as const));
    expect(winner(at(poor, 10n), at(many, 60n))).toBe('premium');
    expect(winner(at(poor, 10n), at(many, 400n))).toBeUndefined();
  });

  test('intents that will have no outcome are not waited for', () => {
    expect(winner(bad, addSums(good, { n: 300n, unknown: 300n }))).toBe('premium');
  });
});

test('sumsByPlan merges segments, buckets and versions, and leaves node cells out', () => {
  const cell = (subject: string, sums: Sums, key: Partial<Cell['key']> = {}): Cell => ({
    key: { scope: 'plan', feature: 'f', segment: '', subject, version: '', bucket: 1, ...key },
    sums,
  });
  const merged = sumsByPlan([
    cell('mini', { n: 1n, cost: 5n }),
    cell('mini', { n: 2n, cost: 7n }, { bucket: 2, segment: 'pro' }),
    cell('mini', { n: 9n }, { scope: 'node' }),
    cell('premium', { n: 1n }),
  ]);
  expect([...merged]).toEqual([
    ['mini', { n: 3n, cost: 12n }],
    ['premium', { n: 1n }],
  ]);
});
