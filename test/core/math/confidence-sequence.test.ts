import { describe, expect, test } from 'vitest';
import type { CostSample } from '../../../src/core/math/interval.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { costBounds, figureBounds, rateBounds, settledPlan } from '../../../src/core/math/confidence-sequence.ts';

/** Log of n!/(s!·f!·…): B(1+s, 1+f) = s!·f!/(n+1)!, summed without the library. */
function logBetaOfIntegers(s: number, f: number): number {
  const logFactorial = (n: number): number =>
    Array.from({ length: n }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b, 0);
  return logFactorial(s) + logFactorial(f) - logFactorial(s + f + 1);
}

function sample(successes: number, labelled: number, meanUsd: number): CostSample {
  return {
    n: labelled,
    meanUsd,
    variance: meanUsd ** 2,
    skewness: 2,
    labelled,
    successes,
    correlation: 0,
    failureCostUsd: 15,
  };
}

describe('rateBounds', () => {
  test('the limits are where the beta-binomial evidence reaches 1/α', () => {
    const { low, high } = rateBounds(40, 10, 0.025);
    for (const p of [low, high]) {
      const evidence = logBetaOfIntegers(40, 10) - 40 * Math.log(p) - 10 * Math.log(1 - p);
      expect(evidence).toBeCloseTo(Math.log(1 / 0.025), 9);
    }
    expect(low).toBeLessThan(0.8);
    expect(high).toBeGreaterThan(0.8);
  });

  test('the bounds of a rate include 1 until a failure is observed, and 0 until a success is observed', () => {
    expect(rateBounds(0, 0, 0.05)).toEqual({ low: 0, high: 1 });
    expect(rateBounds(30, 0, 0.05).high).toBe(1);
    expect(rateBounds(0, 30, 0.05).low).toBe(0);
  });

  test('the bounds hold at every moment at once: of 400 streams over 1,000 outcomes at most 5 % ever exclude the true rate', () => {
    const random = seededRandom('watched');
    let left = 0;
    for (let stream = 0; stream < 400; stream++) {
      let s = 0;
      for (let n = 1; n <= 1000; n++) {
        if (random.next() < 0.9) s++;
        // Every tenth moment is checked: 400,000 checks would take too long.
        if (n % 10 !== 0) continue;
        const { low, high } = rateBounds(s, n - s, 0.05);
        if (low > 0.9 || high < 0.9) {
          left++;
          break;
        }
      }
    }
    expect(left / 400).toBeLessThanOrEqual(0.05);
  });
});

describe('settledPlan', () => {
  test('a comparison is settled once the leader’s upper bound is below every rival’s lower bound, and not before', () => {
    expect(settledPlan([sample(140, 200, 0.002), sample(190, 200, 0.014)])).toBe(1);
    expect(settledPlan([sample(7, 10, 0.002), sample(95, 100, 0.014)])).toBe(-1);
    expect(settledPlan([sample(945, 1000, 0.002), sample(950, 1000, 0.014)])).toBe(-1);
  });

  test('a comparison with a plan that was never tried is not settled', () => {
    expect(settledPlan([sample(140, 200, 0.002), sample(190, 200, 0.014), sample(0, 0, Number.NaN)])).toBe(-1);
  });

  test('plans whose bounds are equal are not settled, not even when all of them are known to cost nothing', () => {
    const free = { ...sample(190, 200, 0), failureCostUsd: 0 };
    expect(settledPlan([free, free])).toBe(-1);
  });

  test('a plan without rivals is settled at once', () => {
    expect(settledPlan([sample(0, 0, Number.NaN)])).toBe(0);
  });

  test('plans are compared per success by (C + H)/p − H', () => {
    const one = { ...sample(950, 1000, 0.5), failureCostUsd: 0 };
    const other = { ...sample(200, 1000, 0.2), failureCostUsd: 0 };
    expect(settledPlan([one, other])).toBe(1);
    expect(settledPlan([one, other], true)).toBe(0);
    const { low, high } = figureBounds(one, { plans: 2, perSuccess: true });
    expect(low).toBeLessThan(0.5 / 0.95);
    expect(high).toBeGreaterThan(0.5 / 0.95);
  });
});

describe('failures of different cost', () => {
  /** Two plans of equal success, outcome by outcome; one user in 20 costs $200. Whether the comparison is ever called settled. */
  function everSettles(failing: readonly [number, number], seed: string): boolean {
    const random = seededRandom(seed);
    const arms = failing.map(rate => ({ rate, n: 0, s: 0, loss: 0, loss2: 0, all: 0, all2: 0 }));
    for (let i = 0; i < 3000; i++) {
      for (const arm of arms) {
        const costUsd = random.next() < 0.05 ? 200 : 5;
        const loss = random.next() < arm.rate ? costUsd : 0;
        arm.n++;
        if (loss === 0) arm.s++;
        arm.loss += loss;
        arm.loss2 += loss * loss;
        arm.all += costUsd;
        arm.all2 += costUsd * costUsd;
      }
      if (i < 100 || i % 20 !== 0) continue;
      const samples = arms.map(({ n, s, loss, loss2, all, all2 }) => ({
        ...sample(s, n, 0.01),
        failureCostUsd: n > s ? loss / (n - s) : 14.75,
        failureCostTiltedUsd: Math.max(all2 / all, loss > 0 ? loss2 / loss : 0),
      }));
      if (settledPlan(samples) >= 0) return true;
    }
    return false;
  }

  test('a comparison of equal plans is seldom settled because an expensive user’s intent failed', () => {
    const wrong = Array.from({ length: 60 }, (_, i) => everSettles([0.05, 0.05], `tie ${i}`)).filter(Boolean).length;
    expect(wrong).toBeLessThanOrEqual(3);
  });

  test('a comparison is settled for a plan that fails a tenth as often, even if failures differ in cost', () => {
    expect(everSettles([0.3, 0.03], 'apart')).toBe(true);
  });

  test('the upper bound allows for expensive failures while every recorded failure cost nothing', () => {
    const free = { ...sample(95, 100, 0.001), failureCostUsd: 0, failureCostTiltedUsd: 15 };
    expect(figureBounds(free, { plans: 2 }).high).toBeGreaterThan(1);
  });
});

describe('costBounds', () => {
  const boundsOf = (n: number, alpha = 0.005) => costBounds({ n, meanUsd: 10, variance: 1 }, alpha);
  const halfWidth = (n: number, alpha?: number): number => boundsOf(n, alpha).high - 10;

  test('the half-width equals the published formula, computed independently', () => {
    // Waudby-Smith et al. 2021, with ρ² = (−2 ln α + ln(1 − 2 ln α))/500.
    for (const [n, half] of [
      [2, 10.360120367554014],
      [50, 0.635503373455962],
      [500, 0.16884171614809557],
      [5000, 0.05584630669050737],
    ] as const) {
      expect(halfWidth(n)).toBeCloseTo(half, 10);
      expect(10 - boundsOf(n).low).toBeCloseTo(Math.min(10, half), 10);
    }
    expect(costBounds({ n: 50, meanUsd: 10, variance: 4 }, 0.005).high - 10).toBeCloseTo(2 * halfWidth(50), 12);
  });

  test('relative to a fixed-n interval the bounds are tightest at about 500 costs', () => {
    const relative = Array.from({ length: 3000 }, (_, i) => halfWidth(i + 2) * Math.sqrt(i + 2));
    const tightest = relative.indexOf(Math.min(...relative)) + 2;
    expect(tightest).toBeGreaterThan(490);
    expect(tightest).toBeLessThan(510);
  });

  test('the upper bound of observed costs allows for a burst of a hundred ordinary costs that one sample in a thousand does not show', () => {
    const observed = costBounds({ n: 200, meanUsd: 10, variance: 1, mayBurst: true }, 0.005);
    expect(observed.high - boundsOf(200).high).toBeCloseTo((10 * 100 * Math.log(1000)) / 200, 9);
    expect(observed.low).toBe(boundsOf(200).low);
  });

  test('a plan whose rare bursts have not occurred yet is not called cheaper, and a plan of half the cost is called cheaper after 700 visits', () => {
    const costing = (n: number, meanUsd: number) => {
      const costs = { n, meanUsd, variance: 0, skewness: 0, mayBurst: true, failureCostUsd: 0 };
      return { ...costs, labelled: n, successes: n, correlation: 0 };
    };
    expect(settledPlan([costing(300, 0.003), costing(300, 0.004)])).toBe(-1);
    expect(settledPlan([costing(600, 0.002), costing(600, 0.004)])).toBe(-1);
    expect(settledPlan([costing(700, 0.002), costing(700, 0.004)])).toBe(0);
  });

  test('a mean of fewer than two costs is only known to be at least 0, and no cost is below 0', () => {
    for (const n of [0, 1]) expect(boundsOf(n)).toEqual({ low: 0, high: Number.POSITIVE_INFINITY });
    expect(costBounds({ n: 10, meanUsd: 0.01, variance: 1 }, 0.005).low).toBe(0);
  });
});

describe('figureBounds', () => {
  const free = { ...sample(180, 200, 0), variance: 0 };

  test.each([2, 5])('the error is divided among %i plans: 4.5 % for the rates and 0.5 % for the costs', plans => {
    const rate = rateBounds(20, 180, 0.045 / plans);
    const found = figureBounds(free, { plans });
    expect(found.low).toBeCloseTo(15 * rate.low, 12);
    expect(found.high).toBeCloseTo(15 * rate.high, 12);
    const cost = costBounds({ n: 200, meanUsd: 2, variance: 4 }, 0.005 / plans);
    expect(figureBounds({ ...sample(180, 200, 2), failureCostUsd: 0 }, { plans })).toEqual(cost);
  });

  test('for cost per success, rate and loss get half of the rates’ error each where the loss does not follow from the rate', () => {
    const perSuccess = { plans: 2, perSuccess: true };
    const whole = rateBounds(180, 20, 0.045 / 2);
    const equal = figureBounds(free, perSuccess);
    expect(equal.low).toBeCloseTo((15 * (1 - whole.high)) / whole.high, 9);
    expect(equal.high).toBeCloseTo((15 * (1 - whole.low)) / whole.low, 9);
    // Failures that count as 10 of $30.
    const loss = rateBounds(190, 10, 0.045 / 4);
    const rate = rateBounds(180, 20, 0.045 / 4);
    const unequal = figureBounds({ ...free, failureCostTiltedUsd: 30 }, perSuccess);
    expect(unequal.low).toBeCloseTo((30 * (1 - loss.high)) / rate.high, 9);
    expect(unequal.high).toBeCloseTo((30 * (1 - loss.low)) / rate.low, 9);
  });

  test('cost per success has no upper bound before the first success', () => {
    const { low, high } = figureBounds(sample(0, 10, 0.01), { plans: 2, perSuccess: true });
    expect(high).toBe(Number.POSITIVE_INFINITY);
    expect(low).toBeGreaterThan(0);
    const free = { ...sample(0, 10, 0), failureCostUsd: 0 };
    expect(figureBounds(free, { plans: 2, perSuccess: true }).high).toBe(Number.POSITIVE_INFINITY);
  });
});
