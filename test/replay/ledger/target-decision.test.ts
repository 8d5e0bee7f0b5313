import { describe, expect, test } from 'vitest';
import type { DecidedRecord } from '../../../src/core/ledger/records.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { FeatureView, Policy } from '../../../src/contracts/policy.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { randomMix } from '../../../src/policies/random-mix.ts';
import type { LedgerRun, ReplayQuestion } from '../../../src/replay/ledger/ledger-run.ts';
import { featureReplayOf, startLedgerRun } from '../../../src/replay/ledger/ledger-run.ts';
import type { ObservedPlans } from '../../../src/replay/ledger/observed-plans.ts';
import { observePlans } from '../../../src/replay/ledger/observed-plans.ts';
import { askTarget } from '../../../src/replay/ledger/target-decision.ts';
import { decided } from './decided.ts';

function startedWith(records: readonly DecidedRecord[]): LedgerRun {
  const features = new Map<string, ObservedPlans>();
  for (const record of records) observePlans(features, record);
  return startLedgerRun('f', features.get('f') as ObservedPlans);
}

const asking = (policy: Policy, question: ReplayQuestion = {}) => ({ policy, question, random: seededRandom(1) });

test('decisions at which the plan of the other policy was not eligible are counted and left out of every fraction', () => {
  const records = [
    decided('1', 'mini', ['mini', 'premium']),
    decided('2', 'premium', ['mini', 'premium']),
    decided('3', 'mini', ['mini']),
  ];
  const run = startedWith(records);
  const asked = records.map(record => askTarget(run, record, asking(fixed('premium'))));
  expect(asked.map(answer => answer?.target)).toEqual([0, 1, undefined]);
  expect(featureReplayOf(run)).toMatchObject({
    decisions: 3,
    notEligible: 1,
    logged: { mini: 0.5, premium: 0.5 },
    target: { mini: 0, premium: 1 },
    estimate: { kind: 'refused', reason: expect.stringContaining('not eligible') as string },
  });
});

test('the other policy sees the failure cost and objective of the intent, unless the replay sets them', () => {
  const views: FeatureView[] = [];
  const inner = fixed('mini');
  const spy: Policy = {
    name: 'spy',
    decide(view, random) {
      views.push(view);
      return inner.decide(view, random);
    },
  };
  const record = { ...decided('1', 'mini', ['mini', 'premium']), atMs: 77 };
  const run = startedWith([record]);
  askTarget(run, record, asking(spy));
  askTarget(run, record, asking(spy, { failureCostUsd: 3, objective: 'cost-per-success' }));
  expect(views).toMatchObject([
    { failureCostUsd: 15, objective: 'cost-per-intent', nowMs: 77, eligible: 0b11 },
    { failureCostUsd: 3, objective: 'cost-per-success' },
  ]);
});

describe('the expected costs and the weight of a decision', () => {
  const sums = [
    { n: 9, spendUsd: 9, failureUsd: 0, failures: 0 },
    { n: 9, spendUsd: 18, failureUsd: 90, failures: 6 },
  ];
  const twoPlans = ['mini', 'premium'];

  test('a decision has the expected cost of its chosen plan, and that of all plans weighted by the other policy’s shares', () => {
    const run = { ...startedWith([decided('1', 'mini', twoPlans)]), sums };
    const target = askTarget(run, decided('1', 'mini', twoPlans), asking(randomMix({ premium: 3 })));
    // Shrunk by one intent of the overall mean: $1.50 of spend, $5 of failures and 1/3 failed.
    const [mini, premium] = [(9 + 1.5) / 10, (18 + 1.5) / 10];
    expect(target?.target).toBe(0.25);
    expect(target?.expectedOfChosen.spendUsd).toBeCloseTo(mini, 12);
    expect(target?.expectedOfTarget.spendUsd).toBeCloseTo(0.25 * mini + 0.75 * premium, 12);
    expect(target?.expectedOfTarget.failureUsd).toBeCloseTo(0.25 * 0.5 + 0.75 * 9.5, 12);
    expect(target?.expectedOfTarget.fail).toBeCloseTo((0.25 * (1 / 3) + 0.75 * (6 + 1 / 3)) / 10, 12);
  });

  test('with two eligible plans the weight is 1/√Σ share²/propensity, whichever plan was chosen', () => {
    const run = startedWith([decided('1', 'mini', twoPlans)]);
    const weight = (plan: string, propensity: number) =>
      askTarget(run, decided('1', plan, twoPlans, propensity), asking(randomMix({ premium: 3 })))?.weight;
    const expected = 1 / Math.sqrt(0.25 ** 2 / 0.9 + 0.75 ** 2 / 0.1);
    expect(weight('mini', 0.9)).toBeCloseTo(expected, 12);
    expect(weight('premium', 0.1)).toBeCloseTo(expected, 12);
  });

  test('with more eligible plans the weight uses the frequencies of earlier decisions', () => {
    const three = ['mini', 'premium', 'opus'];
    const run = startedWith([decided('1', 'mini', three)]);
    const weight = (plan: string) => askTarget(run, decided('1', plan, three, 0.01), asking(fixed('premium')))?.weight;
    expect(weight('premium')).toBeCloseTo(Math.sqrt(1 / 3), 12);
    expect(weight('mini')).toBeCloseTo(Math.sqrt(2 / 4), 12);
    expect(weight('opus')).toBeCloseTo(Math.sqrt(2 / 5), 12);
  });

  test('a plan that the log could not have chosen gives the decision a tiny weight, not NaN', () => {
    const run = startedWith([decided('1', 'mini', twoPlans)]);
    const target = askTarget(run, decided('1', 'mini', twoPlans, 1), asking(fixed('premium')));
    expect(target?.weight).toBeCloseTo(Math.sqrt(1e-9), 15);
  });
});

test('a refusal ends the replay of a feature', () => {
  const record = decided('1', 'mini', ['mini', 'premium']);
  const run = startedWith([record]);
  expect(askTarget(run, record, asking(fixed('huge')))).toBeUndefined();
  expect(askTarget(run, record, asking(fixed('mini')))).toBeUndefined();
  expect(run.decisions).toBe(0);
  expect(featureReplayOf(run).estimate).toMatchObject({ kind: 'refused', reason: run.refusal });
});
