import { expect, test } from 'vitest';
import type { DecidedRecord } from '../../../src/core/ledger/records.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import type { PlansSeen } from '../../../src/replay/ledger/ledger-run.ts';
import { ask, resultOf, see, startLedgerRun } from '../../../src/replay/ledger/ledger-run.ts';

function decided(intentId: string, plan: string, eligible: readonly string[]): DecidedRecord {
  return {
    kind: 'decided',
    intentId,
    revision: 0,
    feature: 'f',
    atMs: 0,
    segment: '',
    decision: { plan: [plan], propensity: 0.5, eligible, policy: 'test', reason: '' },
    failureCostNanoUsd: 15e9,
    versions: {},
  };
}

function startedWith(records: readonly DecidedRecord[]) {
  const seen = new Map<string, PlansSeen>();
  for (const record of records) see(seen, record);
  return startLedgerRun('f', seen.get('f') as PlansSeen);
}

test('every plan that was chosen or eligible is one of the feature’s', () => {
  const run = startedWith([decided('1', 'mini', ['mini', 'premium']), decided('2', 'large', ['large'])]);
  expect(new Set(run.plans.map(([model]) => model))).toEqual(new Set(['large', 'mini', 'premium']));
});

test('decisions at which the other policy’s plan was not eligible are counted and left out of every share', () => {
  const records = [
    decided('1', 'mini', ['mini', 'premium']),
    decided('2', 'premium', ['mini', 'premium']),
    decided('3', 'mini', ['mini']),
  ];
  const run = startedWith(records);
  const question = { policy: fixed('premium'), question: {}, random: seededRandom(1) };
  const asked = records.map(record => ask(run, record, question));
  expect(asked.map(answer => answer?.target)).toEqual([0, 1, undefined]);
  expect(resultOf(run)).toMatchObject({
    decisions: 3,
    notEligible: 1,
    logged: { mini: 0.5, premium: 0.5 },
    target: { mini: 0, premium: 1 },
    estimate: { kind: 'refused', reason: expect.stringContaining('not eligible') as string },
  });
});
