/** A feature's history as the lines of its plots. */
import type { HistoryStep } from '../../../core/report/history.ts';
import type { PlanKey } from '../../../core/ledger/vocabulary.ts';
import { describePlan } from '../../../core/report/wording.ts';
import type { PlotLine } from './plot-line.ts';

/** Colours of the palette. */
const COLOURS = 8;

export function colourOf(index: number): number {
  return index % COLOURS;
}

/**
 * Stacked shares. Each line is the sum of its plan and those before it, and they are drawn from the highest down, so that
 * what is seen of each is its own part.
 */
export function shareLines(
  steps: readonly HistoryStep[],
  plans: readonly { readonly plan: PlanKey }[],
): readonly PlotLine[] {
  const lines = plans.map(({ plan }, k): PlotLine => {
    const upTo = plans.slice(0, k + 1);
    const values = steps.map(step => {
      if (step.intents === 0) return null;
      return upTo.reduce((sum, each) => sum + (step.plans[each.plan] ?? 0), 0) / step.intents;
    });
    return { name: describePlan(plan), colour: colourOf(k), values, filled: true };
  });
  return lines.toReversed();
}

/** Upper limit, lower limit, figure. Limits that would squeeze the figures flat are cut at four times the typical one. */
export function costLines(steps: readonly HistoryStep[]): readonly PlotLine[] {
  const values = steps.map(({ costPerIntentUsd: { value } }) => (Number.isFinite(value) ? value : null));
  const known = values.filter(value => value !== null).sort((a, b) => a - b);
  const most = Math.max(4 * (known[Math.floor(known.length / 2)] ?? 0), known.at(-1) ?? 0);
  const limit = (of: 'low' | 'high'): readonly (number | null)[] =>
    steps.map((step, i) => (values[i] === null ? null : Math.min(most, step.costPerIntentUsd[of])));
  return [
    { name: 'upper limit', colour: 0, values: limit('high'), edge: true },
    { name: 'lower limit', colour: 0, values: limit('low'), edge: true },
    { name: 'cost per intent', colour: 0, values, points: true },
  ];
}
