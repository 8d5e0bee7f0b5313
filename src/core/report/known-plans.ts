/** What a ledger's cells say of the plans and of the traffic, for a forecast. */
import type { Cell } from '../cells/cell.ts';
import { spanOf } from '../cells/period.ts';
import { sumsByPlan } from '../cells/sums.ts';
import type { KnownPlans } from './explain-decision.ts';
import { matureCells } from './mature-cells.ts';
import { cellsSince, lastChangeMs } from './since-change.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

/** `undefined` before the first outcome. */
export function knownPlans(
  cells: readonly Cell[],
  facts: { readonly silence?: { readonly afterMs: number } },
  nowMs: number,
): KnownPlans | undefined {
  const mature = matureCells(cells, facts, nowMs);
  const span = spanOf(mature);
  const sums = sumsByPlan(mature);
  const outcomes = [...sums.values()].reduce((sum, { labelled = 0n }) => sum + Number(labelled), 0);
  if (span === undefined || outcomes === 0) return undefined;
  const spanMs = span.toMs - span.fromMs;
  // Cells count whole hours: a burst of minutes would look like an hour's traffic, and a few hours like every hour of a day.
  return {
    sums,
    sinceChange: sumsByPlan(cellsSince(mature, lastChangeMs(mature))),
    outcomesPerYear: spanMs < DAY_MS ? undefined : (outcomes * YEAR_MS) / spanMs,
  };
}
