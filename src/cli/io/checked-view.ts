/** A view of a ledger in which a value that no ledger can have is a damaged row: it would become a wrong figure otherwise. */
import type { StoreView } from '../../contracts/store.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { cellKeyString } from '../../core/cells/cell.ts';
import { RouterError } from '../../errors.ts';
import { damageOf } from '../../exports/ledger/record-check.ts';

/** Records and cells are read as from the view itself; `damaged` is called, or the read fails, for these rows too. */
export function checkedView(view: StoreView): StoreView {
  return {
    ...view,
    async load(intentId) {
      const records = await view.load(intentId);
      const damage = records.map(damageOf).find(each => each !== undefined);
      if (damage !== undefined) throw damage;
      return records;
    },
    async *scan(range = {}) {
      for await (const record of view.scan(range)) {
        const damage = damageOf(record);
        if (damage === undefined) yield record;
        else if (range.damaged === undefined) throw damage;
        else range.damaged(damage, record.intentId);
      }
    },
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

function damageOfCell({ key, sums }: Cell): RouterError | undefined {
  const negative = Object.entries(sums).find(([, sum]) => sum < 0n);
  if (negative === undefined) return undefined;
  return new RouterError('invalid-data', `${negative.join(': ')} is below 0`, {
    path: `cells (key ${JSON.stringify(cellKeyString(key))})`,
    accepted: 'statistics that follow from the ledger: `outcome-router rebuild` makes them again',
  });
}
