/** All features: their costs, their success rates, and the largest possible savings. */
import type { JSX } from 'preact';
import { unlabelledNote } from '../../../core/report/notes.ts';
import {
  describePlan,
  formatCount,
  formatPercent,
  formatTotal,
  formatUsd,
  POSSIBLE_SAVINGS,
  STATE_MEANINGS,
} from '../../../core/report/wording.ts';
import type { OverviewMessage } from '../../messages.ts';
import { Controls } from '../parts/controls.tsx';
import { CostBar } from '../parts/cost-bar.tsx';
import { Estimate, Table, Tiles } from '../parts/figures.tsx';
import { hashOf } from '../route.ts';

export function Overview({ overview }: { readonly overview: OverviewMessage }): JSX.Element {
  if (overview.features.length === 0) {
    return (
      <>
        <h1>Overview</h1>
        <p>The ledger has no intents yet. This page updates by itself when the first one is recorded.</p>
        <Controls controls={overview.controls} />
      </>
    );
  }
  const notInTotal = unlabelledNote(overview);
  const rows = overview.features.map((feature, i) => ({ ...feature, ...overview.costByFeature[i] }));
  return (
    <>
      <h1>Overview</h1>
      <Tiles
        tiles={[
          ['Total cost', formatTotal(overview.totalUsd)],
          ['Model spend', formatTotal(overview.spendUsd)],
          ['Failure cost', formatTotal(overview.failureUsd)],
          ['Intents', formatCount(overview.intents)],
          ['No outcome yet', formatCount(overview.pending)],
          ['No outcome recorded (window expired)', formatCount(overview.unknown)],
        ]}
      />
      {notInTotal !== undefined && <p class="muted">{notInTotal}</p>}
      <Controls controls={overview.controls} />
      <Table
        caption="Features by total cost. Intervals are 95 %."
        rows={rows}
        rowKey={row => row.feature}
        columns={[
          {
            title: 'Feature',
            cell: row => <a href={hashOf({ page: 'feature', feature: row.feature })}>{row.feature}</a>,
          },
          { title: 'Intents', number: true, cell: row => formatCount(row.intents) },
          { title: 'Success', number: true, cell: row => <Estimate of={row.success} as={formatPercent} /> },
          {
            title: 'Cost per intent',
            number: true,
            cell: row => <Estimate of={row.costPerIntentUsd} as={formatUsd} />,
          },
          {
            title: 'Cost per success',
            number: true,
            cell: row => <Estimate of={row.costPerSuccessUsd} as={formatUsd} />,
          },
          { title: 'Status', cell: row => <span class={`state ${row.state}`}>{row.state}</span> },
          { title: 'Total cost', number: true, cell: row => formatTotal(row.totalCost.totalUsd) },
          { title: '% of total', number: true, cell: row => formatPercent(row.fraction ?? 0) },
        ]}
      />
      <h2>Where the money goes</h2>
      {overview.features.map(feature => (
        <CostBar key={feature.feature} name={feature.feature} cost={feature.totalCost} />
      ))}
      {overview.toGain.length > 0 && (
        <>
          <h2>Largest possible savings</h2>
          <Table
            caption={POSSIBLE_SAVINGS}
            rows={overview.toGain}
            rowKey={gain => gain.feature}
            columns={[
              {
                title: 'Feature',
                cell: gain => <a href={hashOf({ page: 'feature', feature: gain.feature })}>{gain.feature}</a>,
              },
              { title: 'Plan', cell: gain => describePlan(gain.plan) },
              { title: 'Per intent', number: true, cell: gain => <Estimate of={gain.perIntentUsd} as={formatUsd} /> },
              {
                title: 'Over 7 days',
                number: true,
                cell: gain => <Estimate of={gain.inAllUsd} as={formatUsd} />,
              },
            ]}
          />
        </>
      )}
      <h2>Status</h2>
      <dl class="words">
        {Object.entries(STATE_MEANINGS).map(([state, meaning]) => (
          <div key={state}>
            <dt>
              <span class={`state ${state}`}>{state}</span>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
