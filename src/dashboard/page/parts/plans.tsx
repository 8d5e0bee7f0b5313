/** The estimates of every plan, the share that the policy gives it, and why. */
import type { JSX } from 'preact';
import type { Explanation, NodeBelief } from '../../../core/report/explanation.ts';
import type { PlanReport } from '../../../core/report/plan-report.ts';
import { areReachedBySame, clientsOfPlan } from '../../../core/report/plan-clients.ts';
import { formatCount, formatFigure, formatPercent, formatUsd, formatWhole } from '../../../core/report/wording.ts';
import { costAgainstSuccess } from '../../../exports/html/plane.ts';
import { whiskers } from '../../../exports/html/svg-plots.ts';
import { Estimate, Table } from './figures.tsx';
import { colourOf } from './series.ts';
import { SvgFigure } from './svg-figure.tsx';

interface PlansProps {
  readonly explanation: Explanation;
  readonly measured?: readonly PlanReport[];
  /** Period of the measured totals. */
  readonly period?: string;
  /** Whether the page has already explained, above, why the plan is chosen. */
  readonly isSaidAbove?: boolean;
}

export function Plans(props: PlansProps & { readonly title: string }): JSX.Element {
  const { segment } = props.explanation;
  const id = `plans-${segment}`;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>
        {props.title}
        {segment === '' ? '' : `: ${segment}`}
      </h2>
      <PlansBody {...props} />
    </section>
  );
}

export function PlansBody({
  explanation,
  measured = [],
  period = 'the whole ledger',
  isSaidAbove,
}: PlansProps): JSX.Element {
  const { plans, summary, decision, notes, policy, failureCostUsd, objective } = explanation;
  const nodes = new Map<string, NodeBelief>(plans.flatMap(plan => plan.nodes.map(node => [node.node, node])));
  return (
    <>
      <p class="summary">{summary}</p>
      {decision !== undefined && isSaidAbove !== true && <p>{decision.sentence}</p>}
      <p class="muted">
        Policy {policy}; objective:{' '}
        {objective === 'cost-per-intent' ? 'lowest cost per intent' : 'lowest cost per success'}; a failure costs{' '}
        {formatUsd(failureCostUsd)}.
      </p>
      {notes.map(note => (
        <p key={note} class="warn">
          {note}
        </p>
      ))}
      <div class="plots two">
        <div>
          <h3>Model spend against success</h3>
          <p class="muted small">
            Each dot is a plan, its cross the 95 % intervals, its size the share of new intents. On the dashed line no
            plan costs less and succeeds more.
          </p>
          <SvgFigure draw={width => planPlane(explanation, width)} />
        </div>
        <div>
          <h3>Expected cost per intent</h3>
          <p class="muted small">Model spend and failure cost, on one scale. An arrow: the interval goes on.</p>
          <SvgFigure draw={width => planIntervals(explanation, width)} />
        </div>
      </div>
      <Table
        caption="Plans: current estimates, in which recent outcomes weigh more, and the share of new intents"
        rows={plans}
        rowKey={plan => plan.plan}
        columns={[
          { title: 'Plan', cell: plan => plan.description },
          { title: 'Share', number: true, cell: plan => formatPercent(plan.share ?? Number.NaN) },
          {
            title: 'Chance to be cheapest',
            number: true,
            folds: true,
            cell: plan => formatPercent(plan.chanceCheapest),
          },
          {
            title: 'Success',
            number: true,
            folds: true,
            cell: plan => <Estimate of={plan.success} as={formatPercent} />,
          },
          {
            title: 'Model spend',
            number: true,
            folds: true,
            cell: plan => <Estimate of={plan.spendUsd} as={formatUsd} />,
          },
          {
            title: 'Cost per intent',
            number: true,
            cell: plan => <Estimate of={plan.costPerIntentUsd} as={formatUsd} />,
          },
          ...(areReachedBySame(plans) ? [] : [{ title: 'Clients', folds: true, cell: clientsOfPlan }]),
          { title: 'Why', folds: true, cell: plan => <span class="why">{plan.reason}</span> },
        ]}
      />
      <details>
        <summary>Estimates of every step, and totals of {period}</summary>
        <Table
          caption="Steps of the plans"
          rows={[...nodes.values()]}
          rowKey={node => node.node}
          columns={[
            { title: 'Step', cell: node => node.description },
            { title: 'Intents, weighted by age', number: true, cell: node => formatCount(node.visits) },
            { title: 'Success', number: true, cell: node => <Estimate of={node.success} as={formatPercent} /> },
            {
              title: 'Rejected',
              number: true,
              cell: node =>
                node.rejection === undefined ? 'never' : <Estimate of={node.rejection} as={formatPercent} />,
            },
            { title: 'Spend per intent', number: true, cell: node => formatUsd(node.costUsd) },
          ]}
        />
        {measured.length > 0 && (
          <Table
            caption={`Plans: totals of ${period}`}
            rows={measured}
            rowKey={plan => plan.plan}
            columns={[
              { title: 'Plan', cell: plan => plan.plan },
              { title: 'Intents', number: true, cell: plan => formatCount(plan.n) },
              { title: 'Outcomes', number: true, cell: plan => formatCount(plan.labelled) },
              { title: 'Success', number: true, cell: plan => <Estimate of={plan.success} as={formatPercent} /> },
              {
                title: 'Cost per intent',
                number: true,
                cell: plan => <Estimate of={plan.costPerIntentUsd} as={formatUsd} />,
              },
              {
                title: 'Cost per success',
                number: true,
                cell: plan => <Estimate of={plan.costPerSuccessUsd} as={formatUsd} />,
              },
              { title: 'Status', cell: plan => <span class={`state ${plan.state}`}>{plan.state}</span> },
            ]}
          />
        )}
      </details>
    </>
  );
}

function planPlane({ plans, feature }: Explanation, width: number): string {
  const dots = plans.map(({ description, spendUsd, success, share }, i) => ({
    name: description,
    colour: colourOf(i),
    x: spendUsd.value,
    y: success.value,
    xRange: [spendUsd.low, spendUsd.high] as const,
    yRange: [success.low, success.high] as const,
    share: share ?? 0,
  }));
  const title = `Plans of ${feature}: model spend per intent against success; the figures are in the table below`;
  return costAgainstSuccess(title, dots, { x: formatUsd, y: formatWhole, width, height: 280 });
}

function planIntervals({ plans, feature }: Explanation, width: number): string {
  const rows = plans.map(({ description, costPerIntentUsd }, i) => ({
    name: description,
    colour: colourOf(i),
    ...costPerIntentUsd,
    label: formatFigure(costPerIntentUsd, formatUsd),
  }));
  const title = `Expected cost per intent of every plan of ${feature}; the figures are in the table below`;
  return whiskers(title, rows, formatUsd, width);
}
