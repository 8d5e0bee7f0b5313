/** A feature's history as the lines of its plots. */
import type { HistoryStep } from '../../../core/report/history.ts';
import type { PlanKey } from '../../../core/ledger/vocabulary.ts';
import type { Figure } from '../../../core/math/interval.ts';
import { describePlan } from '../../../core/report/wording.ts';
import type { PlotLine } from './plot-line.ts';

/** Colors of the palette in `report-style.ts`. */
const COLOURS = 8;

export function colourOf(index: number): number {
  return index % COLOURS;
}

/**
 * Stacked traffic. Each line is the sum of its plan and those before it. The highest is drawn first and the others cover
 * it, so that the visible band of each plan is its own traffic.
 */
export function trafficLines(
  steps: readonly HistoryStep[],
  plans: readonly { readonly plan: PlanKey }[],
): readonly PlotLine[] {
  // An area has no width at a single step between two without intents.
  const shape = steps.some(step => step.intents === 0) ? 'bars' : 'area';
  const lines = plans.map(({ plan }, k): PlotLine => {
    const upTo = plans.slice(0, k + 1);
    const values = steps.map(step => {
      if (step.intents === 0) return null;
      return upTo.reduce((sum, each) => sum + (step.plans[each.plan] ?? 0), 0) / step.intents;
    });
    return { name: describePlan(plan), colour: colourOf(k), values, shape };
  });
  return lines.toReversed();
}

/** Limits are cut at this many medians: one wide interval would flatten the figures of all other steps. */
const LIMIT_PER_MEDIAN = 4;

/** Upper limit, lower limit, figure. A figure without a value, or without an upper limit, is a gap. */
export function intervalLines(name: string, figures: readonly Figure[]): readonly PlotLine[] {
  const values = figures.map(({ value }) => (Number.isFinite(value) ? value : null));
  const known = values.filter(value => value !== null).sort((a, b) => a - b);
  const cap = Math.max(LIMIT_PER_MEDIAN * (known[Math.floor(known.length / 2)] ?? 0), known.at(-1) ?? 0);
  const limit = (of: 'low' | 'high'): readonly (number | null)[] =>
    figures.map((figure, i) => (values[i] === null ? null : Math.min(cap, figure[of])));
  return [
    { name: 'upper limit', colour: 0, values: limit('high'), shape: 'edge' },
    { name: 'lower limit', colour: 0, values: limit('low'), shape: 'edge' },
    { name, colour: 0, values },
  ];
}

/** Indexes of the two limits of {@link intervalLines}. */
export const INTERVAL_BAND = [[0, 1]] as const;
