/** A feature over time, in equal steps: traffic by plan, success rate and cost. */
import { MAX_HISTORY_STEPS } from './constants.ts';
import { costSample } from './cost-sample.ts';
import type { Figure } from '../math/interval.ts';
import { costPerIntent, wilson } from '../math/interval.ts';
import type { Step } from '../cells/period.ts';
import { spanOf, stepFor, stepsOf, stepStarts } from '../cells/period.ts';
import { sumOf } from '../cells/sums.ts';
import type { Cell } from '../cells/cell.ts';
import { BUCKET_MS } from '../cells/cell.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';

export interface HistoryStep {
  readonly fromMs: number;
  readonly intents: number;
  readonly labelled: number;
  readonly success: Figure;
  readonly costPerIntentUsd: Figure;
  /** Intents per plan; plans without intents in this step are left out. */
  readonly plans: Readonly<Record<PlanKey, number>>;
}

export interface History {
  /**
   * Width of a step, whole hours. A step that would divide an older bucket begins with that bucket, so that widths
   * differ.
   */
  readonly widthMs: number;
  readonly steps: readonly HistoryStep[];
}

/**
 * Computes a history from `plan` cells; steps without intents are kept.
 *
 * @param options.matureCells the cells to estimate rates from; default: all
 */
export function historyOf(
  cells: readonly Cell[],
  { failureCostUsd, matureCells = cells }: { readonly failureCostUsd: number; readonly matureCells?: readonly Cell[] },
): History {
  const span = spanOf(cells);
  if (span === undefined) return { widthMs: BUCKET_MS, steps: [] };
  const widthMs = stepFor(span, MAX_HISTORY_STEPS);
  const starts = stepStarts(cells, span, widthMs);
  const steps = stepsOf(cells, span, starts);
  const estimated = matureCells === cells ? steps : stepsOf(matureCells, span, starts);
  return {
    widthMs,
    steps: steps.map((step, i) => historyStep(step, { failureCostUsd, estimated: estimated[i]?.plans ?? new Map() })),
  };
}

/** @param options.estimated the sums by plan from which rates are estimated */
export function historyStep(
  { fromMs, plans }: Step,
  { failureCostUsd, estimated = plans }: { readonly failureCostUsd: number; readonly estimated?: Step['plans'] },
): HistoryStep {
  const sample = costSample(sumOf(estimated.values()), failureCostUsd);
  const counts = Object.fromEntries([...plans].map(([plan, sums]) => [plan, Number(sums.n ?? 0n)]));
  return {
    fromMs,
    intents: Object.values(counts).reduce((sum, n) => sum + n, 0),
    labelled: sample.labelled,
    success: wilson(sample.successes, sample.labelled),
    costPerIntentUsd: costPerIntent(sample),
    plans: counts,
  };
}
