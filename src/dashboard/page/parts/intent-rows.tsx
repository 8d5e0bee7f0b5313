/** A list of intents: one link each, which folds on a phone. */
import type { JSX } from 'preact';
import type { IntentSummary } from '../../../analysis/intent-summary.ts';
import type { OutcomeState } from '../../../core/ledger/vocabulary.ts';
import { describePlan, formatMoment, formatTotal } from '../../../core/report/wording.ts';
import { hashOf } from '../route.ts';

export const OUTCOME_WORDS: Readonly<Record<OutcomeState, string>> = {
  success: 'succeeded',
  failure: 'failed',
  pending: 'waiting',
  unknown: 'no outcome',
};

export function IntentRows({ intents }: { readonly intents: readonly IntentSummary[] }): JSX.Element {
  return (
    <ol class="intents">
      {intents.map(intent => (
        <Row key={intent.intentId} intent={intent} />
      ))}
    </ol>
  );
}

function Row({ intent }: { readonly intent: IntentSummary }): JSX.Element {
  const { intentId, decidedAt, feature, plan, outcome, spendUsd, failureUsd, turns } = intent;
  return (
    <li>
      <span class="when">{formatMoment(Date.parse(decidedAt))}</span>
      <a href={hashOf({ page: 'intent', id: intentId })}>{intentId}</a>
      <span class={`outcome ${outcome}`}>{OUTCOME_WORDS[outcome]}</span>
      <span class="how">
        {feature}: {describePlan(plan)}
        {turns > 1 && `, ${turns} turns`}
      </span>
      <span class="cost-of">
        {formatTotal(spendUsd)}
        {failureUsd !== '0' && <span class="failure-cost"> + {formatTotal(failureUsd)} failure cost</span>}
      </span>
    </li>
  );
}
