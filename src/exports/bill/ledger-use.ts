/** The charges of the ledger's attempts, without loading intents: a comparison with a bill does not need them. */
import type { LedgerRange, LedgerSource } from '../../contracts/ledger-source.ts';
import { recordsLeft } from '../../contracts/archiving.ts';
import type { AttemptedRecord } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import type { Attempt } from '../../core/ledger/vocabulary.ts';
import type { AttemptCharge, PriceOf } from '../focus/charges.ts';
import { attemptCharges } from '../focus/charges.ts';

/**
 * Calls `take` with each charge of the attempts that started in the range: with 1 for an added charge, with -1 for a charge of an
 * attempt that a later record replaces.
 */
export async function takeCharges(
  source: LedgerSource,
  { priceOf, feature, fromMs = -Infinity, toMs = Infinity }: LedgerRange & { readonly priceOf: PriceOf },
  take: (charge: AttemptCharge, sign: 1 | -1) => void,
): Promise<void> {
  const takeAll = (attempt: Attempt | undefined, sign: 1 | -1): void => {
    if (attempt !== undefined) for (const charge of attemptCharges(attempt, priceOf)) take(charge, sign);
  };
  // A record is appended after its attempt started, so `toMs` cannot limit the scan.
  const range = { kind: 'attempted', ...(feature === undefined ? {} : { feature }), fromMs } as const;
  for await (const record of source.scan(range)) {
    if (record.kind !== 'attempted') continue;
    const { startedAtMs } = record.attempt;
    if (startedAtMs < fromMs || startedAtMs >= toMs) continue;
    if (record.replaces !== undefined) {
      const before = await attemptBefore(source, record);
      // If there is no earlier attempt, the intent was removed meanwhile.
      if (before === undefined) continue;
      takeAll(before, -1);
    }
    takeAll(record.attempt, 1);
  }
}

/** The attempt that a record replaces, before that record. */
async function attemptBefore(
  source: LedgerSource,
  { intentId, revision, replaces = -1 }: AttemptedRecord,
): Promise<Attempt | undefined> {
  const records = await recordsLeft(source, intentId);
  return foldIntent(records.filter(record => record.revision < revision))?.attempts[replaces];
}
