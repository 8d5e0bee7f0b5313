/** Intents for the terminal: a list, or one intent with everything that happened to it. */
import type { IntentSummary } from '../../analysis/intent-summary.ts';
import { summaryOf } from '../../analysis/intent-summary.ts';
import { toDecimalUsd } from '../../core/ledger/money.ts';
import type { Intent } from '../../core/ledger/records.ts';
import type { Attempt, Evidence } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import { describePlan, formatCount, formatMoment, formatPercent, formatTotal } from '../../core/report/wording.ts';
import { left, renderTable, right } from './table.ts';

export const INTENT_COLUMNS: readonly (keyof IntentSummary)[] = [
  'decidedAt',
  'feature',
  'intentId',
  'session',
  'segment',
  'promptVersion',
  'plan',
  'answeredBy',
  'turns',
  'attempts',
  'spendUsd',
  'outcome',
  'failureUsd',
];

/** @param isCut there are more intents than these */
export function renderIntents(intents: readonly IntentSummary[], isCut: boolean): string {
  if (intents.length === 0) return 'No intent of this period matches.';
  const table = renderTable(
    [
      left('Decided (UTC)'),
      left('Feature'),
      left('Intent'),
      left('Session'),
      left('Plan'),
      left('Answered by'),
      right('Turns'),
      right('Model spend'),
      left('Outcome'),
    ],
    intents.map(each => [
      formatMoment(Date.parse(each.decidedAt)),
      each.feature,
      each.intentId,
      each.session ?? '',
      each.plan,
      each.answeredBy ?? '–',
      String(each.turns),
      formatTotal(each.spendUsd),
      each.outcome,
    ]),
  );
  return isCut ? `${table}\nThere are more than ${formatCount(intents.length)}: --limit lists more of them.` : table;
}

/** One intent: its decision, its attempts in order, and the known facts about its outcome. */
export function renderIntent(intent: Intent): string {
  const { id, decided, attempts, evidence, outcome } = intent;
  const { decision, segment, session, promptVersion, failureCostNanoUsd } = decided;
  const { spendUsd, failureUsd } = summaryOf(intent);
  const lines: readonly (readonly [name: string, value: string])[] = [
    ['Intent', id],
    ['Feature', decided.feature],
    ...(session === undefined ? [] : [['Session', session] as const]),
    ...(segment === '' ? [] : [['Segment', segment] as const]),
    ...(promptVersion === undefined ? [] : [['Prompt version', promptVersion] as const]),
    ['Decided', `${formatMoment(decided.atMs)} UTC by ${decision.policy}`],
    [
      'Plan',
      `${describePlan(planKey(decision.plan))}, with a probability of ${formatPercent(decision.propensity)}: ${decision.reason}`,
    ],
    ['Eligible', decision.eligible.map(describePlan).join('; ')],
    ['Outcome', outcome.source === undefined ? outcome.state : `${outcome.state}, by ${outcome.source} evidence`],
    ['Model spend', formatTotal(spendUsd)],
    [
      'Failure cost',
      outcome.state === 'failure'
        ? `${formatTotal(failureUsd)}, ${outcome.costNanoUsd === undefined ? 'as configured' : 'as recorded'}`
        : `${formatTotal(toDecimalUsd(failureCostNanoUsd))} if it fails`,
    ],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    ...lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    attempts.length === 0 ? 'No attempt was made.' : renderAttempts(attempts),
    ...(evidence.length === 0 ? [] : [renderEvidence(evidence)]),
  ].join('\n');
}

function renderAttempts(attempts: readonly Attempt[]): string {
  return renderTable(
    [
      left('Started (UTC)'),
      right('Turn'),
      left('Attempt'),
      left('Model'),
      left('Status'),
      left('Verdict'),
      right('Latency'),
      right('Input'),
      right('Output'),
      right('Cost'),
    ],
    attempts.map(({ usage, verdict, ...attempt }) => [
      formatMoment(attempt.startedAtMs),
      String(attempt.turn),
      attempt.kind,
      attempt.servedBy === undefined ? attempt.model : `${attempt.model} (served by ${attempt.servedBy})`,
      attempt.httpStatus === undefined || attempt.status === 'ok'
        ? attempt.status
        : `${attempt.status} ${attempt.httpStatus}`,
      verdict === undefined ? '' : `${verdict.accepted ? 'accepted' : 'rejected'} by ${verdict.by}`,
      `${formatCount(attempt.latencyMs)} ms`,
      formatCount(INPUT.reduce((sum, meter) => sum + (usage[meter] ?? 0), 0)),
      formatCount(usage.output ?? 0),
      `${formatTotal(toDecimalUsd(attempt.costNanoUsd))}${attempt.provenance === 'estimated' ? ' (estimated)' : ''}`,
    ]),
  );
}

/** The meters of input tokens, cached or not. */
const INPUT = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const;

function renderEvidence(evidence: readonly Evidence[]): string {
  return renderTable(
    [left('Evidence'), left('Says'), left('Signal')],
    evidence.map(({ source, success, signal, value, escalated, costNanoUsd }) => [
      source,
      [
        success === null ? 'unknown' : success ? 'success' : 'failure',
        ...(escalated === true ? ['a person took over'] : []),
        ...(costNanoUsd === undefined ? [] : [`it cost ${formatTotal(toDecimalUsd(costNanoUsd))}`]),
      ].join(', '),
      [signal, value].filter(part => part !== undefined).join(' = '),
    ]),
  );
}
