import { expect, test } from 'vitest';
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
  for (const record of records) observePlans(features, record, () => undefined);
  return startLedgerRun('f', features.get('f') as ObservedPlans);
}

const asking = (policy: Policy, question: ReplayQuestion = {}) => ({
  policy,
  question,
  random: seededRandom(1),
  learned: (): never => {
    throw new Error('these policies do not look at what was learnt');
  },
});

test('decisions at which the plan of the other policy was not eligible are counted and left out of every fraction', () => {
  const records = [
    decided('1', 'mini', ['mini', 'premium']),
    decided('2', 'premium', ['mini', 'premium']),
    decided('3', 'mini', ['mini']),
  ];
  const run = startedWith(records);
  const asked = records.map(record => askTarget(run, record, asking(fixed('premium'))));
  expect(asked).toEqual([{ premium: 1 }, { premium: 1 }, undefined]);
  expect(featureReplayOf(run, { lastMs: 0 })).toMatchObject({
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

test('a decision has the other policy’s probability for every eligible plan that this policy might choose', () => {
  const record = decided('1', 'mini', ['mini', 'premium']);
  const run = startedWith([record]);
  expect(askTarget(run, record, asking(randomMix({ premium: 3 })))).toEqual({ mini: 0.25, premium: 0.75 });
  expect(run.targetCounts).toEqual([0.25, 0.75]);
});

test('a refused policy ends the replay of a feature', () => {
  const record = decided('1', 'mini', ['mini', 'premium']);
  const run = startedWith([record]);
  expect(askTarget(run, record, asking(fixed('huge')))).toBeUndefined();
  expect(askTarget(run, record, asking(fixed('mini')))).toBeUndefined();
  expect(run.decisions).toBe(0);
  expect(featureReplayOf(run, { lastMs: 0 }).estimate).toMatchObject({ kind: 'refused', reason: run.refusal });
});
