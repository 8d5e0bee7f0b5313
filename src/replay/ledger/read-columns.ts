/** Reads a ledger into columns: from the record texts if its store has them, or else record by record. */
import { textsOf } from '../../contracts/record-texts.ts';
import type { RecordColumns } from './record-columns.ts';
import { recordColumns } from './record-columns.ts';
import type { ReplayedLedger } from './replayed-ledger.ts';

/** Records between two calls of `progress`. */
export const PROGRESS_EVERY = 5_000;

export async function readColumns(
  ledger: ReplayedLedger,
  range: { readonly feature?: string },
  progress: ((records: number) => void) | undefined,
): Promise<RecordColumns> {
  const columns = recordColumns();
  let records = 0;
  const count = (): void => {
    if (++records % PROGRESS_EVERY === 0) progress?.(records);
  };
  const texts = textsOf(ledger);
  if (texts === undefined) {
    for await (const record of ledger.scan(range)) {
      count();
      columns.add(record);
    }
    return columns;
  }
  for await (const page of texts(range)) {
    for (let index = 0; index < page.length; index++) {
      count();
      columns.addText(page, index);
    }
  }
  return columns;
}
