/** How much to reason, in OpenAI's terms. */
import type { Effort } from '../../core/ledger/effort.ts';
import { EFFORTS } from '../../core/ledger/effort.ts';
import type { AskedReasoning } from '../neutral/conversation.ts';
import { nearestEffort } from '../neutral/effort.ts';
import type { TargetModel } from '../neutral/translator.ts';

/** Largest thinking budget for each level. No vendor publishes an equivalence: a budget is a hint. */
const BUDGETS: readonly (readonly [number, Effort])[] = [
  [1023, 'none'],
  [4096, 'low'],
  [16_384, 'medium'],
  [28_672, 'high'],
  [Number.POSITIVE_INFINITY, 'xhigh'],
];

/** The requested level; `undefined`: the model's own default. */
export function askedEffort({ effort, thinking, budgetTokens }: AskedReasoning = {}): Effort | undefined {
  if (thinking === 'off') return 'none';
  if (effort !== undefined) return effort;
  // Anthropic's adaptive thinking without an effort is thinking at `high`.
  if (thinking === 'manual') return BUDGETS.find(([most]) => (budgetTokens ?? 0) <= most)?.[1];
  return thinking === 'adaptive' || thinking === 'between-tools' ? 'high' : undefined;
}

/**
 * The level to send: of those that the model accepts, the nearest to the requested one. `undefined`: none is sent, because none
 * was requested, or the model does not reason.
 */
export function sentEffort(
  reasoning: AskedReasoning | undefined,
  { efforts = EFFORTS }: TargetModel,
): Effort | undefined {
  const asked = askedEffort(reasoning);
  return asked === undefined ? undefined : nearestEffort(asked, efforts);
}
