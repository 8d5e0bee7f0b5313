/** The figures of the plans and the traffic that a forecast needs, from a ledger's cells. */
import type { Cell, Sums } from '../cells/cell.ts';
import { spanOf } from '../cells/period.ts';
import { sumsByPlan } from '../cells/sums.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import { matureCells } from './mature-cells.ts';
import { cellsSince, lastChangeMs, modelsInTwoVersions } from './since-change.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

/** The ledger's figures of the compared plans, from which a forecast is made. */
export interface KnownPlans {
  /** Sums of `plan` cells. */
  readonly sums: ReadonlyMap<PlanKey, Sums>;
  /** The sums since the last change; only they can settle the comparison. */
  readonly sinceChange: ReadonlyMap<PlanKey, Sums>;
  /** The cells of these sums: all, and those since the last change. */
  readonly cells: readonly Cell[];
  readonly cellsSinceChange: readonly Cell[];
  /** Outcomes in a year at the present rate; absent where the ledger covers less than a day. */
  readonly outcomesPerYear: number | undefined;
  /** See {@link modelsInTwoVersions}. */
  readonly inTwoVersions: readonly string[];
}

/** `undefined` before the first outcome. */
export function knownPlans(
  cells: readonly Cell[],
  facts: {
    readonly silence?: { readonly afterMs: number };
    /** The last change of these cells, where it is known already: searching for it takes most of the time. */
    readonly change?: { readonly atMs: number | undefined } | undefined;
  },
  nowMs: number,
): KnownPlans | undefined {
  const mature = matureCells(cells, facts, nowMs);
  const span = spanOf(mature);
  const sums = sumsByPlan(mature);
  const outcomes = [...sums.values()].reduce((sum, { labelled = 0n }) => sum + Number(labelled), 0);
  if (span === undefined || outcomes === 0) return undefined;
  const spanMs = span.toMs - span.fromMs;
  const { change = { atMs: lastChangeMs(mature) } } = facts;
  const cellsSinceChange = cellsSince(mature, change.atMs);
  return {
    sums,
    sinceChange: cellsSinceChange === mature ? sums : sumsByPlan(cellsSinceChange),
    cells: mature,
    cellsSinceChange,
    inTwoVersions: modelsInTwoVersions(mature),
    // Cells count whole hours, so a few minutes of traffic would look like an hour's traffic, and a few hours' like a day's.
    outcomesPerYear: spanMs < DAY_MS ? undefined : (outcomes * YEAR_MS) / spanMs,
  };
}
