import { expect, test } from 'vitest';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import { epsilonGreedy } from '../../../src/policies/epsilon-greedy.ts';
import { savingsAgainst } from '../../../src/replay/ledger/savings.ts';
import { simulatedLedger } from '../../../src/replay/worlds/simulated-ledger.ts';
import { modelsWorld } from '../../../src/replay/worlds/world.ts';

/** A success costs $0.11 with mini and $1.05 with premium, so premium wastes money here. */
const world = (name: string) =>
  modelsWorld({
    name,
    failureCostUsd: 0.5,
    models: [
      { name: 'mini', costUsd: 0.01, success: 0.9 },
      { name: 'premium', costUsd: 1, success: 0.95 },
    ],
    costLogSd: 0.2,
  });

/** The saving per intent with mini: a dollar of spend, minus 5 % more failures at 50 cents. */
const TRUTH = 1 + 0.5 * 0.05 - (0.01 + 0.5 * 0.1);

const explored = simulatedLedger(world('explored'), epsilonGreedy({ epsilon: 0.2 }), { intents: 4_000, seed: 1 });
const narrow = simulatedLedger(world('narrow'), epsilonGreedy({ epsilon: 0.1 }), { intents: 400, seed: 1 });

function both() {
  return {
    async *scan({ feature }: { readonly feature?: string } = {}): AsyncGenerator<LedgerRecord> {
      for (const record of [...explored.records, ...narrow.records]) {
        if (feature === undefined || record.feature === feature) yield record;
      }
    },
  };
}

test('the saving per intent is estimated with an interval that contains the truth', async () => {
  const { features } = await savingsAgainst(explored, 'premium');
  const [saving] = features;
  if (saving?.kind !== 'estimate') return expect.unreachable();
  // A tenth of the intents went to premium to explore, and saved nothing.
  expect(saving.perIntentUsd.low).toBeLessThan(0.9 * TRUTH);
  expect(saving.perIntentUsd.high).toBeGreaterThan(0.9 * TRUTH);
  expect(saving.inAllUsd.value).toBeCloseTo(saving.perIntentUsd.value * saving.intents, 6);
});

test('the saving is negative against a baseline that is cheaper than the log’s policy', async () => {
  const [saving] = (await savingsAgainst(explored, 'mini')).features;
  if (saving?.kind !== 'estimate') return expect.unreachable();
  expect(saving.perIntentUsd.value).toBeLessThan(0);
});

test('a saving is refused with the reason when the log rarely used the baseline', async () => {
  const { features, total } = await savingsAgainst(both(), 'premium');
  expect(features.map(saving => [saving.feature, saving.kind])).toEqual([
    ['explored', 'estimate'],
    ['narrow', 'refused'],
  ]);
  expect(features[1]).toMatchObject({ reason: expect.stringContaining('100 are needed') });
  expect(total?.intents).toBe(features[0]?.intents);
});

test('a saving is refused for every feature when the log does not have the baseline', async () => {
  const { features, total } = await savingsAgainst(explored, 'opus');
  expect(features[0]).toMatchObject({ kind: 'refused' });
  expect(total).toBeUndefined();
});

test('savings cover only the requested features, and then have no total', async () => {
  const { features, total } = await savingsAgainst(both(), 'premium', { features: ['narrow'] });
  expect(features.map(saving => saving.feature)).toEqual(['narrow']);
  expect(total).toBeUndefined();
});

test('a note states which intents the saving covers if the baseline was not always eligible', async () => {
  let decisions = 0;
  const records = explored.records.map(record => {
    if (record.kind !== 'decided' || record.decision.plan[0] !== 'mini' || ++decisions > 40) return record;
    return { ...record, decision: { ...record.decision, eligible: ['mini'], propensity: 1 } };
  });
  const ledger = {
    async *scan() {
      yield* records;
    },
  };
  const [saving] = (await savingsAgainst(ledger, 'premium')).features;
  expect(saving).toMatchObject({ kind: 'estimate', intents: 3_960 });
  expect(saving).toMatchObject({
    note: expect.stringContaining('40 of 4,000 decisions are left out: the plan that always premium'),
  });
  expect((await savingsAgainst(explored, 'premium')).features[0]).not.toHaveProperty('note');
});

test('a saving states how many intents have no outcome, because its interval does not cover a bias from these', async () => {
  const ledger = {
    async *scan() {
      for (const record of explored.records) {
        if (record.kind !== 'labelled' || !record.intentId.endsWith('7')) yield record;
      }
    },
  };
  expect((await savingsAgainst(ledger, 'premium')).features[0]).toMatchObject({
    kind: 'estimate',
    note: expect.stringMatching(/^400 of 4,000 intents \(10\.0 %\) have no outcome and are left out/),
  });
});
