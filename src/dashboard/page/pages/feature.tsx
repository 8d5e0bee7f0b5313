/** One feature: its figures, the estimates of every plan, its history and its latest receipts. */
import type { JSX } from 'preact';
import { featureNotes, mismatchNote } from '../../../core/report/notes.ts';
import type { FeatureReport } from '../../../core/report/feature-report.ts';
import { formatCount, formatPercent, formatTotal, formatUsd, STATE_MEANINGS } from '../../../core/report/wording.ts';
import type { FeatureMessage } from '../../messages.ts';
import { Controls } from '../parts/controls.tsx';
import { CostShares } from '../parts/cost-bars.tsx';
import { Await, Estimate, Tiles } from '../parts/figures.tsx';
import { Intents } from '../parts/intents.tsx';
import { OverTime } from '../parts/over-time.tsx';
import { Plans } from '../parts/plans.tsx';
import { useAnswer } from '../server.ts';

export function Feature(props: {
  readonly name: string;
  readonly version: number;
  /** The period as the server is asked for it. */
  readonly period: string;
}): JSX.Element {
  const { name, version, period } = props;
  const query = [`feature=${encodeURIComponent(name)}`, period].filter(part => part !== '').join('&');
  const answer = useAnswer<FeatureMessage>(`api/feature?${query}`, version);
  return (
    <Await answer={answer}>
      {({ report, explanations, controls, changes }) => (
        <>
          <Figures report={report} />
          <Controls controls={controls} />
          {explanations.map(explanation => (
            <Plans key={explanation.segment} explanation={explanation} measured={report.plans} />
          ))}
          <h2>Where the money goes</h2>
          <CostShares cost={report.totalCost} />
          {report.history.steps.length > 1 && <OverTime report={report} changes={changes} />}
          <Intents feature={name} version={version} />
        </>
      )}
    </Await>
  );
}

function Figures({ report }: { readonly report: FeatureReport }): JSX.Element {
  const mismatch = mismatchNote(report);
  // What is chosen now is said beside the plans, of each segment and with what operators have set.
  const { decision: _, ...rest } = report;
  const notes = featureNotes(rest);
  return (
    <>
      <Tiles
        tiles={[
          ['Success', <Estimate of={report.success} as={formatPercent} />],
          ['Cost per intent', <Estimate of={report.costPerIntentUsd} as={formatUsd} />],
          ['Cost per success', <Estimate of={report.costPerSuccessUsd} as={formatUsd} />],
          ['Total cost', formatTotal(report.totalCost.totalUsd)],
          ['Intents', formatCount(report.intents)],
          ['Status', <span class={`state ${report.state}`}>{report.state}</span>],
        ]}
      />
      <p class="muted">
        {report.state}: {STATE_MEANINGS[report.state]}. Intervals are 95 %.
      </p>
      {mismatch !== undefined && <p class="warn">{mismatch}</p>}
      {notes.length > 0 && (
        <ul class="notes">
          {notes.map(note => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}
