/** Cells of a period that begins or ends inside a day or a week of older statistics, divided by the records of its intents. */
import type { StoreView } from '../contracts/store.ts';
import type { Cell } from '../core/cells/cell.ts';
import { BUCKET_MS } from '../core/cells/cell.ts';
import { contribution } from '../core/cells/contribution.ts';
import { missingCells } from '../core/cells/differences.ts';
import { foldCells } from '../core/cells/grains.ts';
import type { Period } from '../core/cells/period.ts';
import { dividedBuckets } from '../core/cells/period.ts';
import type { CellMap } from '../core/cells/sums.ts';
import { addCell } from '../core/cells/sums.ts';
import { storedIntents } from './stored-intents.ts';

/** A bucket with more intents is counted whole. Larger: the period is exact for more ledgers, and takes seconds to read. */
const MAX_DIVIDED_INTENTS = 50_000;

/**
 * Returns the view with hourly cells for each day or week that the period divides. Such a bucket stays whole if some of its intents were
 * pruned or archived, or if it has too many intents.
 */
export function dividedAt(view: StoreView, period: Period): StoreView {
  return {
    ...view,
    async cells(feature, damaged) {
      let cells = await view.cells(feature, damaged);
      for (const bucket of dividedBuckets(period, cells)) cells = await divided(view, cells, { feature, bucket });
      return cells;
    },
  };
}

async function divided(
  view: StoreView,
  cells: readonly Cell[],
  { feature, bucket }: { readonly feature: string; readonly bucket: Required<Period> },
): Promise<readonly Cell[]> {
  const isInside = ({ key }: Cell): boolean =>
    key.bucket * BUCKET_MS >= bucket.fromMs && key.bucket * BUCKET_MS < bucket.toMs;
  const whole = cells.filter(isInside);
  const intents = whole.reduce((n, { key, sums }) => n + (key.scope === 'plan' ? Number(sums.n ?? 0n) : 0), 0);
  if (intents > MAX_DIVIDED_INTENTS) return cells;
  const hours: CellMap = new Map();
  for await (const intent of storedIntents(view, { feature, ...bucket }))
    for (const cell of contribution(intent)) addCell(hours, cell);
  const endHour = bucket.toMs / BUCKET_MS;
  const isWeek = whole.some(({ key }) => key.grain === 'week');
  const grains = { dayBefore: endHour, weekBefore: isWeek ? endHour : -Infinity };
  const inRecords = [...hours.values()];
  // If the records do not add up to the statistics, some records were removed: only the statistics are complete.
  if (missingCells(foldCells(inRecords, grains), foldCells(whole, grains)).length > 0) return cells;
  return [...cells.filter(cell => !isInside(cell)), ...inRecords];
}
