/** Calculates when silence labels an intent. */
import type { ResolvedConfig } from '../../config/resolved.ts';
import type { Intent } from '../../core/ledger/records.ts';
import type { Attempt } from '../../core/ledger/vocabulary.ts';
import { isPending } from '../../core/ledger/vocabulary.ts';

/**
 * The moment at which silence labels the intent; `null` where it never does: no silence is configured, evidence exists that was
 * not withdrawn, no model has answered, or the last reply was not retrieved yet. It counts from the end of the last reply,
 * because the user has nothing to react to before that.
 */
export function dueAtMs({ features }: Pick<ResolvedConfig, 'features'>, intent: Intent): number | null {
  const silence = features.get(intent.decided.feature)?.silence;
  if (silence === undefined || intent.outcome.state !== 'pending') return null;
  const endMs = answerEndMs(intent.attempts);
  return endMs === undefined ? null : Math.ceil(endMs + silence.afterMs);
}

/** The end of the last reply, to which the user can react; `undefined` where there is no reply, or it was not retrieved yet. */
export function answerEndMs(attempts: readonly Attempt[]): number | undefined {
  const last = attempts.findLast(
    attempt => attempt.kind !== 'judge' && (attempt.status === 'ok' || isPending(attempt)),
  );
  return last === undefined || isPending(last) ? undefined : last.startedAtMs + last.latencyMs;
}
