/** One feature: what changed and what is chosen now, then its figures, its plans, its history and its latest receipts. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { FeatureReport } from '../../../core/report/feature-report.ts';
import { featureNotes, mismatchNote } from '../../../core/report/notes.ts';
import { daysWords } from '../../../core/report/period-words.ts';
import type { FeatureTrend } from '../../../core/report/trend.ts';
import { formatCount, formatPercent, formatTotal, formatUsd, STATE_MEANINGS } from '../../../core/report/wording.ts';
import type { FeatureMessage } from '../../messages.ts';
import { Alerts } from '../parts/attention-list.tsx';
import { CostChange, RateChange } from '../parts/change.tsx';
import { ControlActions } from '../parts/control-actions.tsx';
import { Controls } from '../parts/controls.tsx';
import { CostShares } from '../parts/cost-bars.tsx';
import { Await, Estimate } from '../parts/figures.tsx';
import { NoOutcome } from '../parts/first-steps.tsx';
import { Headed } from '../parts/headline.tsx';
import { Intents } from '../parts/intents.tsx';
import { Jump } from '../parts/jump.tsx';
import { OverTime } from '../parts/over-time.tsx';
import { PlansBody } from '../parts/plans.tsx';
import { Saving } from '../parts/saving.tsx';
import { Section } from '../parts/section.tsx';
import { useAnswer } from '../server.ts';

export function Feature(props: {
  readonly name: string;
  readonly version: number;
  /** The period in the server's query. */
  readonly period: string;
  readonly canControl: boolean;
}): JSX.Element {
  const { name, version, period, canControl } = props;
  // Counts the controls that the reader has set, so that the figures are requested again.
  const [changes, setChanges] = useState(0);
  const query = [`feature=${encodeURIComponent(name)}`, period].filter(part => part !== '').join('&');
  const answer = useAnswer<FeatureMessage>(`api/feature?${query}`, version + changes);
  return (
    <Await answer={answer}>
      {message => (
        <>
          <First message={message} {...(canControl ? { onSet: () => setChanges(changes + 1) } : {})} />
          <Jump to={sectionsOf(message)} />
          <Sections message={message} version={version} query={period} />
        </>
      )}
    </Await>
  );
}

/** What changed, what is chosen now and why, and what needs attention: before any figure. */
function First({
  message,
  onSet,
}: {
  readonly message: FeatureMessage;
  /** Absent where the reader's role may not set controls. */
  readonly onSet?: () => void;
}): JSX.Element {
  const { verdict, attention, controls, report, explanations, isNeverLabelled } = message;
  const mismatch = mismatchNote(report);
  const others = attention.filter(({ kind }) => kind !== 'failure cost');
  const now = explanations[0];
  return (
    <>
      {verdict.sentence !== '' && <p class="verdict">{verdict.sentence}</p>}
      {now !== undefined && (
        <p class="now">
          <strong>Now:</strong> {now.decision?.sentence ?? now.summary}
        </p>
      )}
      {mismatch !== undefined && <p class="warn">{mismatch}</p>}
      {others.length > 0 && <Alerts items={others} />}
      {isNeverLabelled && <NoOutcome feature={report.feature} />}
      <Controls controls={controls} />
      {onSet !== undefined && now !== undefined && (
        <ControlActions explanation={now} controls={controls} onSet={onSet} />
      )}
    </>
  );
}

function sectionsOf({ report, explanations }: FeatureMessage): readonly (readonly [string, string])[] {
  return [
    ['figures', 'Figures'],
    ...explanations.map(({ segment }) => [idOf(segment), segment === '' ? 'Plans' : `Plans: ${segment}`] as const),
    ['saving', 'Is the saving real?'],
    ...(report.history.steps.length > 0 ? [['over-time', 'Over time'] as const] : []),
    ['money', 'Where the money goes'],
    ['latest', 'Intents'],
  ];
}

function idOf(segment: string): string {
  return `plans-${segment}`;
}

function Sections({
  message,
  version,
  query,
}: {
  readonly message: FeatureMessage;
  readonly version: number;
  readonly query: string;
}): JSX.Element {
  const { report, trend, explanations, changes } = message;
  const period = periodOf(message);
  return (
    <>
      <Section id="figures" title="Figures" of={period} isFirst>
        <Figures report={report} trend={trend} />
      </Section>
      {explanations.map(explanation => (
        <Section
          key={explanation.segment}
          id={idOf(explanation.segment)}
          title={`What the router does${explanation.segment === '' ? '' : `: ${explanation.segment}`}`}
          of="now"
          isFirst={explanation.segment === ''}
        >
          <PlansBody
            explanation={explanation}
            measured={report.plans}
            period={period}
            isSaidAbove={explanation === explanations[0]}
          />
        </Section>
      ))}
      <Section id="saving" title="Is the saving real?" of={period}>
        <Saving feature={report.feature} period={query} />
      </Section>
      {report.history.steps.length > 0 && (
        <Section id="over-time" title="Over time" of={period}>
          <OverTime report={report} changes={changes} />
        </Section>
      )}
      <Section id="money" title="Where the money goes" of={period}>
        <CostShares cost={report.totalCost} />
      </Section>
      <Section id="latest" title="Intents" of="latest">
        <Intents feature={report.feature} version={version} />
      </Section>
    </>
  );
}

/** The number of days in the period; for all time, in the time of the feature's own intents. */
function periodOf({ shown, report, nowMs }: FeatureMessage): string {
  const { fromMs, toMs } = { ...report.span, ...report.coveredPeriod, ...shown };
  return fromMs === undefined ? 'all time' : daysWords({ fromMs, toMs: shown.toMs ?? Math.max(toMs ?? 0, nowMs) });
}

function Figures({
  report,
  trend,
}: {
  readonly report: FeatureReport;
  readonly trend: FeatureTrend | undefined;
}): JSX.Element {
  // The current choice is shown beside the plans, for each segment and including operators' controls.
  const { decision: _, ...rest } = report;
  const notes = featureNotes(rest);
  return (
    <>
      <dl class="headline">
        <Headed name="Cost per success" change={<CostChange of={trend?.costPerSuccessUsd} />}>
          <Estimate of={report.costPerSuccessUsd} as={formatUsd} />
        </Headed>
        <Headed name="Success" change={<RateChange of={trend?.success} />}>
          <Estimate of={report.success} as={formatPercent} />
        </Headed>
        <Headed name="Model spend per intent" change={<CostChange of={trend?.spendPerIntentUsd} />}>
          <Estimate of={report.spendPerIntentUsd} as={formatUsd} />
        </Headed>
      </dl>
      <p class="muted">
        {formatCount(report.intents)} intents; cost per intent <Estimate of={report.costPerIntentUsd} as={formatUsd} />.
        Total cost {formatTotal(report.totalCost.totalUsd)}, of which {formatTotal(report.totalCost.spendUsd)} is model
        spend. Status{' '}
        <span class="together">
          <span class={`state ${report.state}`}>{report.state}</span>:
        </span>{' '}
        {STATE_MEANINGS[report.state]}. Intervals are 95 %.
      </p>
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
