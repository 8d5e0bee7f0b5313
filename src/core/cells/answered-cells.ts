/** What intents that were answered at once add to the statistics together. */
import type { AnsweredIntent } from '../ledger/answered-intent.ts';
import type { Cell } from './cell.ts';
import { contribution } from './contribution.ts';
import type { CellMap } from './sums.ts';
import { addCell } from './sums.ts';

/** The sum of their contributions. */
export function answeredCells(intents: readonly AnsweredIntent[]): readonly Cell[] {
  const cells: CellMap = new Map();
  for (const answered of intents) for (const cell of contribution(answered.intent())) addCell(cells, cell);
  return [...cells.values()];
}
