import fc from 'fast-check';
import { expect, test } from 'vitest';
import { totalCostOf } from '../../../src/core/report/total-cost.ts';
import { fromDecimalUsd } from '../../../src/core/ledger/money.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import type { Intent } from '../../../src/core/ledger/records.ts';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import { sumsBy } from '../../../src/core/cells/sums.ts';
import { cellsOf, FAILURE, made } from '../support/cells.ts';
import { anyRecords, attempt, REJECTED } from '../support/intents.ts';

function totalCostFor(intents: readonly Intent[]) {
  return totalCostOf(sumsBy(cellsOf(intents), { scope: 'plan', by: () => '' }).get('') ?? {});
}

test('law: the parts of a total cost are exact, never negative, and add up to model spend plus failure cost', () => {
  fc.assert(
    fc.property(fc.array(anyRecords, { maxLength: 5 }), histories => {
      const intents = histories.flatMap(records => foldIntent(records) ?? []);
      const cost = totalCostFor(intents);
      const spent = intents
        .flatMap(intent => intent.attempts)
        .reduce((sum, each) => sum + BigInt(each.costNanoUsd), 0n);
      expect(fromDecimalUsd(cost.spendUsd)).toBe(spent);
      expect(cost.lines.reduce((sum, line) => sum + fromDecimalUsd(line.usd), 0n)).toBe(fromDecimalUsd(cost.totalUsd));
      expect(fromDecimalUsd(cost.totalUsd)).toBe(fromDecimalUsd(cost.spendUsd) + fromDecimalUsd(cost.failureUsd));
      expect(cost.lines.filter(line => fromDecimalUsd(line.usd) < 0n)).toEqual([]);
    }),
  );
});

test('each attempt counts in one part: a retry of a later turn is a retry, not also a later turn', () => {
  const part = (kind: Attempt['kind'], turn: number, cost: number): Attempt =>
    attempt('mini', cost, { kind, turn, requestId: `r${turn}` });
  const intent = made({
    plan: ['mini', 'premium'],
    attempts: [
      part('first', 1, 1),
      { ...part('judge', 1, 2), ...REJECTED },
      attempt('mini>premium', 4, { kind: 'escalation' }),
      part('first', 2, 8),
      part('retry', 2, 16),
    ],
    evidence: [FAILURE],
    failureCostNanoUsd: 32,
  });
  expect(totalCostFor([intent]).lines.map(line => [line.part, fromDecimalUsd(line.usd)])).toEqual([
    ['first', 1n],
    ['later-turns', 8n],
    ['retry', 16n],
    ['cascade', 4n],
    ['judge', 2n],
    ['failure', 32n],
  ]);
});

test('fractions are of the total cost, and 0 where nothing was spent', () => {
  expect(totalCostFor([]).lines.every(line => line.fraction === 0 && line.usd === '0')).toBe(true);
  expect(totalCostFor([made({})]).lines[0]).toMatchObject({ part: 'first', usd: '0.01', fraction: 1 });
});

test('spend on attempts with estimated usage is reported as a part of the model spend', () => {
  const attempts = [attempt('mini', 1_000), attempt('mini', 2_000, { kind: 'retry', provenance: 'estimated' })];
  expect(totalCostFor([made({ attempts })])).toMatchObject({ spendUsd: '0.000003', estimatedUsd: '0.000002' });
});
