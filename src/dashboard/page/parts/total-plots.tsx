/** All features over time: the cost per success, the success rate, and the model spend. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { OverviewStep } from '../../messages.ts';
import { formatCount, formatMoment, formatPercent, formatUsd } from '../../../core/report/wording.ts';
import { Estimate, Table } from './figures.tsx';
import { FigurePlot } from './figure-plot.tsx';
import { Plot } from './plot.tsx';
import { stepLabel } from './time-labels.ts';

/** Height of every plot, pixels: three are in a row. */
const HEIGHT = 170;

export function TotalPlots({ steps }: { readonly steps: readonly OverviewStep[] }): JSX.Element {
  const times = useMemo(() => steps.map(step => step.fromMs / 1000), [steps]);
  const spend = useMemo(
    () => [{ name: 'Model spend', colour: 0, values: steps.map(step => step.spendUsd), shape: 'bars' as const }],
    [steps],
  );
  const widthS = times.length < 2 ? 3_600 : (times[1] as number) - (times[0] as number);
  const at = (step: number): string => stepLabel(times[step] ?? 0, widthS);
  return (
    <section aria-labelledby="over-time">
      <h2 id="over-time">Over time, all features</h2>
      <div class="plots">
        <FigurePlot
          {...{ times, steps, at }}
          name="Cost per success"
          kind="amount"
          of="all features"
          figureOf={step => step.costPerSuccessUsd}
          height={HEIGHT}
        />
        <FigurePlot
          {...{ times, steps, at }}
          name="Success"
          kind="rate"
          of="all features"
          figureOf={step => step.success}
          height={HEIGHT}
        />
        <div>
          <h3>Model spend</h3>
          <Plot
            title="Model spend of all features over time; the figures are in the table below"
            times={times}
            lines={spend}
            format={formatUsd}
            height={HEIGHT}
            words={step => `${at(step)}: ${formatUsd(steps[step]?.spendUsd ?? 0)}`}
          />
        </div>
      </div>
      <details>
        <summary>Figures of the plots</summary>
        <Table
          caption="All features over time"
          rows={steps}
          rowKey={step => String(step.fromMs)}
          columns={[
            { title: 'From (UTC)', cell: step => formatMoment(step.fromMs) },
            { title: 'Intents', number: true, cell: step => formatCount(step.intents) },
            {
              title: 'Cost per success',
              number: true,
              cell: step => <Estimate of={step.costPerSuccessUsd} as={formatUsd} />,
            },
            { title: 'Success', number: true, cell: step => <Estimate of={step.success} as={formatPercent} /> },
            { title: 'Model spend', number: true, cell: step => formatUsd(step.spendUsd) },
            { title: 'Failure cost', number: true, cell: step => formatUsd(step.failureUsd) },
          ]}
        />
      </details>
    </section>
  );
}
