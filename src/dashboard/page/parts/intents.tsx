/** Receipts of the latest intents: the decision, every attempt, the evidence and the outcome. */
import type { JSX } from 'preact';
import type { Attempt, Evidence } from '../../../core/ledger/vocabulary.ts';
import { planKey } from '../../../core/ledger/vocabulary.ts';
import { describePlan, formatMoment, formatPercent, formatTotal } from '../../../core/report/wording.ts';
import type { IntentMessage } from '../../messages.ts';
import { Await, Table } from './figures.tsx';
import { useAnswer } from '../server.ts';

const SHOWN = 20;

export function Intents({ feature, version }: { readonly feature: string; readonly version: number }): JSX.Element {
  const path = `api/intents?feature=${encodeURIComponent(feature)}&limit=${SHOWN}`;
  const answer = useAnswer<readonly IntentMessage[]>(path, version);
  return (
    <section aria-labelledby="intents">
      <h2 id="intents">Latest intents</h2>
      <Await answer={answer}>
        {intents => (
          <div class="receipts">
            {intents.map(intent => (
              <Receipt key={intent.id} intent={intent} />
            ))}
          </div>
        )}
      </Await>
    </section>
  );
}

function Receipt({ intent }: { readonly intent: IntentMessage }): JSX.Element {
  const { id, decision, outcome, spendUsd, attempts, evidence, failureCostUsd, link, segment } = intent;
  const plan = describePlan(planKey(decision.plan));
  return (
    <details class="receipt">
      <summary>
        <span class="when">{formatMoment(intent.decidedAtMs)}</span>{' '}
        <span class={`outcome ${outcome.state}`}>{outcome.state}</span> <span>{plan}</span>{' '}
        <span class="muted">{formatTotal(spendUsd)}</span>
      </summary>
      <p>
        Intent <code>{id}</code>
        {segment === '' ? '' : `, ${segment}`}. {plan} was chosen by {decision.policy} with a probability of{' '}
        {formatPercent(decision.propensity)} ({decision.reason}). A failure costs {formatTotal(failureCostUsd)}
        {outcome.costNanoUsd === undefined ? '' : '; the actual cost was recorded'}.
        {link === undefined ? null : (
          <>
            {' '}
            <a href={link} rel="noreferrer noopener" target="_blank">
              Open in your system
            </a>
          </>
        )}
      </p>
      <Attempts of={id} attempts={attempts} />
      {evidence.length > 0 && <p>Evidence: {evidence.map(describeEvidence).join('; ')}.</p>}
    </details>
  );
}

function Attempts({ of, attempts }: { readonly of: string; readonly attempts: readonly Attempt[] }): JSX.Element {
  return (
    <Table
      caption={`Attempts of ${of}, in order`}
      rows={attempts.map((attempt, i) => ({ ...attempt, i }))}
      rowKey={attempt => String(attempt.i)}
      columns={[
        { title: 'Attempt', cell: attempt => `${attempt.i + 1}. ${attempt.kind}` },
        { title: 'Turn', number: true, cell: attempt => attempt.turn },
        { title: 'Model', cell: modelOf },
        { title: 'Status', cell: attempt => statusOf(attempt) },
        { title: 'Verdict', cell: verdictOf },
        { title: 'Input tokens', number: true, cell: attempt => attempt.usage.input ?? 0 },
        { title: 'Output tokens', number: true, cell: attempt => attempt.usage.output ?? 0 },
        { title: 'Time', number: true, cell: attempt => `${Math.round(attempt.latencyMs)} ms` },
        {
          title: 'Cost',
          number: true,
          cell: costOf,
        },
      ]}
    />
  );
}

function modelOf({ model, servedBy }: Attempt): string {
  return servedBy === undefined ? model : `${model}, served by ${servedBy}`;
}

function costOf({ costNanoUsd, provenance, unpriced }: Attempt): string {
  const why = unpriced === undefined ? '' : `: no price for ${unpriced.join(', ')}`;
  return formatTotal(String(costNanoUsd / 1e9)) + (provenance === 'estimated' ? ` (estimated${why})` : '');
}

function statusOf({ status, httpStatus }: Attempt): string {
  return httpStatus === undefined ? status : `${status} (${httpStatus})`;
}

function verdictOf({ verdict }: Attempt): string {
  if (verdict === undefined) return '–';
  const reason = verdict.reason === undefined ? '' : `: ${verdict.reason}`;
  return `${verdict.accepted ? 'accepted' : 'rejected'} by ${verdict.by}${reason}`;
}

function describeEvidence({ source, signal, success, escalated }: Evidence): string {
  const meaning = success === null ? 'withdrawn' : success ? 'success' : 'failure';
  return `${signal ?? source}: ${meaning}${escalated === true ? ' (human handoff)' : ''}`;
}
