import { expect, test } from 'vitest';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import { thompson } from '../../../src/policies/thompson.ts';
import { simulatedLedger } from '../../../src/replay/worlds/simulated-ledger.ts';
import { cascadeWorld } from '../../../src/replay/worlds/cascade-world.ts';
import { modelsWorld } from '../../../src/replay/worlds/world.ts';

const world = cascadeWorld({
  name: 'w',
  cheap: { name: 'A', costUsd: 0.002, success: 0.7 },
  premium: { name: 'B', costUsd: 0.01, successIfCheapDid: 0.95, successIfNot: 0.8 },
  sensitivity: 0.9,
  specificity: 0.95,
  judgeCostUsd: 0.0005,
  failureCostUsd: 1,
});

test('the records of every intent give a labelled intent with its attempts', () => {
  const { records } = simulatedLedger(world, thompson({ floor: 'evaluation' }), { intents: 300, seed: 1 });
  const byIntent = Map.groupBy(records, ({ intentId }) => intentId);
  expect(byIntent.size).toBe(300);
  for (const facts of byIntent.values()) {
    expect(facts.map(({ revision }) => revision)).toEqual(facts.map((_, i) => i));
    const intent = foldIntent(facts);
    expect(['success', 'failure']).toContain(intent?.outcome.state);
    expect(intent?.attempts.length).toBeGreaterThan(0);
    expect(intent?.decided.decision.propensity).toBeGreaterThan(0);
  }
});

test('a scan returns the records, and the same seed gives the same ledger', async () => {
  const run = () => simulatedLedger(world, thompson(), { intents: 50, seed: 2 });
  const scanned = await Array.fromAsync(run().scan());
  expect(scanned).toEqual(run().records);
});

test('an intent is decided with the segment and the failure cost that the simulated world gives it', () => {
  const users = modelsWorld({
    name: 'users',
    failureCostUsd: 1,
    arrival: step =>
      step % 2 === 0 ? { segment: 'paid', failureCostUsd: 200 } : { segment: 'free', failureCostUsd: 0.05 },
    models: [
      { name: 'mini', costUsd: 0.002, success: 0.8 },
      { name: 'premium', costUsd: 0.014, success: 0.95 },
    ],
  });
  const { records } = simulatedLedger(users, thompson({ floor: 'evaluation' }), { intents: 1000, seed: 1 });
  const decided = records.filter(record => record.kind === 'decided');
  expect(decided.slice(0, 2)).toMatchObject([
    { segment: 'paid', failureCostNanoUsd: 200_000_000_000 },
    { segment: 'free', failureCostNanoUsd: 50_000_000 },
  ]);
  // A failure of $200 is worth the price of premium, and one of $0.05 is not.
  const withPremium = (segment: string): number =>
    decided.filter(record => record.segment === segment && record.decision.plan[0] === 'premium').length;
  expect(withPremium('paid')).toBeGreaterThan(400);
  expect(withPremium('free')).toBeLessThan(200);
});
