/**
 * A view of a ledger in which an impossible value is treated as a damaged row; otherwise it would become a wrong figure.
 */
import type { ScanRange } from '../../contracts/ledger-source.ts';
import type { RecordTexts } from '../../contracts/record-texts.ts';
import { textsOf, withTexts } from '../../contracts/record-texts.ts';
import type { StoreView } from '../../contracts/store.ts';
import type { Cell, SumName } from '../../core/cells/cell.ts';
import { cellKeyString } from '../../core/cells/cell.ts';
import type { LedgerRecord } from '../../core/ledger/records.ts';
import { RouterError } from '../../errors.ts';
import { damageOf } from '../../exports/ledger/record-check.ts';

/** Records and cells are read as from the view itself. Rows with impossible values call `damaged`, or make the read fail. */
export function checkedView(view: StoreView): StoreView {
  const texts = textsOf(view);
  const { loadAll } = view;
  async function* scan(range: ScanRange = {}): AsyncGenerator<LedgerRecord> {
    for await (const record of view.scan(range)) {
      const damage = damageOf(record);
      if (damage === undefined) yield record;
      else if (range.damaged === undefined) throw damage;
      else range.damaged(damage, record.intentId);
    }
  }
  return {
    ...view,
    load: async intentId => checked(await view.load(intentId)),
    ...(loadAll && { loadAll: async ids => (await loadAll(ids)).map(checked) }),
    scan: withTexts(
      scan,
      texts &&
        async function* (range) {
          for await (const page of texts(range)) yield checkedTexts(page);
        },
    ),
    async cells(feature, damaged) {
      const cells = await view.cells(feature, damaged);
      return cells.filter(cell => {
        const damage = damageOfCell(cell);
        if (damage !== undefined && damaged === undefined) throw damage;
        if (damage !== undefined) damaged?.(damage);
        return damage === undefined;
      });
    },
  };
}

function checked(records: readonly LedgerRecord[]): readonly LedgerRecord[] {
  const damage = records.map(damageOf).find(each => each !== undefined);
  if (damage !== undefined) throw damage;
  return records;
}

function checkedTexts(page: RecordTexts): RecordTexts {
  return {
    ...page,
    record(index) {
      const record = page.record(index);
      const damage = record && damageOf(record);
      if (damage !== undefined) throw damage;
      return record;
    },
  };
}

function damageOfCell({ key, sums }: Cell): RouterError | undefined {
  // Not by `Object.entries`, because a year has tens of thousands of cells.
  let negative: SumName | undefined;
  for (const name in sums) if ((sums[name as SumName] ?? 0n) < 0n) negative ??= name as SumName;
  if (negative === undefined) return undefined;
  return new RouterError('invalid-data', `${negative}: ${sums[negative]} is below 0`, {
    path: `cells (key ${JSON.stringify(cellKeyString(key))})`,
    accepted: 'statistics that follow from the ledger: `outcome-router rebuild` makes them again',
  });
}
