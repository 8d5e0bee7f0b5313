import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import { priorPooling } from '../../../src/replay/common/prior-pooling.ts';
import { ledgerLearning } from '../../../src/replay/ledger/ledger-learning.ts';
import { startLedgerRun } from '../../../src/replay/ledger/ledger-run.ts';
import { recordColumns } from '../../../src/replay/ledger/record-columns.ts';
import type { UsualIntents } from '../../../src/replay/ledger/usual-intents.ts';
import { usualIntents } from '../../../src/replay/ledger/usual-intents.ts';
import { trials } from '../../support/trials.ts';
import { anyLedger } from './any-ledger.ts';

/** The beliefs about every segment half-way and at the end, as JSON has them to the last digit. */
function learnedFrom(records: readonly LedgerRecord[], isBuilt: boolean) {
  const columns = recordColumns();
  for (const record of records) columns.add(record);
  const features = new Map([...columns.plans].map(([name, plans]) => [name, startLedgerRun(name, plans)]));
  const pooling = priorPooling(new Map([...features].map(([name, { learned }]) => [name, learned])));
  const every: UsualIntents = usualIntents(columns);
  const usual = isBuilt ? { ...every, delta: () => undefined } : every;
  let counted = 0;
  const count = () => counted++;
  const learnUntil = ledgerLearning(columns, { features, usual, pooling, isWanted: () => true, count });
  const segments = new Set(records.map(record => (record.kind === 'decided' ? record.segment : '')));
  const beliefs = [Math.floor(columns.length / 2), columns.length].map(end => {
    learnUntil(end);
    return [...features.values()].flatMap(({ learned }) =>
      [...segments].map(segment => JSON.stringify(learned.segment(segment).posterior(1e12))),
    );
  });
  return { beliefs, counted, length: columns.length };
}

test('law: learning from usual intents by their columns gives the beliefs that building every intent gives', () => {
  fc.assert(
    fc.property(anyLedger, records => {
      const learned = learnedFrom(records, false);
      expect(learned).toEqual(learnedFrom(records, true));
      expect(learned.counted).toBe(learned.length);
    }),
    { numRuns: trials(100) },
  );
});
