/** The columns that are read of a usual intent must give the same as folding its records. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { setFloats, zeroSums } from '../../../src/core/beliefs/routing-sums.ts';
import type { RoundedCell } from '../../../src/core/cells/cell.ts';
import { deltaOf, nodeContribution } from '../../../src/core/cells/contribution.ts';
import { growingRateCells } from '../../../src/core/cells/rate-cells.ts';
import type { Intent, LedgerRecord } from '../../../src/core/ledger/records.ts';
import { recordColumns } from '../../../src/replay/ledger/record-columns.ts';
import { replayOutcomeOf } from '../../../src/replay/ledger/replay-outcome.ts';
import { endOf } from '../../../src/replay/ledger/replay-outcome.ts';
import { usualIntents } from '../../../src/replay/ledger/usual-intents.ts';
import { attempt } from '../../core/support/intents.ts';
import { trials } from '../../support/trials.ts';
import { anyLedger } from './any-ledger.ts';
import { decided } from './decided.ts';

/** What learning reads of cells: their keys and sums, and what they add to pooled rates. */
function learnedFrom(cells: readonly RoundedCell[]) {
  const rates = growingRateCells();
  rates.add(cells);
  const read = cells.map(({ key, sums }) => {
    const floats = zeroSums();
    setFloats(floats, sums);
    return { key, floats };
  });
  return { cells: read.filter(({ floats }) => floats.some(sum => sum !== 0)), rates: rates.cells() };
}

const nodeCellsOf = (intent: Intent | undefined) => (intent === undefined ? [] : nodeContribution(intent));

function columnsOf(records: readonly LedgerRecord[]) {
  const columns = recordColumns();
  for (const record of records) columns.add(record);
  return { columns, usual: usualIntents(columns) };
}

test('law: what a record adds for learning is the difference between its intent before and after it', () => {
  fc.assert(
    fc.property(anyLedger, records => {
      const { columns, usual } = columnsOf(records);
      for (let index = 0; index < columns.length; index++) {
        const delta = usual.delta(index);
        if (delta === undefined) continue;
        const [before, after] = [columns.intentBefore(index), columns.intentAt(index)];
        expect(learnedFrom(delta)).toEqual(learnedFrom(deltaOf(nodeCellsOf(before), nodeCellsOf(after))));
      }
    }),
    { numRuns: trials(500) },
  );
});

test('law: the end of an intent is the one that its records give', () => {
  fc.assert(
    fc.property(anyLedger, records => {
      const { columns, usual } = columnsOf(records);
      for (let intent = 0; intent < columns.intents; intent++) {
        const end = usual.end(intent);
        if (end === undefined) continue;
        const whole = columns.intentAt(columns.lastOf(intent));
        const { costNanoUsd, outcome } = end;
        const { failureCostNanoUsd } = whole.decided;
        expect([outcome, end.outcomeAtMs]).toEqual([whole.outcome, whole.outcomeAtMs]);
        expect(endOf(outcome, { costNanoUsd, failureCostNanoUsd, failureCostUsd: undefined })).toEqual(
          replayOutcomeOf(whole, undefined),
        );
      }
    }),
    { numRuns: trials(300) },
  );
});

test('an intent that is decided, answered and labelled once is read without being built, and a second attempt is not', () => {
  const answered = { kind: 'attempted', intentId: '1', feature: 'f', atMs: 5, attempt: attempt('mini', 70) } as const;
  const { usual } = columnsOf([
    { ...decided('1', 'mini', ['mini']), atMs: 5, versions: { mini: 'm@1' } },
    { ...answered, revision: 1 },
    {
      kind: 'labelled',
      intentId: '1',
      feature: 'f',
      atMs: 9,
      revision: 2,
      evidence: { source: 'explicit', success: false },
    },
    { ...answered, revision: 3 },
  ]);
  const key = { scope: 'node', feature: 'f', segment: '', subject: 'mini', version: 'm@1', bucket: 0 };
  expect([0, 1, 2, 3].map(index => usual.delta(index))).toEqual([
    undefined,
    [{ key, sums: { n: 1, cost: 70, cost2: 4900, ended: 1 } }],
    [{ key, sums: { labelled: 1, failureDelayMs: 4 } }],
    undefined,
  ]);
});
