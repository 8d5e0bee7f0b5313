import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SampleTable } from '../../../src/core/choice/posterior-samples.ts';
import type { BareDecision } from '../../../src/core/report/decision.ts';
import { decisionOf } from '../../../src/core/report/decision.ts';

/** Plans as [model spend, success rate]. */
type Rates = readonly (readonly [spendUsd: number, success: number])[];

function tableOf(plans: Rates): SampleTable {
  const none = new Float64Array(0);
  return {
    rows: 0,
    plans: plans.length,
    costUsd: none,
    fail: none,
    meanCostUsd: Float64Array.from(plans, ([spendUsd]) => spendUsd),
    meanFail: Float64Array.from(plans, ([, success]) => 1 - success),
  };
}

const NAMES = ['mini', 'premium', 'frontier'];
const inputs = { failureCostUsd: 15, perSuccess: false, costMultiplier: 1, plans: NAMES };

function decide(plans: Rates, more: Partial<Parameters<typeof decisionOf>[1]> = {}): BareDecision | undefined {
  return decisionOf(tableOf(plans), { ...inputs, eligible: 2 ** plans.length - 1, ...more });
}

const ARTICLE: Rates = [
  [0.0019, 0.7],
  [0.014, 0.95],
];

describe('decisionOf', () => {
  test('the article’s premium is preferred until a failure costs less than 4.84 cents', () => {
    const found = decide(ARTICLE);
    expect(found?.preferred.description).toBe('premium');
    expect(found?.moreUsd).toBeCloseTo(4.5019 - 0.764, 12);
    expect(found?.failureCost).toMatchObject({ description: 'mini', is: 'below' });
    expect(found?.failureCost?.usd).toBeCloseTo(0.0121 / 0.25, 12);
    expect(found?.rivalSuccess).toBeCloseTo(1 - (0.764 - 0.0019) / 15, 12);
  });

  test('spends that differ by rounding are equal, so that no failure cost would change the choice', () => {
    for (const factor of [1 - 2 ** -52, 1, 1 + 2 ** -52]) {
      const found = decide([
        [0.00065, 0.66],
        [0.00065 * factor, 0.65],
      ]);
      expect(found?.preferred.description).toBe('mini');
      expect(found).not.toHaveProperty('failureCost');
    }
  });

  /** Cost per intent, or per success, written out. */
  const costAt = ([spendUsd, success]: Rates[number], failureCostUsd: number, perSuccess: boolean): number =>
    perSuccess ? (spendUsd + failureCostUsd * (1 - success)) / success : spendUsd + failureCostUsd * (1 - success);

  test('law: at the failure cost, the success rate or the spend that is named, both plans cost the same', () => {
    const rate = fc.tuple(
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      fc.double({ min: 0.05, max: 0.99, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.tuple(rate, rate),
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        fc.boolean(),
        (plans, H, perSuccess) => {
          const found = decide(plans, { failureCostUsd: H, perSuccess });
          const index = NAMES.indexOf(found?.preferred.description ?? '');
          const [best, other] = [plans[index], plans[1 - index]] as [Rates[number], Rates[number]];
          const at = costAt(best, H, perSuccess);
          expect(costAt(other, H, perSuccess)).toBeGreaterThanOrEqual(at * (1 - 1e-9));
          const close = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThan(1e-6 * Math.max(1, a));
          const { failureCost, rivalSuccess, rivalSpendUsd } = found ?? {};
          if (failureCost !== undefined) {
            const { usd, is } = failureCost;
            close(costAt(best, usd, perSuccess), costAt(other, usd, perSuccess));
            const beyond = usd * (is === 'below' ? 0.5 : 2);
            expect(costAt(other, beyond, perSuccess)).toBeLessThanOrEqual(
              costAt(best, beyond, perSuccess) * (1 + 1e-9),
            );
          }
          if (rivalSuccess !== undefined) close(costAt([other[0], rivalSuccess], H, perSuccess), at);
          if (rivalSpendUsd !== undefined) close(costAt([rivalSpendUsd, other[1]], H, perSuccess), at);
          expect(rivalSuccess === undefined || rivalSpendUsd === undefined).toBe(true);
        },
      ),
    );
  });

  test('no failure cost changes the choice of a plan that spends less and succeeds more often', () => {
    const found = decide([
      [0.001, 0.97],
      [0.014, 0.95],
    ]);
    expect(found?.preferred.description).toBe('mini');
    expect(found?.failureCost).toBeUndefined();
  });

  test('the nearest failure cost is named, which may be that of a third plan', () => {
    const found = decide([
      [0.002, 0.5],
      [0.014, 0.95],
      [0.1, 0.9512],
    ]);
    expect(found?.rival?.description).toBe('frontier');
    expect(found?.failureCost).toMatchObject({ description: 'frontier', is: 'above' });
    expect(found?.failureCost?.usd).toBeCloseTo(0.086 / 0.0012, 6);
  });

  test('a plan whose spend alone is more than the other costs can only be preferred by spending less', () => {
    const found = decide(ARTICLE, { failureCostUsd: 0.01 });
    expect(found?.preferred.description).toBe('mini');
    expect(found?.rivalSuccess).toBeUndefined();
    expect(found?.rivalSpendUsd).toBeCloseTo(0.0049 - 0.0005, 12);
  });

  test('spend is weighted with the cost multiplier while a budget runs low', () => {
    expect(decide(ARTICLE, { failureCostUsd: 0.06 })?.preferred.description).toBe('premium');
    expect(decide(ARTICLE, { failureCostUsd: 0.06, costMultiplier: 2 })?.preferred.description).toBe('mini');
  });

  test('without a cost of failures the plans are compared per success, and a failure cost above 0 may be named', () => {
    const found = decide(ARTICLE, { failureCostUsd: 0, perSuccess: true });
    expect(found?.preferred.description).toBe('mini');
    expect(found?.failureCost).toMatchObject({ description: 'premium', is: 'above' });
  });

  test('only plans that can be chosen are compared, and a single one has no rival', () => {
    expect(decide(ARTICLE, { eligible: 0b01 })).toEqual({
      preferred: { plan: 'mini', description: 'mini', success: 0.7, spendUsd: 0.0019 },
      failureCostUsd: 15,
    });
    expect(decide(ARTICLE, { eligible: 0 })).toBeUndefined();
  });
});
