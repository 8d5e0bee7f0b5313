import { describe, expect, test } from 'vitest';
import type { ObservedPlans } from '../../../src/replay/ledger/observed-plans.ts';
import { featureReplayOf, recordOutcome, startLedgerRun, updateSums } from '../../../src/replay/ledger/ledger-run.ts';
import { FAILURE, made, SUCCESS } from '../../core/support/cells.ts';
import { attempt } from '../../core/support/intents.ts';

const observed = (plans: Readonly<Record<string, readonly [n: number, costNanoUsd: number]>>): ObservedPlans => ({
  plans: new Map(
    Object.entries(plans).map(([key, [n, costNanoUsd]]) => [key, { plan: key.split('>'), n, costNanoUsd }]),
  ),
  planOfIntent: new Map(),
});
const NOTHING = { spendUsd: 0, failureUsd: 0, fail: 0 };
const start = () => startLedgerRun('f', observed({ premium: [2, 200], mini: [4, 40], opus: [0, 0] }));

test('plans are ordered by their mean spend in the log; a plan without intents comes last', () => {
  expect(start().plans).toEqual([['mini'], ['premium'], ['opus']]);
});

test('the replay of a ledger with more plans than a feature may have is refused', () => {
  const plans = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`m${i}`, [1, i] as const]));
  const run = startLedgerRun('f', observed(plans));
  expect(featureReplayOf(run).estimate).toMatchObject({
    reason: 'the ledger has 32 plans of this feature, more than the 31 that a feature can have',
  });
  expect(startLedgerRun('f', observed(Object.fromEntries(Object.entries(plans).slice(1)))).refusal).toBeUndefined();
});

describe('updateSums', () => {
  const attempts = [attempt('mini', 2_000_000)];
  const pending = made({ attempts });
  const failed = made({ attempts, evidence: [FAILURE] });
  const corrected = made({ attempts, evidence: [FAILURE, SUCCESS] });

  test('a new outcome is added to the sums of its plan, and a correction replaces it', () => {
    const run = start();
    updateSums(run, { before: pending, after: failed }, undefined);
    expect(run.sums[0]).toEqual({ n: 1, spendUsd: 0.002, failureUsd: 15, failures: 1 });
    updateSums(run, { before: failed, after: corrected }, undefined);
    expect(run.sums[0]).toEqual({ n: 1, spendUsd: 0.002, failureUsd: 0, failures: 0 });
    expect(run.sums[1]?.n).toBe(0);
  });

  test('an unchanged outcome changes nothing, and the failure cost of the replay replaces that of the intent', () => {
    const run = start();
    updateSums(run, { before: failed, after: failed }, undefined);
    expect(run.sums[0]?.n).toBe(0);
    updateSums(run, { before: pending, after: failed }, 7);
    expect(run.sums[0]?.failureUsd).toBe(7);
  });
});

test('the log holds only decisions with an outcome and an answer of the other policy, and missing outcomes are counted', () => {
  const target = { target: 0.25, expectedOfChosen: NOTHING, expectedOfTarget: NOTHING, weight: 3 };
  const run = start();
  const intent = made({ evidence: [FAILURE] });
  recordOutcome(run, { intent, target, question: {} });
  recordOutcome(run, { intent, target: undefined, question: {} });
  recordOutcome(run, { intent: made({}), target, question: {} });
  expect(run.log).toEqual([{ propensity: 0.5, ...target, spendUsd: 0.01, failureUsd: 15, failed: true }]);
  expect(featureReplayOf(run).withoutOutcome).toBe(1);
});

test('a log with a propensity of 0 is refused with its policy: a plan that was chosen had a probability', () => {
  const run = start();
  const target = { target: 1, expectedOfChosen: NOTHING, expectedOfTarget: NOTHING, weight: 1 };
  const { decided, ...intent } = made({ evidence: [FAILURE] });
  const decision = { ...decided.decision, policy: 'own', propensity: 0 };
  recordOutcome(run, { intent: { ...intent, decided: { ...decided, decision } }, target, question: {} });
  const { estimate } = featureReplayOf(run);
  expect(estimate).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('"own" chose a plan with the propensity 0'),
  });
});
