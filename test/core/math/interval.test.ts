import { describe, expect, test } from 'vitest';
import { betaQuantile } from '../../../src/core/math/distributions.ts';
import type { CostSample } from '../../../src/core/math/interval.ts';
import {
  costPerIntent,
  costPerSuccess,
  difference,
  effectiveSize,
  equalFailures,
  hall,
  meanCost,
  outcomesNeeded,
  wilson,
} from '../../../src/core/math/interval.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { lognormalVariate, normal } from '../../../src/core/math/samplers.ts';

const SAMPLE: CostSample = {
  n: 200,
  meanUsd: 0.014,
  variance: 0.0004,
  skewness: 4,
  labelled: 200,
  successes: 190,
  correlation: 0.1,
  failureCostUsd: 15,
};

describe('wilson', () => {
  test('Wilson’s limits solve (p̂ − p)² = z²·p(1 − p)/n', () => {
    for (const [s, n] of [
      [95, 100],
      [1, 7],
      [499, 500],
      [12.5, 40.25],
    ] as const) {
      const { low, high } = wilson(s, n);
      for (const p of [low, high]) expect((s / n - p) ** 2).toBeCloseTo((1.959963984540054 ** 2 * p * (1 - p)) / n, 12);
    }
  });

  test('Wilson’s interval stays inside [0, 1], and reaches 1 while no failure and 0 while no success was observed', () => {
    expect(wilson(0, 0)).toEqual({ value: Number.NaN, low: 0, high: 1 });
    expect(wilson(50, 50).high).toBe(1);
    expect(wilson(50, 50).low).toBeLessThan(0.95);
    for (let n = 1; n <= 300; n++) expect([wilson(0, n).low, wilson(n, n).high]).toEqual([0, 1]);
  });
});

describe('hall', () => {
  test('Hall’s interval without skewness is Student’s interval', () => {
    const { low, high } = hall({ n: 10, meanUsd: 5, variance: 4, skewness: 0 });
    expect(high - 5).toBeCloseTo((2.262157 * 2) / Math.sqrt(10), 5);
    expect(5 - low).toBeCloseTo(high - 5, 12);
  });

  test('Hall’s limits are where the skewness-corrected pivot reaches ±t', () => {
    const { n, meanUsd, variance, skewness: g } = SAMPLE;
    const { low, high } = hall(SAMPLE);
    // Hall's transformation of W = (mean − μ)/sd: √n·(W + g·W²/3 + g²·W³/27 + g/(6n)).
    const pivot = (mu: number): number => {
      const w = (meanUsd - mu) / Math.sqrt(variance);
      return Math.sqrt(n) * (w + (g * w * w) / 3 + (g * g * w ** 3) / 27 + g / (6 * n));
    };
    const t = Math.sqrt((199 * (1 - betaQuantile(0.05, 99.5, 0.5))) / betaQuantile(0.05, 99.5, 0.5));
    expect(pivot(low)).toBeCloseTo(t, 9);
    expect(pivot(high)).toBeCloseTo(-t, 9);
  });

  test('a mean of fewer than two costs has no upper limit', () => {
    expect(hall({ n: 1, meanUsd: 2, variance: 0, skewness: 0 })).toEqual({
      value: 2,
      low: 0,
      high: Number.POSITIVE_INFINITY,
    });
    expect(hall({ n: 0, meanUsd: 0, variance: 0, skewness: 0 }).value).toBeNaN();
  });
});

describe('meanCost', () => {
  const observed = { ...SAMPLE, mayBurst: true };

  test('the upper limit of a few observed costs is raised by twice their mean, until enough costs would have shown a burst', () => {
    const extra = (n: number): number => (meanCost({ ...observed, n }).high - hall({ ...observed, n }).high) / 0.014;
    expect(extra(50)).toBeCloseTo(2, 12);
    // A hundred times the mean, as often as a cost can occur that 8 % of samples do not contain.
    expect(extra(500)).toBeCloseTo((100 * Math.log(1 / 0.08)) / 500, 12);
    expect(meanCost(observed)).toMatchObject({ value: 0.014, low: hall(observed).low });
  });

  test('a calculated mean has Hall’s limits', () => {
    expect(meanCost(SAMPLE)).toEqual(hall(SAMPLE));
  });

  test('a mean of no costs and one of a single cost have no upper limit', () => {
    expect(meanCost({ ...observed, n: 0, meanUsd: Number.NaN })).toEqual({
      value: Number.NaN,
      low: 0,
      high: Number.POSITIVE_INFINITY,
    });
    expect(meanCost({ ...observed, n: 1 }).high).toBe(Number.POSITIVE_INFINITY);
  });

  test('where failures cost nothing the cost per intent is the mean cost, limits included', () => {
    const free = { ...observed, failureCostUsd: 0 };
    for (const n of [2, 50, 500]) {
      const [perIntent, spend] = [costPerIntent({ ...free, n }), meanCost({ ...free, n })];
      for (const part of ['value', 'low', 'high'] as const) expect(perIntent[part]).toBeCloseTo(spend[part], 12);
    }
  });

  test('unseen bursts are added to the upper limit of both cost figures, divided by the least success rate for cost per success', () => {
    const unseen = meanCost(observed).high - hall(observed).high;
    expect(costPerIntent(observed).high - costPerIntent(SAMPLE).high).toBeCloseTo(unseen, 12);
    const { low } = wilson(190, 200);
    expect(costPerSuccess(observed).high - costPerSuccess(SAMPLE).high).toBeCloseTo(unseen / low, 12);
  });
});

describe('cost figures', () => {
  test('cost figures equal those of the article: c = 0.0019, p = 0.70 and c = 0.014, p = 0.95 at $15', () => {
    const figures = (meanUsd: number, successes: number): readonly number[] => {
      const sample = { ...SAMPLE, meanUsd, successes, labelled: 100, n: 100 };
      return [costPerIntent(sample).value, costPerSuccess(sample).value].map(x => Number(x.toFixed(4)));
    };
    expect(figures(0.0019, 70)).toEqual([4.5019, 6.4313]);
    expect(figures(0.014, 95)).toEqual([0.764, 0.8042]);
  });

  test('cost per success is cost per intent over the success rate', () => {
    expect(costPerSuccess(SAMPLE).value).toBeCloseTo(costPerIntent(SAMPLE).value / 0.95, 12);
  });

  test('cost per intent is the mean cost without a failure cost, and H times the failure rate with free models', () => {
    const free = { ...SAMPLE, meanUsd: 0, variance: 0, skewness: 0 };
    expect(costPerIntent({ ...SAMPLE, failureCostUsd: 0 })).toEqual(hall(SAMPLE));
    const fail = wilson(10, 200);
    expect(costPerIntent(free).high).toBeCloseTo(15 * fail.high, 12);
    expect(costPerIntent(free).low).toBeCloseTo(15 * fail.low, 12);
    // Then cost per success is H·f/p, and its limits follow the success rate's own.
    expect(costPerSuccess(free).high).toBeCloseTo((15 * fail.high) / (1 - fail.high), 9);
    expect(costPerSuccess(free).low).toBeCloseTo((15 * fail.low) / (1 - fail.low), 9);
  });

  test('the interval is wider when failed intents spend more, and narrower when they spend less', () => {
    const width = (correlation: number): number => {
      const { low, high } = costPerIntent({ ...SAMPLE, correlation, failureCostUsd: 0.2 });
      return high - low;
    };
    expect(width(0.9)).toBeGreaterThan(width(0));
    expect(width(-0.9)).toBeLessThan(width(0));
  });

  test.each([0.8, -0.8])(
    'the interval of the cost per intent contains the true value 95 % of the time when one intent in ten is labelled: correlation %f',
    rho => {
      const random = seededRandom('partly labelled');
      // Equal parts of the uncertainty: 1,000 costs of standard deviation 0.4·√10, 100 losses of standard deviation 0.4.
      const [n, labelled, failRate, costSd] = [1000, 100, 0.2, 0.4 * Math.sqrt(10)];
      const draw = (): CostSample => {
        const failed = Array.from({ length: n }, () => random.next() < failRate);
        const noise = Math.sqrt(1 - rho * rho);
        const costs = failed.map(
          fails => 6 + costSd * ((rho * ((fails ? 1 : 0) - failRate)) / 0.4 + noise * normal(random)),
        );
        const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
        const meanUsd = mean(costs);
        const variance = mean(costs.map(x => (x - meanUsd) ** 2));
        const skewness = mean(costs.map(x => (x - meanUsd) ** 3)) / variance ** 1.5;
        const failures = failed.slice(0, labelled).filter(Boolean).length;
        return {
          n,
          meanUsd,
          variance,
          skewness,
          labelled,
          successes: labelled - failures,
          correlation: rho,
          failureCostUsd: 1,
        };
      };
      const runs = 1000;
      let held = 0;
      for (let run = 0; run < runs; run++) {
        const { low, high } = costPerIntent(draw());
        if (low <= 6 + failRate && 6 + failRate <= high) held++;
      }
      // Three standard errors of 1,000 draws either way.
      expect(held / runs).toBeGreaterThan(0.95 - 0.021);
      expect(held / runs).toBeLessThan(0.95 + 0.021);
    },
  );

  test('stating that all failures cost the same changes no figure', () => {
    const stated = { ...SAMPLE, failureCostTiltedUsd: 15 };
    expect(costPerIntent(stated)).toEqual(costPerIntent(SAMPLE));
    expect(costPerSuccess(stated)).toEqual(costPerSuccess(SAMPLE));
  });

  test('replacing failures of different cost by failures of equal cost keeps the total loss and the sum of squares', () => {
    const costsUsd = [15, 15, 200, 15, 15];
    const total = costsUsd.reduce((sum, x) => sum + x, 0);
    const squares = costsUsd.reduce((sum, x) => sum + x * x, 0);
    const sample = {
      ...SAMPLE,
      successes: 195,
      failureCostUsd: total / costsUsd.length,
      failureCostTiltedUsd: squares / total,
    };
    const { count, costUsd } = equalFailures(sample);
    expect(count * costUsd).toBeCloseTo(total, 9);
    expect(count * costUsd ** 2).toBeCloseTo(squares, 9);
    // A more expensive kind of failure leaves the figures as they are and widens their intervals.
    for (const figure of [costPerIntent, costPerSuccess]) {
      const constant = figure({ ...sample, failureCostTiltedUsd: sample.failureCostUsd });
      const varying = figure(sample);
      expect(varying.value).toBe(constant.value);
      expect(varying.low).toBeLessThan(constant.low);
      expect(varying.high).toBeGreaterThan(constant.high);
    }
  });

  test('before the first failure, the upper limit allows for users whose failures cost more than the usual', () => {
    const none = { ...SAMPLE, successes: 200 };
    const cheap = costPerIntent(none);
    const expensive = costPerIntent({ ...none, failureCostTiltedUsd: 200 });
    expect(expensive.value).toBe(cheap.value);
    expect(expensive.high).toBeGreaterThan(10 * cheap.high);
  });

  test('cost per success has a lower limit and no upper one before the first success', () => {
    const figure = costPerSuccess({ ...SAMPLE, successes: 0 });
    expect(figure.value).toBe(Number.POSITIVE_INFINITY);
    expect(figure.high).toBe(Number.POSITIVE_INFINITY);
    // The lowest cost and the highest success rate: (C + H)/p − H.
    expect(figure.low).toBeCloseTo((hall(SAMPLE).low + 15) / wilson(0, 200).high - 15, 9);
    expect(costPerSuccess({ ...SAMPLE, labelled: 0, successes: 0 })).toMatchObject({ value: Number.NaN, low: 0 });
  });

  test('the uncertainty of unequal failures is added to cost per success in quadrature, per success', () => {
    const equal = { ...SAMPLE, successes: 100 };
    const unequal = { ...equal, failureCostTiltedUsd: 60 };
    const { count, costUsd } = equalFailures(unequal);
    const [rate, counted] = [wilson(100, 200), wilson(count, 200)];
    const [one, other] = [costPerSuccess(equal), costPerSuccess(unequal)];
    for (const limit of ['low', 'high'] as const) {
      const loss = costUsd * (counted[limit] - counted.value);
      const extra = Math.sqrt(loss ** 2 - (15 * (rate[limit] - rate.value)) ** 2) / 0.5;
      expect(Math.abs(other[limit] - other.value)).toBeCloseTo(Math.hypot(one[limit] - one.value, extra), 9);
    }
  });

  test('a mean cost without an upper limit gives a cost per intent without one, whatever the correlation', () => {
    for (const correlation of [-1, 0, 1])
      expect(costPerIntent({ ...SAMPLE, n: 1, correlation }).high).toBe(Number.POSITIVE_INFINITY);
  });
});

test('a free model whose failures cost nothing costs nothing per success', () => {
  const free = { ...SAMPLE, meanUsd: 0, variance: 0, skewness: 0, failureCostUsd: 0 };
  expect(costPerSuccess(free)).toEqual({ value: 0, low: 0, high: 0 });
});

test('outcomesNeeded asks for so many observed spends that an unseen burst moves their mean by no more than the half-width', () => {
  const needed = (halfWidthUsd: number, observedCostUsd?: number): number =>
    outcomesNeeded({
      success: 1,
      failureCostUsd: 15,
      halfWidthUsd,
      ...(observedCostUsd === undefined ? {} : { observedCostUsd }),
    });
  const extra = (n: number): number => {
    const sample = { ...SAMPLE, n, meanUsd: 0.014 };
    return meanCost({ ...sample, mayBurst: true }).high - meanCost(sample).high;
  };
  for (const halfWidthUsd of [0.0014, 0.014]) {
    const n = needed(halfWidthUsd, 0.014);
    expect(extra(n)).toBeLessThanOrEqual(halfWidthUsd);
    expect(extra(n - 1)).toBeGreaterThan(halfWidthUsd);
  }
  expect([needed(0.05, 0.014), needed(0.0014)]).toEqual([0, 0]);
});

test('outcomesNeeded gives the outcomes for a half-width of the cost per intent', () => {
  const needed = (halfWidthUsd: number): number => outcomesNeeded({ success: 0.95, failureCostUsd: 15, halfWidthUsd });
  expect(needed(0.2)).toBe(1027);
  expect(needed(0.05)).toBe(16_423);
  expect(needed(0.907)).toBe(50);
  expect(outcomesNeeded({ success: 1, failureCostUsd: 15, halfWidthUsd: 0.01, costSdUsd: 0.05 })).toBe(97);
});

test('effectiveSize counts equal weights in full and one heavy weight as one', () => {
  expect(effectiveSize(50, 50)).toBe(50);
  expect(effectiveSize(100.5, 10_000.25)).toBeCloseTo(1.01, 2);
  expect(effectiveSize(0, 0)).toBe(0);
});

describe('a difference', () => {
  // Newcombe, Statistics in Medicine 17 (1998), 873–890: table II, method 10.
  test.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
  ])('the interval of a difference of rates equals the published one: %i/%i minus %i/%i', (s, m, t, n, low, high) => {
    const found = difference(wilson(s, m), wilson(t, n));
    expect(found.value).toBeCloseTo(s / m - t / n, 12);
    expect([found.low, found.high].map(limit => Number(limit.toFixed(4)))).toEqual([low, high]);
  });

  test('swapping the two figures negates the difference', () => {
    const [x, y] = [costPerIntent(SAMPLE), costPerIntent({ ...SAMPLE, successes: 150 })];
    const [one, other] = [difference(x, y), difference(y, x)];
    expect([one.value, one.low, one.high]).toEqual([-other.value, -other.high, -other.low]);
  });

  test('the interval of a difference contains the true value 95 % of the time with skewed spends and rare failures', () => {
    const random = seededRandom('differences');
    const draw = (n: number, success: number): CostSample => {
      const spends = Array.from({ length: n }, () => lognormalVariate(0.1, 1, random));
      const failures = spends.filter(() => random.next() >= success).length;
      const meanUsd = spends.reduce((sum, x) => sum + x, 0) / n;
      const moment = (k: number): number => spends.reduce((sum, x) => sum + (x - meanUsd) ** k, 0) / n;
      const variance = moment(2);
      const skewness = moment(3) / variance ** 1.5;
      return {
        n,
        meanUsd,
        variance,
        skewness,
        labelled: n,
        successes: n - failures,
        correlation: 0,
        failureCostUsd: 1,
      };
    };
    const runs = 1000;
    let held = 0;
    for (let run = 0; run < runs; run++) {
      const { low, high } = difference(costPerIntent(draw(150, 0.97)), costPerIntent(draw(300, 0.9)));
      if (low <= -0.07 && -0.07 <= high) held++;
    }
    // Three standard errors of 1,000 draws either way.
    expect(held / runs).toBeGreaterThan(0.95 - 0.021);
    expect(held / runs).toBeLessThan(0.95 + 0.021);
  });

  test('a difference is NaN and its limits infinite unless both figures are finite', () => {
    const nothing = { value: Number.NaN, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    expect(difference(wilson(0, 0), wilson(3, 4))).toEqual(nothing);
    const endless = costPerSuccess({ ...SAMPLE, successes: 0 });
    expect(difference(endless, endless)).toEqual(nothing);
  });

  test('a difference has no upper limit when the first figure has none', () => {
    const found = difference({ value: 2, low: 1, high: Number.POSITIVE_INFINITY }, { value: 1, low: 0.5, high: 1.5 });
    expect(found).toMatchObject({ value: 1, high: Number.POSITIVE_INFINITY });
    expect(found.low).toBeCloseTo(1 - Math.hypot(1, 0.5), 12);
  });
});
