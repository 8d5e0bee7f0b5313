import { describe, expect, test } from 'vitest';
import { whatIf } from '../../src/dashboard/what-if.ts';
import { learnedFrom } from '../../src/analysis/ledger-facts.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../core/support/cells.ts';
import { AT_MS, attempt } from '../core/support/intents.ts';

const premium = { plan: ['premium'], attempts: [attempt('premium', 100_000_000)] };
const cells = cellsOf(
  many(800, { evidence: [SUCCESS] }),
  many(200, { evidence: [FAILURE] }),
  many(950, { ...premium, evidence: [SUCCESS] }),
  many(50, { ...premium, evidence: [FAILURE] }),
);
const facts = { plans: ['mini', 'premium'], failureCostUsd: 15, policy: 'thompson', versions: {} };
const view = {
  feature: 'f',
  plans: [['mini'], ['premium']],
  eligible: 0b11,
  failureCostUsd: 15,
  objective: 'cost-per-intent',
  learned: learnedFrom('f', cells, facts).segment(''),
  nowMs: AT_MS,
} as const;

const asked = (moves: Parameters<typeof whatIf>[2]) => whatIf(view, { policy: thompson(), segment: '' }, moves);
const shares = (moves: Parameters<typeof whatIf>[2]) => asked(moves).moved.plans.map(plan => plan.share ?? 0);

test('nothing moved is what it does now', () => {
  const { now, moved } = asked({});
  expect(moved).toEqual(now);
  expect(now.plans[1]?.share).toBeGreaterThan(0.98);
});

test('a failure that costs next to nothing sends intents to the cheap model', () => {
  // The dearer model costs 9 cents more and fails 15 points less: even at $0.60.
  expect(shares({ failureCostUsd: 0.1 })[0]).toBeGreaterThan(0.9);
  expect(shares({ failureCostUsd: 2 })[1]).toBeGreaterThan(0.9);
});

test('a quality floor closes what does not keep it, with the reason', () => {
  const { moved } = asked({ failureCostUsd: 0.1, minSuccessRate: 0.9 });
  expect(moved.plans.map(plan => [plan.eligible, plan.share])).toEqual([
    [false, 0],
    [true, 1],
  ]);
  expect(moved.plans[0]?.reason).toContain('90.0 %');
});

describe('a budget', () => {
  test('that is not reached changes nothing', () => {
    expect(shares({ budgetPerIntentUsd: 1 })).toEqual(shares({}));
  });

  test('is kept, by what a dollar of spend weighs', () => {
    const { now, moved } = asked({ budgetPerIntentUsd: 0.05 });
    expect(now.expected?.spendUsd.value).toBeGreaterThan(0.09);
    expect(moved.expected?.spendUsd.value).toBeLessThanOrEqual(0.05);
    expect(moved.costMultiplier).toBeGreaterThan(1);
    expect(moved.expected?.costPerIntentUsd.value).toBeGreaterThan(now.expected?.costPerIntentUsd.value ?? Infinity);
  });

  test('that nothing keeps is said, and the cheapest plan is shown', () => {
    const { moved } = asked({ budgetPerIntentUsd: 0.001 });
    expect(moved.notes).toEqual(['Not even the cheapest plan stays within $0.0010 an intent.']);
    expect(moved.plans[0]?.share).toBeGreaterThan(0.9);
  });
});
