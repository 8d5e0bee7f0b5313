/** All features: is everything in order, what changed, what needs action; then the figures behind it. */
import type { JSX } from 'preact';
import { FeatureLink } from '../parts/feature-link.tsx';
import {
  describePlan,
  formatCount,
  formatPercent,
  formatTotal,
  formatUsd,
  POSSIBLE_SAVINGS,
  STATE_MEANINGS,
} from '../../../core/report/wording.ts';
import type { OverviewFeature, OverviewMessage } from '../../messages.ts';
import { AttentionList } from '../parts/attention-list.tsx';
import { CostChange } from '../parts/change.tsx';
import { Controls } from '../parts/controls.tsx';
import { CostBars } from '../parts/cost-bars.tsx';
import { Estimate, Table } from '../parts/figures.tsx';
import { useFirstRows } from '../parts/first-rows.tsx';
import { Headline } from '../parts/headline.tsx';
import { Jump } from '../parts/jump.tsx';
import { Spark } from '../parts/spark.tsx';
import { TotalPlots } from '../parts/total-plots.tsx';
import { WhatChanged } from '../parts/what-changed.tsx';

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
  return (
    <>
      <h1>Overview</h1>
      <p class="verdict">{overview.verdict}</p>
      <div class="first">
        <AttentionList
          items={overview.attention}
          isRouterKnown={overview.isRouterKnown}
          hasIntents={overview.features.some(({ intents }) => intents > 0)}
        />
        <WhatChanged features={overview.features} />
      </div>
      <Jump to={SECTIONS.filter(([id]) => id !== 'over-time' || overview.steps.length > 0)} />
      <Headline overview={overview} />
      {overview.steps.length > 0 && <TotalPlots steps={overview.steps} />}
      <h2 id="features">Features</h2>
      <Features features={overview.features} />
      <CostBars rows={overview.features} />
      <Savings gains={overview.possibleSavings} />
      <Controls controls={overview.controls} />
      <h2 id="status">Status</h2>
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

const SECTIONS = [
  ['over-time', 'Over time'],
  ['features', 'Features'],
  ['money', 'Where the money goes'],
  ['status', 'Status'],
] as const;

/** Rows of the table on a phone: about one screen. */
const ON_A_PHONE = 6;

function Features({ features }: { readonly features: readonly OverviewFeature[] }): JSX.Element {
  const { rows, all } = useFirstRows(features, ON_A_PHONE, 'features');
  return (
    <>
      <Table
        caption="Features by total cost. Intervals are 95 %; a change that chance may explain is grey."
        rows={rows}
        rowKey={row => row.feature}
        columns={[
          {
            title: 'Feature',
            cell: row => <FeatureLink name={row.feature} />,
          },
          {
            title: 'Cost per success',
            number: true,
            cell: row => <Estimate of={row.costPerSuccessUsd} as={formatUsd} />,
          },
          { title: 'Change', number: true, cell: row => <CostChange of={row.trend?.costPerSuccessUsd} /> },
          {
            title: 'Trend of it',
            folds: true,
            cell: row => (
              <Spark
                title={`Cost per success of ${row.feature} over the period`}
                values={row.steps.map(step => step.costPerSuccessUsd)}
                colour={4}
              />
            ),
          },
          {
            title: 'Success',
            folds: true,
            cell: row => (
              <span class="with-spark">
                <Estimate of={row.success} as={formatPercent} />
                <Spark
                  title={`Success of ${row.feature} over the period`}
                  values={row.steps.map(step => step.success)}
                  colour={0}
                />
              </span>
            ),
          },
          { title: 'Intents', number: true, folds: true, cell: row => formatCount(row.intents) },
          { title: 'Model spend', number: true, folds: true, cell: row => formatTotal(row.totalCost.spendUsd) },
          { title: 'Total cost', number: true, folds: true, cell: row => formatTotal(row.totalCost.totalUsd) },
          { title: 'Status', folds: true, cell: row => <span class={`state ${row.state}`}>{row.state}</span> },
        ]}
      />
      {all}
    </>
  );
}

function Savings({ gains }: { readonly gains: OverviewMessage['possibleSavings'] }): JSX.Element | null {
  if (gains.length === 0) return null;
  return (
    <>
      <h2>Largest possible savings</h2>
      <Table
        caption={`${POSSIBLE_SAVINGS}. Estimated now.`}
        rows={gains}
        rowKey={gain => gain.feature}
        columns={[
          {
            title: 'Feature',
            cell: gain => <FeatureLink name={gain.feature} />,
          },
          { title: 'Over 7 days', number: true, cell: gain => <Estimate of={gain.inAllUsd} as={formatUsd} /> },
          { title: 'With the plan', folds: true, cell: gain => describePlan(gain.plan) },
          {
            title: 'Per intent',
            number: true,
            folds: true,
            cell: gain => <Estimate of={gain.perIntentUsd} as={formatUsd} />,
          },
        ]}
      />
    </>
  );
}
