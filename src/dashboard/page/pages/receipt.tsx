/** The receipt of one intent: its cost, its decision, and everything that happened, in order. */
import type { ComponentChildren, JSX } from 'preact';
import { planKey } from '../../../core/ledger/vocabulary.ts';
import { describePlan, formatMoment, formatPercent, formatTotal } from '../../../core/report/wording.ts';
import type { IntentMessage } from '../../messages.ts';
import { ExactAmount } from '../parts/exact-amount.tsx';
import { Await } from '../parts/figures.tsx';
import { OUTCOME_WORDS } from '../parts/intent-rows.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { hashOf } from '../route.ts';
import { useAnswer } from '../server.ts';
import { SearchById } from './intents.tsx';

export function ReceiptPage({ id, version }: { readonly id: string; readonly version: number }): JSX.Element {
  const answer = useAnswer<IntentMessage>(`api/intent?id=${encodeURIComponent(id)}`, version);
  const session = sessionHash(id);
  return (
    <>
      <h1>
        Intent <code>{id}</code>
      </h1>
      <Await answer={answer}>{intent => <Receipt intent={intent} />}</Await>
      {answer.kind === 'failed' && (
        <>
          <p>
            If it is the id of a session: <a href={session}>the intents of session {id}</a>.
          </p>
          <SearchById />
        </>
      )}
    </>
  );
}

/** A session is searched in all time, because its id does not state its time. */
function sessionHash(session: string): string {
  return hashOf({ page: 'intents', filter: new URLSearchParams({ session, period: 'all' }) });
}

function Receipt({ intent }: { readonly intent: IntentMessage }): JSX.Element {
  const { feature, outcome, spendUsd, failureUsd, totalUsd, link, traceLink } = intent;
  return (
    <>
      <p class="receipt-head">
        <span class={`outcome ${outcome.state}`}>{OUTCOME_WORDS[outcome.state]}</span>
        <span>
          <a href={hashOf({ page: 'feature', feature })}>{feature}</a>, {formatMoment(intent.decidedAtMs)} UTC
        </span>
        {link !== undefined && <Outside href={link}>Open in your application</Outside>}
        {traceLink !== undefined && <Outside href={traceLink}>Open its traces</Outside>}
      </p>
      <dl class="bill">
        <ExactAmount name="Model spend" usd={spendUsd} />
        <ExactAmount name={failureName(intent)} usd={failureUsd} />
        <ExactAmount name="Total cost" usd={totalUsd} isTotal />
      </dl>
      <h2>What happened</h2>
      <Timeline intent={intent} />
      <h2>The decision</h2>
      <Facts intent={intent} />
    </>
  );
}

function failureName({ outcome, failureCostUsd }: IntentMessage): string {
  if (outcome.state !== 'failure') return `Failure cost (it did not fail; ${formatTotal(failureCostUsd)} if it does)`;
  return outcome.costNanoUsd === undefined ? 'Failure cost, as configured' : 'Failure cost, as recorded';
}

function Outside({ href, children }: { readonly href: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <a href={href} rel="noreferrer noopener" target="_blank">
      {children}
    </a>
  );
}

function Facts({ intent }: { readonly intent: IntentMessage }): JSX.Element {
  const { decision, segment, session, promptVersion, versions, failureCostUsd } = intent;
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    ['Plan', describePlan(planKey(decision.plan))],
    [
      'Why',
      `${decision.reason}; chosen by ${decision.policy} with a probability of ${formatPercent(decision.propensity)}`,
    ],
    ['Eligible', decision.eligible.map(describePlan).join('; ')],
    ['Failure cost', formatTotal(failureCostUsd)],
    ...(segment === '' ? [] : [['Segment', segment] as const]),
    ...(session === undefined ? [] : [['Session', <a href={sessionHash(session)}>{session}</a>] as const]),
    ...(promptVersion === undefined ? [] : [['Prompt version', promptVersion] as const]),
    [
      'Versions',
      Object.entries(versions)
        .map(([model, version]) => `${model}: ${version}`)
        .join('; '),
    ],
  ];
  return (
    <dl class="words">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
