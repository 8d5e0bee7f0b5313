import { expect, test } from 'vitest';
import { sameFailureCost } from '../../../src/core/report/failure-costs.ts';
import { gainOf } from '../../../src/core/report/gain.ts';
import type { LearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import type { SampleTable } from '../../../src/core/choice/posterior-samples.ts';
import { sampleTable } from '../../../src/core/choice/posterior-samples.ts';
import { allPlans } from '../../../src/core/ledger/plan-set.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { withExtraUsd } from '../../../src/core/report/standard-cost.ts';
import type { Traffic } from '../../../src/core/report/traffic.ts';
import type { PlanKey } from '../../../src/core/ledger/vocabulary.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';
import { AT_MS, attempt } from '../support/intents.ts';

const learned = createLearnedFeature({
  feature: 'f',
  plans: [['mini'], ['premium']],
  priorCostUsd: { mini: 0.01, premium: 0.01 },
});
learned.replace(
  cellsOf(
    many(140, { evidence: [SUCCESS] }),
    many(60, { evidence: [FAILURE] }),
    many(190, { plan: ['premium'], evidence: [SUCCESS] }),
    many(10, { plan: ['premium'], evidence: [FAILURE] }),
  ),
);
const tableOf = (feature: LearnedFeature, atMs: number): SampleTable =>
  sampleTable(feature.segment('').posterior(atMs), seededRandom('any'), 1000);
const table = tableOf(learned, AT_MS);

const options = {
  plans: ['mini', 'premium'],
  failureCosts: sameFailureCost(15),
  perSuccess: false,
  eligible: allPlans(2),
  costMultiplier: 1,
};

const always = (plan: PlanKey): Traffic => ({
  learns: 0,
  sharesAt: () => options.plans.map(each => Number(each === plan)),
});

/** Of future intents that get the plans as often as the recent ones. */
function gain(recent: Readonly<Record<PlanKey, number>>) {
  const counts = options.plans.map(plan => recent[plan] ?? 0);
  const total = counts.reduce((sum, n) => sum + n, 0);
  const traffic = { learns: 0, sharesAt: () => counts.map(n => n / total) };
  return gainOf(table, { ...options, traffic, recent: new Map(Object.entries(recent)) });
}

test('the gain is how much more intents like the recent ones are expected to cost than with the plan that is the cheapest now', () => {
  const found = gain({ mini: 50, premium: 50 });
  expect(found).toMatchObject({ plan: 'premium', intents: 100 });
  // Half of the intents fail a quarter more often.
  expect(found?.perIntentUsd.value).toBeCloseTo(0.5 * 15 * 0.25, 0);
  expect(found?.inAllUsd.value).toBeCloseTo(100 * (found?.perIntentUsd.value ?? 0), 9);
  expect(found?.perIntentUsd.low).toBeGreaterThan(0.5);
});

test('plans are compared by standard cost, where the extra cost above the billed one is known', () => {
  const found = gainOf(withExtraUsd(table, [0, 20]), {
    ...options,
    recent: new Map([['premium', 10]]),
    traffic: always('premium'),
  });
  expect(found?.plan).toBe('mini');
  // 20 USD more, for a quarter more failures.
  expect(found?.perIntentUsd.value).toBeCloseTo(20 - 15 * 0.25, 0);
});

test('a feature whose intents all go to the best plan has nothing to gain', () => {
  expect(gain({ premium: 80 })?.perIntentUsd).toEqual({ value: 0, low: 0, high: 0 });
});

test('intents of plans that can no longer be chosen are left out; without other intents there is no gain', () => {
  expect(gain({ premium: 80, gone: 500 })?.intents).toBe(80);
  expect(gain({ gone: 500 })).toBeUndefined();
});

test('the gain counts recent intents at today’s prices, not at those when they were made', () => {
  const success = (plan: string, costNanoUsd: number, version: string, hour: number) =>
    many(200, {
      plan: [plan],
      hour,
      attempts: [attempt(plan, costNanoUsd)],
      evidence: [SUCCESS],
      versions: { [plan]: version },
    });
  const repriced = createLearnedFeature({
    feature: 'f',
    plans: [['mini'], ['premium']],
    priorCostUsd: { mini: 0.1, premium: 0.3 },
    versions: { mini: 'a@1$0.1', premium: 'b@2$0.3' },
  });
  repriced.replace(
    cellsOf(
      success('mini', 100_000_000, 'a@1$0.1', 0),
      success('premium', 40_000_000, 'b@1$0.04', 0),
      success('premium', 300_000_000, 'b@2$0.3', 1),
    ),
  );
  const found = gainOf(tableOf(repriced, AT_MS + 2 * 3_600_000), {
    ...options,
    recent: new Map([['premium', 400]]),
    traffic: always('premium'),
    failureCosts: sameFailureCost(0),
    perSuccess: true,
  });
  // Premium costs $0.20 more now. Half of its intents were made at $0.04, where mini would have cost $0.06 more.
  expect(found).toMatchObject({ plan: 'mini', intents: 400 });
  expect(found?.perIntentUsd.value).toBeCloseTo(0.2, 1);
});

test('where every intent gets one plan from now on, that plan is compared with the best one, whatever the recent intents got', () => {
  const found = gainOf(table, {
    ...options,
    recent: new Map([
      ['mini', 500],
      ['premium', 500],
    ]),
    traffic: always('mini'),
  });
  expect(found).toMatchObject({ plan: 'premium', intents: 1000 });
  expect(found?.perIntentUsd.value).toBeCloseTo(15 * 0.25, 0);
});

test('where one of two policies learns, its half of the intents costs what exploration still costs', () => {
  const recent = new Map([['premium', 100]]);
  const of = (learns: number) =>
    gainOf(table, { ...options, recent, traffic: { ...always('mini'), learns } })?.perIntentUsd.value ?? Number.NaN;
  expect(of(0.5)).toBeCloseTo((of(0) + of(1)) / 2, 9);
});
