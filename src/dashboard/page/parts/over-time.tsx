/** A feature over time: the traffic of every plan and the cost per intent, with change points marked. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { DriftEvent } from '../../../core/report/drift.ts';
import type { HistoryStep } from '../../../core/report/history.ts';
import { describeDrift } from '../../../core/report/drift-words.ts';
import type { FeatureReport } from '../../../core/report/feature-report.ts';
import {
  describePlan,
  formatCount,
  formatMoment,
  formatPercent,
  formatUsd,
  formatWhole,
} from '../../../core/report/wording.ts';
import { Estimate, Table } from './figures.tsx';
import { FigurePlot } from './figure-plot.tsx';
import { Plot } from './plot.tsx';
import { trafficLines } from './series.ts';
import { stepLabel } from './time-labels.ts';

export function OverTime(props: {
  readonly report: FeatureReport;
  readonly changes: readonly DriftEvent[];
}): JSX.Element {
  const { report, changes } = props;
  const { history, plans, feature } = report;
  const { steps, widthMs } = history;
  const times = useMemo(() => steps.map(step => step.fromMs / 1000), [steps]);
  const traffic = useMemo(() => trafficLines(steps, plans), [steps, plans]);
  const marks = useMemo(
    () => changes.map(({ atMs }) => ({ at: atMs / 1000, label: stepLabel(atMs / 1000, 86_400) })),
    [changes],
  );
  const at = (step: number): string => stepLabel(times[step] ?? 0, widthMs / 1000);
  const of = (step: number): HistoryStep => steps[step] as HistoryStep;
  const shares = (step: number): string =>
    plans
      .filter(({ plan }) => (of(step).plans[plan] ?? 0) > 0)
      .map(({ plan }) => `${describePlan(plan)} ${formatPercent((of(step).plans[plan] ?? 0) / of(step).intents)}`)
      .join(', ');
  return (
    <>
      <div class="plots">
        <FigurePlot
          {...{ times, steps, marks, at }}
          name="Cost per intent"
          kind="amount"
          of={feature}
          figureOf={step => step.costPerIntentUsd}
        />
        <FigurePlot
          {...{ times, steps, marks, at }}
          name="Success"
          kind="rate"
          of={feature}
          figureOf={step => step.success}
        />
        <div>
          <h3>Traffic by plan</h3>
          <Plot
            title={`Traffic by plan of ${feature} over time; the figures are in the table below`}
            times={times}
            lines={traffic}
            format={formatWhole}
            top={1}
            marks={marks}
            words={step => `${at(step)}: ${shares(step)}`}
          />
        </div>
      </div>
      <details>
        <summary>Figures of the plots</summary>
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
      {changes.length === 0 ? (
        <p>None in this period: no rate has a change point, and no model, price or prompt has changed.</p>
      ) : (
        <ul class="notes">
          {changes.toReversed().map(event => (
            <li key={describeDrift(event)}>{describeDrift(event)}</li>
          ))}
        </ul>
      )}
    </>
  );
}
