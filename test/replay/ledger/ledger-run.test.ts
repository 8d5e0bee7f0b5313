import { describe, expect, test } from 'vitest';
import type { ObservedPlans } from '../../../src/replay/ledger/observed-plans.ts';
import { featureReplayOf, recordOutcome, startLedgerRun } from '../../../src/replay/ledger/ledger-run.ts';
import { FAILURE, made, SUCCESS } from '../../core/support/cells.ts';

const observed = (plans: Readonly<Record<string, readonly [n: number, costNanoUsd: number]>>): ObservedPlans => ({
  plans: new Map(
    Object.entries(plans).map(([key, [n, costNanoUsd]]) => [key, { plan: key.split('>'), n, costNanoUsd }]),
  ),
  hasAlarms: false,
});
const start = () => startLedgerRun('f', observed({ premium: [2, 200], mini: [4, 40], opus: [0, 0] }));

test('plans are ordered by their mean spend in the log; a plan without intents comes last', () => {
  expect(start().plans).toEqual([['mini'], ['premium'], ['opus']]);
});

test('the replay of a ledger with more plans than a feature may have is refused', () => {
  const plans = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`m${i}`, [1, i] as const]));
  const run = startLedgerRun('f', observed(plans));
  expect(featureReplayOf(run, { lastMs: 1e15 }).estimate).toMatchObject({
    reason: 'the ledger has 32 plans of this feature, more than the 31 that a feature can have',
  });
  expect(startLedgerRun('f', observed(Object.fromEntries(Object.entries(plans).slice(1)))).refusal).toBeUndefined();
});

const target = { premium: 1 };

test('an intent counts with its outcome, and with the facts that were known at its decision', () => {
  const run = start();
  const intent = made({ evidence: [FAILURE] });
  recordOutcome(run, { intent, target, question: {} });
  recordOutcome(run, { intent, target: undefined, question: {} });
  recordOutcome(run, { intent: made({}), target, question: { failureCostUsd: 7 } });
  expect(run.kept.view()).toMatchObject({
    length: 2,
    plans: ['mini', 'premium'],
    segments: [''],
    plan: Uint32Array.of(0, 0),
    propensity: Float64Array.of(0.5, 0.5),
    failureCostUsd: Float64Array.of(15, 7),
    spendUsd: Float64Array.of(0.01, 0),
    failureUsd: Float64Array.of(15, 0),
    failed: Uint32Array.of(1, 0),
    targetPlan: Uint32Array.of(1, 1),
    targetShare: Float64Array.of(1, 1),
  });
  expect(run.hasOutcome.view()).toEqual(Uint32Array.of(1, 0));
  expect(featureReplayOf(run, { lastMs: 1e15 })).toMatchObject({
    withoutOutcome: 1,
    tooRecent: 0,
    estimate: { intents: 1 },
  });
});

describe('decisions whose outcome may still arrive', () => {
  const HOUR = 3_600_000;

  /** Decisions one hour apart, of which those for which `isKnown` have an outcome after two hours. */
  function runOf(isKnown: (hour: number) => boolean) {
    const run = start();
    for (let hour = 0; hour < 10; hour++) {
      const { decided, ...intent } = made({ evidence: isKnown(hour) ? [SUCCESS] : [] });
      const atMs = hour * HOUR;
      recordOutcome(run, {
        intent: { ...intent, decided: { ...decided, atMs }, outcomeAtMs: atMs + 2 * HOUR },
        target,
        question: {},
      });
    }
    return run;
  }

  test('a decision without an outcome is left out as too recent if it is younger than the time that other outcomes took', () => {
    const found = featureReplayOf(
      runOf(hour => hour < 8),
      { lastMs: 9 * HOUR },
    );
    expect(found).toMatchObject({ tooRecent: 2, withoutOutcome: 0, estimate: { intents: 8 } });
  });

  test('decisions are left out as too recent by the silence window if one is given', () => {
    const found = featureReplayOf(
      runOf(hour => hour < 8),
      { lastMs: 9 * HOUR, silenceMs: 5 * HOUR },
    );
    expect(found).toMatchObject({ tooRecent: 5, withoutOutcome: 0, estimate: { intents: 5 } });
  });

  test('no decision is left out if all have their outcome', () => {
    expect(
      featureReplayOf(
        runOf(() => true),
        { lastMs: 9 * HOUR },
      ),
    ).toMatchObject({ tooRecent: 0, estimate: { intents: 10 } });
  });

  test('an old decision without an outcome does not make recent ones too recent', () => {
    expect(
      featureReplayOf(
        runOf(hour => hour !== 3),
        { lastMs: 9 * HOUR },
      ),
    ).toMatchObject({ tooRecent: 0, withoutOutcome: 1 });
  });
});

test('a replay is refused if outcomes are missing more often for one plan than for another', () => {
  const run = start();
  for (let i = 0; i < 400; i++) {
    const plan = i % 2 === 0 ? 'mini' : 'premium';
    const { decided, ...intent } = made({ evidence: plan === 'mini' || i % 4 === 1 ? [SUCCESS] : [] });
    const decision = { ...decided.decision, plan: [plan] };
    recordOutcome(run, { intent: { ...intent, decided: { ...decided, decision } }, target, question: {} });
  }
  expect(featureReplayOf(run, { lastMs: 1e15 }).estimate).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('of the intents with mini have an outcome'),
  });
});

test('a log with a propensity of 0 is refused with its policy, because a chosen plan has a positive probability', () => {
  const run = start();
  const { decided, ...intent } = made({ evidence: [FAILURE] });
  const decision = { ...decided.decision, policy: 'own', propensity: 0 };
  recordOutcome(run, { intent: { ...intent, decided: { ...decided, decision } }, target, question: {} });
  const { estimate } = featureReplayOf(run, { lastMs: 1e15 });
  expect(estimate).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('"own" chose a plan with the propensity 0'),
  });
});
