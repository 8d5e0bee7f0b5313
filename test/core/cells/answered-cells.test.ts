import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answeredCells } from '../../../src/core/cells/answered-cells.ts';
import { cellKeyString } from '../../../src/core/cells/cell.ts';
import { contribution } from '../../../src/core/cells/contribution.ts';
import type { CellMap } from '../../../src/core/cells/sums.ts';
import { addCell, hasSums } from '../../../src/core/cells/sums.ts';
import { AnsweredIntent } from '../../../src/core/ledger/answered-intent.ts';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import { answeredIntent, HOUR, labelledAtOnce, NOON } from '../../stores/histories.ts';
import { trials } from '../../support/trials.ts';

const plan = fc.constantFrom(['mini'], ['premium'], ['mini', 'premium']);

const intent = fc
  .record({
    plan,
    segment: fc.constantFrom('', 'tier=free'),
    atMs: fc.constantFrom(NOON, NOON + 1, NOON + HOUR),
    versions: fc.constantFrom({ mini: 'mini@1', premium: 'premium@1' }, { mini: 'mini@2', premium: 'premium@1' }),
    costNanoUsd: fc.oneof(fc.constant(0), fc.nat(3), fc.maxSafeNat()),
    provenance: fc.constantFrom('reported', 'estimated', 'none'),
    servedBy: fc.constantFrom(undefined, undefined, undefined, 'other-1'),
    evidence: fc.constantFrom(undefined, { success: true }, { success: true, escalated: true }, { success: false }),
    failureCostNanoUsd: fc.constantFrom(0, 5_000_000_000),
  })
  .map(
    ({ plan: [model = '', ...others], segment, atMs, versions, servedBy, evidence, failureCostNanoUsd, ...money }) => {
      const attempt: Partial<Attempt> = {
        model,
        node: model,
        ...money,
        ...(servedBy === undefined ? {} : { servedBy }),
      };
      const answered = answeredIntent('i', attempt, {
        atMs,
        segment,
        versions,
        failureCostNanoUsd,
        plan: [model, ...others],
      });
      return evidence === undefined ? answered : labelledAtOnce(answered, evidence);
    },
  );

test('law: the cells of intents that were answered at once are the sum of each intent’s contribution', () => {
  fc.assert(
    fc.property(fc.array(intent, { maxLength: 12 }), intents => {
      const expected: CellMap = new Map();
      for (const each of intents) for (const cell of contribution(each.intent())) addCell(expected, cell);
      const found = answeredCells(intents);
      expect(new Map(found.map(cell => [cellKeyString(cell.key), cell]))).toEqual(expected);
      expect(found.every(hasSums)).toBe(true);
    }),
    { numRuns: trials(300) },
  );
});

test('where every intent has a decision of its own, the work grows only linearly with the number of intents', () => {
  let reads = 0;
  const intents = Array.from({ length: 1_000 }, () => answeredIntent('i'));
  for (const { decided } of intents) {
    const decision = { ...decided.decision };
    Object.defineProperty(decided, 'decision', { get: () => (reads++, decision) });
  }
  expect(answeredCells(intents)[0]?.sums.n).toBe(1_000n);
  expect(reads).toBeLessThan(20_000);
});

test('successes that differ only in cost are computed together, and each failure separately', () => {
  let computed = 0;
  const versions = { mini: 'mini@1' };
  const intents = [true, true, true, false, false].map(success => {
    const one = labelledAtOnce(answeredIntent('i', {}, { versions }), { success });
    return Object.assign(one, { intent: () => (computed++, AnsweredIntent.prototype.intent.call(one)) });
  });
  expect(answeredCells(intents)[0]?.sums).toMatchObject({ n: 5n, labelled: 5n, successes: 3n });
  expect(computed).toBe(3);
});
