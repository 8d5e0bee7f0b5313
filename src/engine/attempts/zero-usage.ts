/**
 * Usage of 0 beside a reply that was written: such a count is treated as unknown, so that nothing becomes free because of
 * it.
 */
import type { Usage } from '../../core/ledger/usage.ts';
import { estimateUsage, inputTokens } from '../../core/ledger/usage.ts';
import type { Answer } from './exchange.ts';

/** The name of a zero count in the list of unpriced items. */
export const ZERO_USAGE = 'usage of 0';

export interface Written {
  readonly requestChars: number;
  readonly replyChars: number;
}

/**
 * The answer, with an estimate in place of an input or output of 0; the estimate is reported. A reply without output may
 * be free.
 */
export function withoutZeroUsage(answer: Answer, written: Written): Answer {
  const { usage, hasToolCalls, hasOtherOutput, calls, unpriced = [] } = answer;
  const hasOutput = OUTPUTS.some(meter => (usage[meter] ?? 0) > 0);
  if (!(hasOutput || written.replyChars > 0 || hasToolCalls || hasOtherOutput === true)) return answer;
  const hasInput = inputTokens(usage) > 0;
  if (hasInput && hasOutput) return answer;
  const { input = 0, output = 0 } = estimateUsage(written);
  const missing: Usage = { input: hasInput ? 0 : input, output: hasOutput ? 0 : output };
  return {
    ...answer,
    usage: {
      ...usage,
      input: (usage.input ?? 0) + (missing.input ?? 0),
      output: (usage.output ?? 0) + (missing.output ?? 0),
    },
    calls: calls && [...calls, { usage: missing }],
    unpriced: [...unpriced, ZERO_USAGE],
  };
}

const OUTPUTS = ['output', 'outputAudio', 'outputImage', 'imageGenOutput'] as const;
