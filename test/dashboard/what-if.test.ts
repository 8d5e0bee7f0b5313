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

const asked = (settings: Parameters<typeof whatIf>[2]) => whatIf(view, { policy: thompson(), segment: '' }, settings);
const shares = (settings: Parameters<typeof whatIf>[2]) => asked(settings).scenario.plans.map(plan => plan.share ?? 0);

test('a scenario without changed settings equals the present', () => {
  const { now, scenario } = asked({});
  expect(scenario).toEqual(now);
  expect(now.plans[1]?.share).toBeGreaterThan(0.98);
});

test('a low failure cost moves traffic to the cheap model', () => {
  // The expensive model costs 9 cents more and fails 15 points less: even at $0.60.
  expect(shares({ failureCostUsd: 0.1 })[0]).toBeGreaterThan(0.9);
  expect(shares({ failureCostUsd: 2 })[1]).toBeGreaterThan(0.9);
});

test('a quality floor excludes a plan below it and states the floor', () => {
  const { scenario } = asked({ failureCostUsd: 0.1, minSuccessRate: 0.9 });
  expect(scenario.plans.map(plan => [plan.eligible, plan.share])).toEqual([
    [false, 0],
    [true, 1],
  ]);
  expect(scenario.plans[0]?.reason).toContain('90.0 %');
});

describe('a budget', () => {
  test('a budget above the expected spend changes nothing', () => {
    expect(shares({ budgetPerIntentUsd: 1 })).toEqual(shares({}));
  });

  test('a budget is kept with the smallest sufficient cost multiplier, to a millionth', () => {
    const { costMultiplier } = asked({ budgetPerIntentUsd: 0.05 }).scenario;
    const spendAt = (multiplier: number): number => {
      const own = { ...view, costMultiplier: multiplier };
      return whatIf(own, { policy: thompson(), segment: '' }, {}).now.expected?.spendUsd.value ?? Number.NaN;
    };
    expect(spendAt(costMultiplier)).toBeLessThanOrEqual(0.05);
    expect(spendAt(costMultiplier * (1 - 2e-6))).toBeGreaterThan(0.05);
  });

  test('the scenario starts from the cost multiplier that the router applies already', () => {
    const paced = { ...view, costMultiplier: 3 };
    expect(whatIf(paced, { policy: thompson(), segment: '' }, {}).scenario.costMultiplier).toBe(3);
  });

  test('a budget below the expected spend is kept by a higher cost multiplier', () => {
    const { now, scenario } = asked({ budgetPerIntentUsd: 0.05 });
    expect(now.expected?.spendUsd.value).toBeGreaterThan(0.09);
    expect(scenario.expected?.spendUsd.value).toBeLessThanOrEqual(0.05);
    expect(scenario.costMultiplier).toBeGreaterThan(1);
    expect(scenario.expected?.costPerIntentUsd.value).toBeGreaterThan(now.expected?.costPerIntentUsd.value ?? Infinity);
  });

  test('for a budget that no plan keeps, the scenario has a note and prefers the cheapest plan', () => {
    const { scenario } = asked({ budgetPerIntentUsd: 0.001 });
    expect(scenario.notes).toEqual(['Even the cheapest plan exceeds $0.0010 per intent.']);
    expect(scenario.plans[0]?.share).toBeGreaterThan(0.9);
  });
});

describe('what is decided without the policy stays so', () => {
  const settings = { failureCostUsd: 0.1 };
  const options = { policy: thompson(), segment: '' };

  test('in a feature that only observes, its own model answers every intent, and the scenario says what the policy would do', () => {
    const { now, scenario } = whatIf(view, { ...options, observes: 'premium' }, settings);
    expect(scenario.plans.map(({ share }) => share)).toEqual([0, 1]);
    expect(now.observes).toBe('premium');
    expect(scenario.notes.join(' ')).toMatch(/mini/);
  });

  test('a holdout keeps its fraction of the intents, a pin gets all of them, and a model that is switched off none', () => {
    const held = whatIf(view, { ...options, holdout: { model: 'premium', fraction: 0.2 } }, settings);
    expect(held.scenario.plans[1]?.share).toBeGreaterThanOrEqual(0.2);
    expect(whatIf(view, { ...options, pinned: 'premium' }, settings).scenario.plans[1]?.share).toBe(1);
    const exclusions = [{ plans: 0b01, reason: 'switched off by an operator' }];
    const off = whatIf(view, { ...options, exclusions }, { ...settings, minSuccessRate: 0.1 });
    expect(off.scenario.plans.map(({ share }) => share)).toEqual([0, 1]);
  });
});
