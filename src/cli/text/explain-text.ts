/** An explanation for the terminal. */
import type { Explanation } from '../../core/report/explanation.ts';
import { areReachedBySame, clientsOfPlan } from '../../core/report/plan-clients.ts';
import { formatFigure, formatMoment, formatPercent, formatUsd } from '../../core/report/wording.ts';
import { left, renderTable, right } from './table.ts';

/** The decision, a row for each plan, and what limits the policy. */
export function renderExplanation(explained: Explanation & { readonly segments: readonly string[] }): string {
  const { feature, segment, atMs, policy, plans, summary, decision, notes, segments } = explained;
  const table = renderTable(
    [
      left('Plan'),
      right('Probability now'),
      right('Cheapest'),
      right('Success'),
      right('Model spend'),
      right('Cost per intent'),
      ...(areReachedBySame(plans) ? [] : [left('Clients')]),
      left('Why'),
    ],
    plans.map(plan => [
      plan.description,
      plan.share === undefined ? '–' : formatPercent(plan.share),
      formatPercent(plan.chanceCheapest),
      formatFigure(plan.success, formatPercent),
      formatFigure(plan.spendUsd, formatUsd),
      formatFigure(plan.costPerIntentUsd, formatUsd),
      ...(areReachedBySame(plans) ? [] : [clientsOfPlan(plan)]),
      plan.reason,
    ]),
  );
  // If intents have a context, these outcomes belong to a few of the feature's intents, or to none.
  const whole = segments.length === 0 ? '' : ' (intents without context)';
  const of = segment === '' ? whole : ` (${segment})`;
  return [
    `${feature}${of}, as of ${formatMoment(atMs)} UTC, policy ${policy}`,
    summary,
    ...(decision === undefined ? [] : [decision.sentence]),
    table,
    ...notes,
    'Cheapest: how likely the plan is to have the lowest total cost. Figures are what is believed now, with 95 % intervals.',
    ...(segments.length === 0 ? [] : [`Other segments (--segment): ${segments.map(name => name || '""').join('; ')}.`]),
  ].join('\n');
}
