/** The history of an intent, in order: each attempt as a bar whose length is its duration, then the evidence. */
import type { JSX } from 'preact';
import { toDecimalUsd } from '../../../core/ledger/money.ts';
import type { Attempt } from '../../../core/ledger/vocabulary.ts';
import { formatCount } from '../../../core/report/wording.ts';
import type { EvidenceMessage, IntentMessage } from '../../messages.ts';

type Event =
  | { readonly kind: 'attempt'; readonly atMs: number; readonly attempt: Attempt; readonly number: number }
  | { readonly kind: 'evidence'; readonly atMs: number; readonly evidence: EvidenceMessage };

export function Timeline({ intent }: { readonly intent: IntentMessage }): JSX.Element {
  const { attempts, evidence, decidedAtMs, outcome } = intent;
  const longestMs = Math.max(1, ...attempts.map(({ latencyMs }) => latencyMs));
  const events: readonly Event[] = [
    ...attempts.map((attempt, i): Event => ({ kind: 'attempt', atMs: attempt.startedAtMs, attempt, number: i + 1 })),
    ...evidence.map((each): Event => ({ kind: 'evidence', atMs: each.atMs, evidence: each })),
  ].toSorted((a, b) => a.atMs - b.atMs);
  return (
    <>
      {attempts.length === 0 && <p>No model was asked.</p>}
      <ol class="timeline">
        {events.map(event => (
          <li key={`${event.kind} ${event.kind === 'attempt' ? event.number : event.atMs}`}>
            <span class="when">{afterText(event.atMs - decidedAtMs)}</span>
            {event.kind === 'attempt' ? (
              <AttemptEvent attempt={event.attempt} longestMs={longestMs} />
            ) : (
              <span>
                <strong>{describeEvidence(event.evidence)}</strong>
              </span>
            )}
          </li>
        ))}
      </ol>
      {outcome.state === 'pending' && <p class="muted">It waits for an outcome.</p>}
    </>
  );
}

function AttemptEvent({ attempt, longestMs }: { readonly attempt: Attempt; readonly longestMs: number }): JSX.Element {
  const { latencyMs, kind, turn, usage } = attempt;
  const isGood = attempt.status === 'ok' && attempt.verdict?.accepted !== false;
  return (
    <span>
      <span class="attempt-head">
        <strong>{modelOf(attempt)}</strong> {KINDS[kind]}
        {turn > 1 && `, turn ${turn}`}: {statusOf(attempt)}
        {verdictOf(attempt)}
      </span>
      <svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
        <rect width={Math.max(4, (1000 * latencyMs) / longestMs)} height="10" class={isGood ? 'fill2' : 'fill4'} />
      </svg>
      <span class="muted">
        {durationText(latencyMs)}, {formatCount(inputOf(attempt))} tokens in, {formatCount(usage.output ?? 0)} out,{' '}
        {costOf(attempt)}
      </span>
    </span>
  );
}

const KINDS: Readonly<Record<Attempt['kind'], string>> = {
  first: 'first attempt',
  retry: 'retry',
  escalation: 'climb',
  judge: 'asked as judge',
};

function inputOf({ usage }: Attempt): number {
  return (usage.input ?? 0) + (usage.cacheRead ?? 0) + (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0);
}

function modelOf({ model, servedBy }: Attempt): string {
  return servedBy === undefined ? model : `${model}, served by ${servedBy}`;
}

function costOf({ costNanoUsd, provenance, unpriced }: Attempt): string {
  const why = unpriced === undefined ? '' : `: no price for ${unpriced.join(', ')}`;
  return `$${toDecimalUsd(costNanoUsd)}${provenance === 'estimated' ? ` (estimated${why})` : ''}`;
}

function statusOf({ status, httpStatus }: Attempt): string {
  if (status === 'ok') return 'answered';
  return httpStatus === undefined ? status : `${status} (${httpStatus})`;
}

function verdictOf({ verdict }: Attempt): string {
  if (verdict === undefined) return '';
  const reason = verdict.reason === undefined ? '' : `: ${verdict.reason}`;
  return `, ${verdict.accepted ? 'accepted' : 'rejected'} by ${verdict.by}${reason}`;
}

function describeEvidence({ source, signal, value, success, escalated, costNanoUsd }: EvidenceMessage): string {
  const meaning = success === null ? 'outcome withdrawn' : success ? 'success' : 'failure';
  const as = signal === undefined ? '' : value === undefined ? `: ${signal}` : `: ${signal} = ${String(value)}`;
  return [
    `${meaning}, ${SOURCES[source]}${as}`,
    ...(escalated === true ? ['a person took over'] : []),
    ...(costNanoUsd === undefined ? [] : [`it cost $${toDecimalUsd(costNanoUsd)}`]),
  ].join('; ');
}

const SOURCES: Readonly<Record<EvidenceMessage['source'], string>> = {
  silence: 'by silence',
  return: 'because the user came back',
  implicit: 'by an implicit signal',
  explicit: 'recorded by the application',
  audit: 'by an audit',
};

/** `+0.41 s`, `+3 min`, `+2.5 h`, `+4 days` after the decision. */
function afterText(ms: number): string {
  return `+${durationText(Math.max(0, ms))}`;
}

function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${(ms / 3_600_000).toFixed(1)} h` : `${Math.round(ms / 86_400_000)} days`;
}
