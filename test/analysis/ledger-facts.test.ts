import { describe, expect, test } from 'vitest';
import { learnedFrom, ledgerFacts } from '../../src/analysis/ledger-facts.ts';
import { reportOf } from '../../src/analysis/report.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../core/support/cells.ts';
import { AT_MS, attempt } from '../core/support/intents.ts';
import { storeWith } from '../engine/state/stored.ts';

describe('what a ledger says of its configuration', () => {
  test('takes the plans and the failure cost from the last decisions, not from a narrowed one', async () => {
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

  test('with failures that cost nothing, plans are compared by cost per success', async () => {
    const store = await storeWith([{ failureCostNanoUsd: 0 }]);
    expect((await ledgerFacts(store, 'f')).perSuccess).toBe(true);
  });
});

describe('what is learnt from a ledger alone', () => {
  const facts = { plans: ['mini', 'premium'], failureCostUsd: 15 };
  const cells = cellsOf(
    many(8, { evidence: [SUCCESS] }),
    many(2, { evidence: [FAILURE] }),
    many(1, { plan: ['premium'], attempts: [attempt('premium', 500_000_000)] }),
  );

  test('is what the router has learnt: its cells and its plans', () => {
    const { graph, nodes } = learnedFrom('f', cells, facts).segment('').posterior(AT_MS);
    expect(graph.keys).toEqual(['mini', 'premium']);
    expect(nodes[0]?.ended.a).toBeCloseTo(9, 0);
    expect(nodes[0]?.ended.b).toBeCloseTo(3, 0);
  });

  test('takes what a model has cost for what it is expected to cost', () => {
    const [, premium] = learnedFrom('f', cells, facts).segment('').posterior(AT_MS).nodes;
    expect(premium?.costUsd).toBeCloseTo(0.5, 9);
  });

  test('reads older versions as no more than a prior', () => {
    const current = { ...facts, versions: { mini: 'm2' } };
    const [mini] = learnedFrom('f', cells, current).segment('').posterior(AT_MS).nodes;
    expect((mini?.ended.a ?? 0) + (mini?.ended.b ?? 0)).toBeLessThan(8);
  });
});
