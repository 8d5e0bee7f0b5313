/** All features over time: what a success costs, how often intents succeed, and what the models cost. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { OverviewStep } from '../../messages.ts';
import {
  formatCount,
  formatFigure,
  formatMoment,
  formatPercent,
  formatUsd,
  formatWhole,
} from '../../../core/report/wording.ts';
import { Estimate, Table } from './figures.tsx';
import { Plot } from './plot.tsx';
import { INTERVAL_BAND, intervalLines } from './series.ts';
import { stepLabel } from './time-labels.ts';

export function TotalPlots({ steps }: { readonly steps: readonly OverviewStep[] }): JSX.Element {
  const times = useMemo(() => steps.map(step => step.fromMs / 1000), [steps]);
  const cost = useMemo(
    () =>
      intervalLines(
        'Cost per success',
        steps.map(step => step.costPerSuccessUsd),
      ),
    [steps],
  );
  const success = useMemo(
    () =>
      intervalLines(
        'Success',
        steps.map(step => step.success),
      ),
    [steps],
  );
  const spend = useMemo(
    () => [{ name: 'Model spend', colour: 0, values: steps.map(step => step.spendUsd), shape: 'bars' as const }],
    [steps],
  );
  const widthS = times.length < 2 ? 3_600 : (times[1] as number) - (times[0] as number);
  const at = (step: number): string => stepLabel(times[step] ?? 0, widthS);
  const lows = steps.flatMap(({ success: { low, value } }) => (Number.isNaN(value) ? [] : [low]));
  const lowest = lows.length === 0 ? 0 : Math.min(...lows);
  const of = (step: number): OverviewStep => steps[step] as OverviewStep;
  return (
    <section aria-labelledby="over-time">
      <h2 id="over-time">Over time, all features</h2>
      <div class="plots">
        <div>
          <h3>Cost per success</h3>
          <Plot
            title="Cost per success of all features over time; the figures are in the table below"
            times={times}
            lines={cost}
            bands={INTERVAL_BAND}
            format={formatUsd}
            height={170}
            words={step => `${at(step)}: ${formatFigure(of(step).costPerSuccessUsd, formatUsd)}`}
          />
        </div>
        <div>
          <h3>Success</h3>
          <Plot
            title="Success rate of all features over time; the figures are in the table below"
            times={times}
            lines={success}
            bands={INTERVAL_BAND}
            format={formatWhole}
            from={Math.max(0, Math.floor(lowest * 10) / 10)}
            top={1}
            height={170}
            words={step => `${at(step)}: ${formatFigure(of(step).success, formatPercent)}`}
          />
        </div>
        <div>
          <h3>Model spend</h3>
          <Plot
            title="Model spend of all features over time; the figures are in the table below"
            times={times}
            lines={spend}
            format={formatUsd}
            height={170}
            words={step => `${at(step)}: ${formatUsd(of(step).spendUsd)}`}
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
