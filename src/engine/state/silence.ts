/** When silence labels an intent. */
import type { ResolvedConfig } from '../../config/resolved.ts';
import type { Intent } from '../../core/ledger/records.ts';
import { isPending } from '../../core/ledger/vocabulary.ts';

/**
 * The moment at which silence labels the intent; `null` where it never does: no silence is configured, evidence exists that was
 * not withdrawn, no model has answered, or the last reply was not retrieved yet. It counts from the end of the last reply,
 * because the user has nothing to react to before that.
 */
export function dueAtMs({ features }: Pick<ResolvedConfig, 'features'>, intent: Intent): number | null {
  const silence = features.get(intent.decided.feature)?.silence;
  if (silence === undefined || intent.outcome.state !== 'pending') return null;
  const last = intent.attempts.findLast(
    attempt => attempt.kind !== 'judge' && (attempt.status === 'ok' || isPending(attempt)),
  );
  return last === undefined || isPending(last) ? null : Math.ceil(last.startedAtMs + last.latencyMs + silence.afterMs);
}
