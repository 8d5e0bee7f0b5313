import { describe, expect, test } from 'vitest';
import { learnedFrom, ledgerFacts } from '../../src/analysis/ledger-facts.ts';
import { reportOf } from '../../src/analysis/report.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../core/support/cells.ts';
import { AT_MS, attempt } from '../core/support/intents.ts';
import { storeWith } from '../engine/state/stored.ts';

describe('ledgerFacts', () => {
  test('an exceptional decision changes neither the plans nor the failure cost inferred from the last decisions', async () => {
    const store = await storeWith([
      { eligible: ['mini', 'premium'], failureCostNanoUsd: 4e9 },
      { eligible: ['mini', 'premium'], failureCostNanoUsd: 4e9 },
      { eligible: ['premium'], failureCostNanoUsd: 200e9 },
    ]);
    expect(await ledgerFacts(store, 'f')).toMatchObject({
      plans: ['mini', 'premium'],
      failureCostUsd: 4,
      perSuccess: false,
      policy: 'thompson',
      versions: { mini: 'm1', premium: 'p1' },
    });
    const [feature] = (await reportOf(store, { nowMs: AT_MS })).features;
    expect(feature?.plans.map(plan => plan.plan)).toEqual(['mini', 'premium']);
  });

  test('the current version of a model comes from its last decision', async () => {
    const store = await storeWith([{ versions: { mini: 'm1', premium: 'p1' } }, { versions: { mini: 'm2' } }]);
    expect((await ledgerFacts(store, 'f')).versions).toEqual({ mini: 'm2', premium: 'p1' });
  });

  test('decisions before the last 50 are ignored', async () => {
    const last = Array.from({ length: 50 }, () => ({ eligible: ['mini'] }));
    const wide = { eligible: ['mini', 'premium'] };
    expect((await ledgerFacts(await storeWith([wide, ...last]), 'f')).plans).toEqual(['mini']);
    expect((await ledgerFacts(await storeWith([wide, ...last.slice(1)]), 'f')).plans).toEqual(['mini', 'premium']);
  });

  test('the policy is the one that decided, although most of the last intents were pinned or bound to a plan', async () => {
    const pinned = { eligible: ['mini'], policy: 'forced' };
    const chosen = { eligible: ['mini', 'premium'], policy: 'thompson' };
    expect((await ledgerFacts(await storeWith([chosen, pinned, pinned]), 'f')).policy).toBe('thompson');
    expect((await ledgerFacts(await storeWith([pinned]), 'f')).policy).toBe('forced');
  });

  test('a feature counts as observed if most of its last decisions were observed; the model of the last one is its own model', async () => {
    const observed = { plan: ['premium'], eligible: ['mini', 'premium'], policy: 'observe' };
    const routed = { eligible: ['mini', 'premium'], policy: 'thompson' };
    expect(await ledgerFacts(await storeWith([routed, observed, observed]), 'f')).toMatchObject({
      observes: 'premium',
    });
    expect(await ledgerFacts(await storeWith([observed, routed, routed]), 'f')).not.toHaveProperty('observes');
  });

  test('plans are compared by cost per success when failures cost nothing', async () => {
    const store = await storeWith([{ failureCostNanoUsd: 0 }]);
    expect((await ledgerFacts(store, 'f')).perSuccess).toBe(true);
    const mixed = await storeWith([{ failureCostNanoUsd: 0 }, { failureCostNanoUsd: 4e9 }]);
    expect((await ledgerFacts(mixed, 'f')).perSuccess).toBe(false);
  });
});

describe('learnedFrom', () => {
  const facts = { plans: ['mini', 'premium'], failureCostUsd: 15 };
  const cells = cellsOf(
    many(8, { evidence: [SUCCESS] }),
    many(2, { evidence: [FAILURE] }),
    many(1, { plan: ['premium'], attempts: [attempt('premium', 500_000_000)] }),
  );

  test('the cells of a ledger give the same posterior as the router that wrote the ledger', () => {
    const { graph, nodes } = learnedFrom('f', cells, facts).segment('').posterior(AT_MS);
    expect(graph.keys).toEqual(['mini', 'premium']);
    expect(nodes[0]?.ended.a).toBeCloseTo(9, 0);
    expect(nodes[0]?.ended.b).toBeCloseTo(3, 0);
  });

  test('the prior cost of a model is its mean cost per intent', () => {
    const [, premium] = learnedFrom('f', cells, facts).segment('').posterior(AT_MS).nodes;
    expect(premium?.costUsd).toBeCloseTo(0.5, 9);
  });

  test('a silence window that means success corrects recent cells for delayed feedback', () => {
    // One of ten intents has failed so far; the others are silent, and most of them will count as successes.
    const recent = cellsOf(many(9, {}), many(1, { evidence: [FAILURE] }));
    const failureRate = (silence: boolean): number => {
      const known = silence ? { ...facts, silence: { afterMs: 24 * 3_600_000, success: true } } : facts;
      const [mini] = learnedFrom('f', recent, known)
        .segment('')
        .posterior(AT_MS + 12 * 3_600_000).nodes;
      return (mini?.ended.b ?? 0) / ((mini?.ended.a ?? 0) + (mini?.ended.b ?? 1));
    };
    expect(failureRate(true)).toBeLessThan(failureRate(false) - 0.1);
  });

  test('evidence from older versions weighs no more than a prior', () => {
    const current = { ...facts, versions: { mini: 'm2' } };
    const [mini] = learnedFrom('f', cells, current).segment('').posterior(AT_MS).nodes;
    expect((mini?.ended.a ?? 0) + (mini?.ended.b ?? 0)).toBeLessThan(8);
  });
});
