/** A feature over time: the traffic of every plan and the cost per intent, with change points marked. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { describeDrift } from '../../../core/report/drift-words.ts';
import type { FeatureReport } from '../../../core/report/feature-report.ts';
import { describePlan, formatCount, formatMoment, formatPercent, formatUsd } from '../../../core/report/wording.ts';
import { Estimate, Table } from './figures.tsx';
import { Plot } from './plot.tsx';
import { costLines, trafficLines } from './series.ts';

export function OverTime({ report }: { readonly report: FeatureReport }): JSX.Element {
  const { history, plans, drift, feature } = report;
  const { steps } = history;
  const times = useMemo(() => steps.map(step => step.fromMs / 1000), [steps]);
  const traffic = useMemo(() => trafficLines(steps, plans), [steps, plans]);
  const costs = useMemo(() => costLines(steps), [steps]);
  const marks = useMemo(() => drift.map(event => event.atMs / 1000), [drift]);
  return (
    <section aria-labelledby="over-time">
      <h2 id="over-time">Over time</h2>
      <h3>Traffic by plan</h3>
      <Plot
        title={`Traffic by plan of ${feature} over time; the figures are in the table below`}
        times={times}
        lines={traffic}
        format={formatPercent}
        top={1}
        marks={marks}
      />
      <h3>Cost per intent, with its interval</h3>
      <Plot
        title={`Cost per intent of ${feature} over time; the figures are in the table below`}
        times={times}
        lines={costs}
        format={formatUsd}
        bands={COST_BANDS}
        marks={marks}
      />
      <details>
        <summary>The figures of both plots</summary>
        <Table
          caption={`${feature} over time`}
          rows={steps}
          rowKey={step => String(step.fromMs)}
          columns={[
            { title: 'From (UTC)', cell: step => formatMoment(step.fromMs) },
            { title: 'Intents', number: true, cell: step => formatCount(step.intents) },
            { title: 'Success', number: true, cell: step => <Estimate of={step.success} as={formatPercent} /> },
            {
              title: 'Cost per intent',
              number: true,
              cell: step => <Estimate of={step.costPerIntentUsd} as={formatUsd} />,
            },
            ...plans.map(({ plan }) => ({
              title: describePlan(plan),
              number: true,
              cell: (step: (typeof steps)[number]) =>
                formatPercent(step.intents > 0 ? (step.plans[plan] ?? 0) / step.intents : Number.NaN),
            })),
          ]}
        />
      </details>
      <h3>Changes</h3>
      {drift.length === 0 ? (
        <p>None: no rate has a change point, and no model, price or prompt has changed.</p>
      ) : (
        <ul class="notes">
          {drift.toReversed().map(event => (
            <li key={describeDrift(event)}>{describeDrift(event)}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Indexes of the lines that are the upper and lower limit. */
const COST_BANDS = [[0, 1]] as const;
