/** Sessions for the terminal: one of them, or all together. */
import type { SessionAccount } from '../../analysis/session-account.ts';
import type { SessionsReport, SessionTotals } from '../../analysis/sessions.ts';
import type { SessionCacheCost } from '../../core/report/session-cache-cost.ts';
import {
  describePlan,
  formatCount,
  formatFigure,
  formatMoment,
  formatPercent,
  formatTotal,
  formatUsd,
} from '../../core/report/wording.ts';
import { left, renderTable, right } from './table.ts';

export function renderSession(account: SessionAccount): string {
  const { session, intents, requests, successes, failures, switches, models } = account;
  const spent = models.map(({ model, spendUsd }) => `${model} ${formatTotal(spendUsd)}`);
  return [
    `${session}: ${counted(intents, 'intent')} in ${counted(requests, 'request')}, ${counted(successes, 'success', 'successes')}, ` +
      `${counted(failures, 'failure')}; the model changed ${counted(switches, 'time')}. ${costOf(account)}` +
      `${spent.length === 0 ? '' : ` (${spent.join(', ')})`}.`,
    renderTable(
      [
        left('Decided (UTC)'),
        left('Feature'),
        left('Plan'),
        left('Answered'),
        right('Requests'),
        left('Outcome'),
        right('Model spend'),
        left('Intent'),
      ],
      account.steps.map(step => [
        formatMoment(step.decidedAtMs),
        step.feature,
        describePlan(step.plan),
        step.models.join(', ') || '–',
        formatCount(step.requests),
        step.outcome,
        formatTotal(step.spendUsd),
        step.intentId,
      ]),
    ),
    ...cacheLines(account.cache),
  ].join('\n');
}

/** @param isPart whether the ledger has, or had, more intents than the ones that were read */
export function renderSessions(report: SessionsReport, isPart: boolean): string {
  const { sessions, intents, switches, perSessionUsd, mostExpensive } = report;
  if (sessions === 0)
    return isPart
      ? 'None of the intents that were read belongs to a session.'
      : 'No intent here belongs to a session. Name the session where you begin an intent: intent({ session }).';
  return [
    `${counted(sessions, 'session')} with ${counted(intents, 'intent')}; the model changed ${counted(switches, 'time')}. ` +
      `${costOf(report)}; ${formatFigure(perSessionUsd, formatUsd)} per session.`,
    ...cacheLines(report.cache),
    '',
    `The most expensive ${mostExpensive.length === 1 ? 'one' : formatCount(mostExpensive.length)}:`,
    renderTable(
      [
        left('Session'),
        right('Intents'),
        right('Failures'),
        right('Model changes'),
        right('Model spend'),
        right('Total cost'),
        right('Read from cache'),
      ],
      mostExpensive.map(each => [
        each.session,
        formatCount(each.intents),
        formatCount(each.failures),
        formatCount(each.switches),
        formatTotal(each.spendUsd),
        formatTotal(each.totalUsd),
        formatPercent(each.cache.readTokens / each.cache.promptTokens),
      ]),
    ),
  ].join('\n');
}

export function costOf({
  totalUsd,
  spendUsd,
  failureUsd,
}: Pick<SessionTotals, 'totalUsd' | 'spendUsd' | 'failureUsd'>): string {
  return `Total cost ${formatTotal(totalUsd)} = model spend ${formatTotal(spendUsd)} + failure cost ${formatTotal(failureUsd)}`;
}

export function cacheLines({
  requests,
  withoutPrice,
  promptTokens,
  readTokens,
  savedUsd,
  rereadUsd,
}: SessionCacheCost): readonly string[] {
  const without =
    withoutPrice === 0
      ? []
      : [`${counted(withoutPrice, 'request')} of models without a known price are in no amount of caches.`];
  if (requests === 0) return without;
  const { switched, expired, missed } = rereadUsd;
  return [
    `Prompt caches: ${formatPercent(readTokens / promptTokens)} of ${formatCount(promptTokens)} prompt tokens were read from one, ` +
      `which saved ${formatTotal(savedUsd)}, surcharges for writing deducted.`,
    `Extra cost of sending the conversation again, where the model's own cache did not have it: ${formatTotal(switched)} after a change of the model, ` +
      `${formatTotal(expired)} after a pause longer than the cache keeps it, ${formatTotal(missed)} where it should have had it.`,
    ...without,
  ];
}

export function counted(count: number, one: string, several = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : several}`;
}
