/** Usage in the format of a chat completion. */
import type { Usage } from '../../core/ledger/usage.ts';
import { inputTokens } from '../../core/ledger/usage.ts';

/** The usage of a completion. Its input includes what was read from a cache or written to one. */
export function writtenUsage(usage: Usage) {
  const input = inputTokens(usage);
  const output = (usage.output ?? 0) + (usage.outputAudio ?? 0) + (usage.outputImage ?? 0);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: (usage.cacheRead ?? 0) + (usage.cacheReadAudio ?? 0),
      cache_write_tokens: (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
  };
}
