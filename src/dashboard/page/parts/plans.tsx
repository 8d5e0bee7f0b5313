/** The estimates of every plan, the share that the policy gives it, and why. */
import type { JSX } from 'preact';
import type { Explanation, NodeBelief } from '../../../core/report/explanation.ts';
import type { PlanReport } from '../../../core/report/plan-report.ts';
import { areReachedBySame, clientsOfPlan } from '../../../core/report/plan-clients.ts';
import { formatCount, formatPercent, formatUsd } from '../../../core/report/wording.ts';
import { Estimate, Table } from './figures.tsx';
import { colourOf } from './series.ts';
import { Whiskers } from './whiskers.tsx';

export function Plans(props: {
  readonly explanation: Explanation;
  readonly measured?: readonly PlanReport[];
  readonly title?: string;
}): JSX.Element {
  const { explanation, measured = [], title = 'What the router does' } = props;
  const { plans, segment, summary, decision, notes, policy, failureCostUsd, objective } = explanation;
  const nodes = new Map<string, NodeBelief>(plans.flatMap(plan => plan.nodes.map(node => [node.node, node])));
  const id = `plans-${segment}`;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>
        {title}
        {segment === '' ? '' : `: ${segment}`}
      </h2>
      <p class="summary">{summary}</p>
      {decision !== undefined && <p>{decision.sentence}</p>}
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
      <Whiskers
        title="Expected cost per intent of every plan, with its interval"
        rows={plans.map((plan, i) => ({ name: plan.description, colour: colourOf(i), figure: plan.costPerIntentUsd }))}
        format={formatUsd}
      />
      <Table
        caption="Plans: current estimates, in which recent outcomes weigh more, and the share of new intents"
        rows={plans}
        rowKey={plan => plan.plan}
        columns={[
          { title: 'Plan', cell: plan => plan.description },
          { title: 'Share', number: true, cell: plan => formatPercent(plan.share ?? Number.NaN) },
          { title: 'Chance to be cheapest', number: true, cell: plan => formatPercent(plan.chanceCheapest) },
          { title: 'Success', number: true, cell: plan => <Estimate of={plan.success} as={formatPercent} /> },
          { title: 'Model spend', number: true, cell: plan => <Estimate of={plan.spendUsd} as={formatUsd} /> },
          {
            title: 'Cost per intent',
            number: true,
            cell: plan => <Estimate of={plan.costPerIntentUsd} as={formatUsd} />,
          },
          ...(areReachedBySame(plans) ? [] : [{ title: 'Clients', cell: clientsOfPlan }]),
          { title: 'Why', cell: plan => <span class="why">{plan.reason}</span> },
        ]}
      />
      <details>
        <summary>Estimates of every step, and totals of the whole ledger</summary>
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
            caption="Plans over the whole ledger"
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
    </section>
  );
}
