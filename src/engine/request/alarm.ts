/** Detects an agent that is stuck, which ends the first node of its plan: the statistics count later nodes separately. */
import type { Intent } from '../../core/ledger/records.ts';
import { nodeAfterRejection } from '../../core/ledger/vocabulary.ts';
import { turnOf, turnsAt } from './turns.ts';
import type { RoutedRequest } from './routed-request.ts';

/** With fewer requests, an agent that is stuck cannot be distinguished from one that begins. */
const MIN_TURN = 3;

/**
 * True for the first alarm, and until a request has come after it. A request that is bound to its model cannot move on, so it
 * raises no alarm.
 */
export async function isAlarmed(
  { feature, boundTo, isStuck, judge }: Pick<RoutedRequest, 'feature' | 'boundTo' | 'isStuck' | 'judge'>,
  intent: Intent,
): Promise<boolean> {
  const { maxTurns = Number.POSITIVE_INFINITY } = feature.config;
  const [start = ''] = intent.decided.decision.plan;
  const turn = turnOf(intent);
  if (judge !== undefined || boundTo !== undefined || turn < MIN_TURN) return false;
  if (intent.attempts.some(({ node }) => node.startsWith(nodeAfterRejection(start, '')))) return false;
  return turnsAt(intent, start) >= maxTurns || (await isStuck?.(turn - 1)) === true;
}
