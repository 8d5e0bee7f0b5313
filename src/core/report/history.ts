/** A feature over time: what was chosen, how well it did and what it cost, step by step. */
import { costSample } from './estimate.ts';
import type { Figure } from '../math/interval.ts';
import { costPerIntent, wilson } from '../math/interval.ts';
import type { Tally } from '../cells/period.ts';
import { addTo, spanOf, stepFor, stepsOf } from '../cells/period.ts';
import type { Cell } from '../cells/cell.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';

export interface HistoryStep {
  readonly fromMs: number;
  readonly intents: number;
  readonly labelled: number;
  readonly success: Figure;
  readonly costPerIntentUsd: Figure;
  /** Intents per plan; plans without any left out. */
  readonly plans: Readonly<Record<PlanKey, number>>;
}

export interface History {
  /** Width of a step, whole hours. */
  readonly widthMs: number;
  readonly steps: readonly HistoryStep[];
}

/** Steps that a plot has room for. */
const MAX_STEPS = 60;

/**
 * From `plan` cells; steps without intents are kept.
 *
 * @param about.heard the cells that estimates are made from; default: all
 */
export function historyOf(
  cells: readonly Cell[],
  { failureCostUsd, heard = cells }: { readonly failureCostUsd: number; readonly heard?: readonly Cell[] },
): History {
  const span = spanOf(cells);
  if (span === undefined) return { widthMs: 3_600_000, steps: [] };
  const widthMs = stepFor(span, MAX_STEPS);
  const estimated = stepsOf(heard, span, widthMs);
  const steps = stepsOf(cells, span, widthMs).map(({ fromMs, plans }, i): HistoryStep => {
    const total: Tally = {};
    for (const sums of estimated[i]?.plans.values() ?? []) addTo(total, sums);
    const sample = costSample(total, failureCostUsd);
    const counts = Object.fromEntries([...plans].map(([plan, sums]) => [plan, Number(sums.n ?? 0n)]));
    return {
      fromMs,
      intents: Object.values(counts).reduce((sum, n) => sum + n, 0),
      labelled: sample.labelled,
      success: wilson(sample.successes, sample.labelled),
      costPerIntentUsd: costPerIntent(sample),
      plans: counts,
    };
  });
  return { widthMs, steps };
}
