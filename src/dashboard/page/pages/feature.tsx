/** One feature: its figures, what is believed of every plan, how it got there, and its latest receipts. */
import type { JSX } from 'preact';
import { featureNotes, mismatchNote } from '../../../core/report/notes.ts';
import type { FeatureReport } from '../../../core/report/feature-report.ts';
import { formatCount, formatPercent, formatTotal, formatUsd, STATE_MEANINGS } from '../../../core/report/wording.ts';
import type { FeatureMessage } from '../../messages.ts';
import { BillBar } from '../parts/cost-bar.tsx';
import { Await, Estimate, Tiles } from '../parts/figures.tsx';
import { Intents } from '../parts/intents.tsx';
import { OverTime } from '../parts/over-time.tsx';
import { Plans } from '../parts/plans.tsx';
import { useAnswer } from '../server.ts';

export function Feature({ name, news }: { readonly name: string; readonly news: number }): JSX.Element {
  const answer = useAnswer<FeatureMessage>(`api/feature?feature=${encodeURIComponent(name)}`, news);
  return (
    <Await answer={answer}>
      {({ report, explanations }) => (
        <>
          <Figures report={report} />
          {explanations.map(explanation => (
            <Plans key={explanation.segment} explanation={explanation} measured={report.plans} />
          ))}
          <BillBar name="Where the money goes" bill={report.totalCost} />
          {report.history.steps.length > 1 && <OverTime report={report} />}
          <Intents feature={name} news={news} />
        </>
      )}
    </Await>
  );
}

function Figures({ report }: { readonly report: FeatureReport }): JSX.Element {
  const mismatch = mismatchNote(report);
  const notes = featureNotes(report);
  return (
    <>
      <Tiles
        tiles={[
          ['Success', <Estimate of={report.success} as={formatPercent} />],
          ['Cost per intent', <Estimate of={report.costPerIntentUsd} as={formatUsd} />],
          ['Cost per success', <Estimate of={report.costPerSuccessUsd} as={formatUsd} />],
          ['Bill', formatTotal(report.totalCost.totalUsd)],
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
